from datetime import timedelta

import factory
from django.core.files.base import ContentFile
from django.utils import timezone

from demarches.models import (
    DemarcheAdministrative,
    Formulaire,
    PieceJointe,
    RendezVous,
    Signalement,
    Suivi,
)
from demarches.workflow import StatutDemarche
from ecms.tests.files import photo, small_pdf, upload
from mairies.tests.factories import MairieFactory, ServiceMunicipalFactory
from users.tests.factories import UtilisateurFactory

SLOT = timedelta(minutes=30)


class FormulaireFactory(factory.django.DjangoModelFactory):
    mairie = factory.SubFactory(MairieFactory)
    service = factory.SubFactory(ServiceMunicipalFactory, mairie=factory.SelfAttribute("..mairie"))
    nom = factory.Sequence(lambda n: f"Formulaire {n}")
    slug = factory.Sequence(lambda n: f"formulaire-{n}")
    type = Formulaire.Type.CERTIFICAT_RESIDENCE

    class Meta:
        model = Formulaire


class DemarcheAdministrativeFactory(factory.django.DjangoModelFactory):
    """A filed dossier; `brouillon=True` for one that is still being written."""

    mairie = factory.SubFactory(MairieFactory)
    formulaire = factory.SubFactory(FormulaireFactory, mairie=factory.SelfAttribute("..mairie"))
    numero_suivi = factory.Sequence(lambda n: f"D-{n:08d}")
    code_suivi = factory.Sequence(lambda n: f"SECRETD{n:09d}")
    demandeur = factory.SubFactory(UtilisateurFactory)
    nom_demandeur = "Awa Ngono"
    email_demandeur = factory.LazyAttribute(lambda d: d.demandeur.email if d.demandeur else "")
    statut = StatutDemarche.DEPOSEE
    date_depot = factory.LazyFunction(timezone.now)

    class Meta:
        model = DemarcheAdministrative

    class Params:
        brouillon = factory.Trait(statut=StatutDemarche.BROUILLON, date_depot=None)


class RendezVousFactory(factory.django.DjangoModelFactory):
    """An appointment to come; each one has a slot of its own."""

    mairie = factory.SubFactory(MairieFactory)
    service = factory.SubFactory(ServiceMunicipalFactory, mairie=factory.SelfAttribute("..mairie"))
    citoyen = factory.SubFactory(UtilisateurFactory)
    nom = "Awa Ngono"
    debut = factory.Sequence(lambda n: timezone.now() + timedelta(days=1) + n * SLOT)
    fin = factory.LazyAttribute(lambda rendez_vous: rendez_vous.debut + SLOT)
    code = factory.Sequence(lambda n: f"SECRETR{n:09d}")

    class Meta:
        model = RendezVous


class SignalementFactory(factory.django.DjangoModelFactory):
    mairie = factory.SubFactory(MairieFactory)
    categorie = Signalement.Categorie.VOIRIE
    titre = factory.Sequence(lambda n: f"Nid-de-poule {n}")
    description = "Un nid-de-poule au milieu de la chaussée."
    repere = "Face à l'école publique"
    signaleur = factory.SubFactory(UtilisateurFactory)
    numero_suivi = factory.Sequence(lambda n: f"S-{n:08d}")
    code_suivi = factory.Sequence(lambda n: f"SECRETS{n:09d}")

    class Meta:
        model = Signalement


class PieceJointeFactory(factory.django.DjangoModelFactory):
    """A paper of a filed dossier; `de_signalement=True` for a report's photo, `brouillon=True`
    for a draft's paper."""

    mairie = factory.SubFactory(MairieFactory)
    demarche = factory.SubFactory(
        DemarcheAdministrativeFactory, mairie=factory.SelfAttribute("..mairie")
    )
    champ = "piece_identite"
    fichier = factory.LazyFunction(lambda: ContentFile(small_pdf(), "identite.pdf"))
    nom_original = "identité.pdf"
    type_mime = "application/pdf"
    taille = 14
    sha256 = "0" * 64

    class Meta:
        model = PieceJointe

    class Params:
        brouillon = factory.Trait(
            demarche=factory.SubFactory(
                DemarcheAdministrativeFactory,
                mairie=factory.SelfAttribute("..mairie"),
                brouillon=True,
            )
        )
        de_signalement = factory.Trait(
            demarche=None,
            signalement=factory.SubFactory(
                SignalementFactory, mairie=factory.SelfAttribute("..mairie")
            ),
            fichier="",
            nom_original="",
            type_mime="",
            taille=0,
            sha256="",
            photo=factory.LazyFunction(lambda: upload(photo((40, 30)), "photo.jpg")),
        )


class SuiviFactory(factory.django.DjangoModelFactory):
    mairie = factory.SubFactory(MairieFactory)
    demarche = factory.SubFactory(
        DemarcheAdministrativeFactory, mairie=factory.SelfAttribute("..mairie")
    )
    nature = Suivi.Nature.MESSAGE
    origine = Suivi.Origine.AGENT
    message = "Votre dossier est complet."

    class Meta:
        model = Suivi
