from datetime import timedelta

import factory
from django.utils import timezone

from evenements.models import (
    AbonneNewsletter,
    EnvoiNewsletter,
    Evenement,
    InscriptionEvenement,
    Newsletter,
)
from evenements.workflow import StatutAbonne, StatutEvenement
from mairies.tests.factories import MairieFactory
from users.tests.factories import UtilisateurFactory


class EvenementFactory(factory.django.DjangoModelFactory):
    """A draft of an event to come; `publie=True` for one that anyone may see."""

    mairie = factory.SubFactory(MairieFactory)
    titre = factory.Sequence(lambda n: f"Événement {n}")
    slug = factory.Sequence(lambda n: f"evenement-{n}")
    debut = factory.LazyFunction(lambda: timezone.now() + timedelta(days=7))
    fin = factory.LazyAttribute(lambda evenement: evenement.debut + timedelta(hours=2))
    lieu = "Place de l'Indépendance"

    class Meta:
        model = Evenement

    class Params:
        publie = factory.Trait(statut=StatutEvenement.PUBLIE)


class InscriptionEvenementFactory(factory.django.DjangoModelFactory):
    evenement = factory.SubFactory(EvenementFactory, publie=True, inscription_requise=True)
    participant = factory.SubFactory(UtilisateurFactory)
    nom = "Awa Ngono"
    email = factory.Sequence(lambda n: f"inscrit{n}@example.cm")
    code = factory.Sequence(lambda n: f"SECRETI{n:09d}")

    class Meta:
        model = InscriptionEvenement


class NewsletterFactory(factory.django.DjangoModelFactory):
    mairie = factory.SubFactory(MairieFactory)
    titre = factory.Sequence(lambda n: f"Lettre {n}")
    contenu = "<p>Les nouvelles du mois.</p>"

    class Meta:
        model = Newsletter


class AbonneNewsletterFactory(factory.django.DjangoModelFactory):
    """A confirmed subscriber; `en_attente=True` for one who has not confirmed."""

    mairie = factory.SubFactory(MairieFactory)
    email = factory.Sequence(lambda n: f"abonne{n}@example.cm")
    jeton = factory.Sequence(lambda n: f"SECRETA{n:09d}")
    statut = StatutAbonne.CONFIRME
    date_confirmation = factory.LazyFunction(timezone.now)

    class Meta:
        model = AbonneNewsletter

    class Params:
        en_attente = factory.Trait(statut=StatutAbonne.EN_ATTENTE, date_confirmation=None)


class EnvoiNewsletterFactory(factory.django.DjangoModelFactory):
    newsletter = factory.SubFactory(NewsletterFactory)
    abonne = factory.SubFactory(
        AbonneNewsletterFactory, mairie=factory.SelfAttribute("..newsletter.mairie")
    )

    class Meta:
        model = EnvoiNewsletter
