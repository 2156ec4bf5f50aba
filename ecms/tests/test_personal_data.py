"""What is held about people is forgotten: every table with something personal has a rule, or says
why not; the rules do what they count; and the privacy page knows them all."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import models
from django.utils import timezone
from phonenumber_field.modelfields import PhoneNumberField

from ecms import journal, portability, retention
from ecms.files import PrivateStorage
from ecms.scoping import ScopedQuerySet
from ecms.tasks import purge
from ecms.tests import walking
from ecms.tests.factories import CourrielFactory, ImportationFactory, RequeteIdempotenteFactory
from evenements.models import AbonneNewsletter
from evenements.tests.factories import AbonneNewsletterFactory
from evenements.workflow import StatutAbonne
from mairies.tests.factories import DemandeCreationSiteFactory
from mairies.workflow import StatutDemande
from users.models import Utilisateur
from users.tasks import purge as purge_accounts
from users.tests import canary
from users.tests.factories import (
    ExportDonneesFactory,
    SessionFactory,
    TokenVerificationFactory,
    UtilisateurFactory,
)

# Columns that name somebody, whatever their type.
NAMES = {"nom_demandeur", "username", "nom_maire", "photo_maire", "user_agent", "donnees"}
NAMES |= {"nom_original", "destinataire", "contexte", "reponse", "responsable", "contact"}
# Model -> the rule of `manage.py purge` that forgets it, or where else that is done.
RULES = {
    "demarches.DemarcheAdministrative": "dossiers clos",
    "demarches.PieceJointe": "dossiers clos",
    "demarches.RendezVous": "rendez-vous passés",
    "demarches.Signalement": "signalements clos",
    "demarches.Suivi": "dossiers clos",
    "ecms.Importation": "ecms.importations",
    "evenements.AbonneNewsletter": "abonnés partis",
    "evenements.InscriptionEvenement": "inscriptions passées",
    "mairies.DemandeCreationSite": "demandes de création de site",
    "users.ExportDonnees": "exports de données",
    "users.Utilisateur": "comptes jamais vérifiés",
}
HOURLY = {"ecms.Courriel", "ecms.RequeteIdempotente"}
EVERY_FIVE_MINUTES = {"users.Session", "users.TokenVerification"}
# With the account, or with what it hangs on.
WITH_ITS_OWNER = {
    "users.CodeSecours",
    "users.Consentement",
    "users.ProfilAgentCommunal",
    "users.SecondFacteur",
}
# Who does a public office, and who wrote what the mairie publishes: kept as long as it stands.
PUBLIC = {
    "demarches.Formulaire",
    "documents.Actualite",
    "documents.DocumentOfficiel",
    "documents.FAQ",
    "evenements.Evenement",
    "evenements.Newsletter",
    "mairies.Mairie",
    "mairies.ServiceMunicipal",
    "projets.DocumentProjet",
    "projets.MiseAJourProjet",
    "projets.Projet",
}


def is_personal(field: models.Field) -> bool:
    if isinstance(field, models.EmailField | PhoneNumberField) or field.name in NAMES:
        return True
    return field.related_model is Utilisateur


def personal_models() -> set[str]:
    """Those with a column that says who somebody is, or leads to an account."""
    return {
        model._meta.label
        for model in walking.our_models()
        if any(is_personal(field) for field in model._meta.concrete_fields)
    }


def test_every_personal_table_has_a_rule_or_a_reason():
    known = [set(RULES), HOURLY, EVERY_FIVE_MINUTES, WITH_ITS_OWNER, PUBLIC]
    assert sum(map(len, known)) == len(set.union(*known))
    assert personal_models() - set.union(*known) == set()


def test_every_rule_that_is_named_is_declared():
    assert set(RULES.values()) - set(retention._rules) == set()


def test_the_privacy_page_names_every_table_and_every_rule():
    page = (settings.BASE_DIR / "docs" / "privacy.md").read_text(encoding="utf-8")
    assert {name for name in personal_models() - PUBLIC if f"`{name}`" not in page} == set()
    assert {name for name in retention._rules if name not in page} == set()


def test_every_row_of_a_person_is_in_the_export_or_is_work():
    """What leads to an account is shown to it, unless it is what somebody did for the mairie."""
    work = {"auteur", "agent_traitant", "traite_par", "depose_par"}
    ways = {
        (model._meta.label, field.name)
        for model in walking.our_models()
        for field in model._meta.concrete_fields
        if field.related_model is Utilisateur and field.name not in work
    }
    shown = {label for label, _name in ways if label.lower() in portability._held}
    shown |= {
        model._meta.label
        for model in apps.get_models()
        if isinstance(rows := model._default_manager.all(), ScopedQuerySet) and rows.owner_lookup
    }
    # A file that an agent sends to the mairie's lists.
    assert {label for label, _name in ways} - shown == {"ecms.Importation"}


@pytest.fixture
def old(yaounde, awa, time_machine):
    """Something for every rule, six years later."""
    rows = canary.everything(yaounde, None)
    rows["report"].statut, rows["report"].date_resolution = "resolu", timezone.now()
    rows["report"].save()
    canary.shown_in_the_admin(awa, *rows.values())
    AbonneNewsletter.objects.update(
        statut=StatutAbonne.DESINSCRIT, date_desinscription=timezone.now()
    )
    AbonneNewsletterFactory(mairie=yaounde, statut=StatutAbonne.EN_ATTENTE, date_confirmation=None)
    DemandeCreationSiteFactory(
        statut=StatutDemande.VALIDEE, date_traitement=timezone.now(), nom_demandeur=canary.NAME
    )
    UtilisateurFactory(non_verifie=True, first_name=canary.NAME)
    ExportDonneesFactory()
    ImportationFactory(mairie=yaounde)
    RequeteIdempotenteFactory(reponse=canary.EMAIL)
    CourrielFactory(statut="envoye")
    SessionFactory()
    PrivateStorage().save(f"users/exportdonnees/{'0' * 32}.zip", ContentFile(b"orphan"))
    TokenVerificationFactory(adresse=canary.EMAIL)
    time_machine.move_to(timezone.now() + timedelta(days=6 * 366))


@pytest.mark.django_db(transaction=True)
def test_the_rules_do_what_they_count_and_are_done(old):
    counted = retention.run(apply=False)
    assert {name for name, count in counted.items() if not count} == set()
    applied = retention.run(apply=True)
    assert applied == counted
    assert set(retention.run(apply=True).values()) == {0}
    assert set(retention.run(apply=False).values()) == {0}


@pytest.mark.django_db(transaction=True)
def test_what_the_rules_leave_names_nobody(old):
    retention.run(apply=True)
    purge()
    purge_accounts()
    # What was told publicly of the street, and a mail that still waits to be sent.
    assert set(canary.traces()) <= {"ecms_courriel", "demarches_suivi"}


def test_the_history_of_other_things_keeps_its_names(awa, yaounde, time_machine):
    canary.shown_in_the_admin(awa, yaounde)
    time_machine.move_to(timezone.now() + timedelta(days=800))
    # A mairie has an address for letters, as people have.
    before = journal.LogEntry.objects.get().object_repr
    journal.forget_old(apply=True)
    assert journal.LogEntry.objects.get().object_repr == before
