"""An installation of the first days: each app at its first migration, with a row in every table."""

from datetime import UTC, date, datetime, timedelta

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

APPS = ("users", "mairies", "documents", "demarches", "evenements", "projets")
FIRST = [(app, "0001_initial") for app in APPS]
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
LATER = START + timedelta(hours=1)


def install() -> None:
    """In an empty database; run by `manage.py shell` in the box."""
    MigrationExecutor(connection).migrate(FIRST)
    models = MigrationExecutor(connection).loader.project_state(FIRST).apps
    made = {}
    for label, values in rows(made):
        made[label] = models.get_model(label).objects.create(**values)


def rows(made: dict):
    """Label and values, in an order in which each finds those that it names in `made`."""
    yield "users.Utilisateur", {"username": "ancienne", "password": "!", "email": "a@exemple.cm"}
    yield "mairies.Mairie", {
        "nom": "Yaoundé", "slug": "yaounde", "region": "centre", "departement": "Mfoundi"
    }  # fmt: skip
    town = {"mairie": made["mairies.Mairie"]}
    yield "mairies.ServiceMunicipal", {**town, "nom": "État civil"}
    yield "mairies.DemandeCreationSite", {
        **town, "nom_demandeur": "Awa", "fonction_demandeur": "Maire", "email": "a@exemple.cm",
        "telephone": "+237699000000", "justificatif": "mairies/preuve.pdf",
    }  # fmt: skip
    yield from _contents(town)
    yield from _desk(town, made)
    yield from _agenda(town, made)
    yield (
        "projets.Projet",
        {**town, "titre": "Pont", "slug": "pont", "description": "<p>Un pont</p>"},
    )
    project = {"projet": made["projets.Projet"]}
    yield "projets.MiseAJourProjet", {
        **project, "titre": "Début", "avancement": 10, "depense_xaf": 5
    }  # fmt: skip
    yield "projets.DocumentProjet", {**project, "titre": "Plan", "fichier": "projets/plan.pdf"}


def _contents(town: dict):
    page = {**town, "contenu": "<p>Écoles ouvertes</p>"}
    yield "documents.Actualite", {
        **page, "titre": "Écoles", "slug": "ecoles", "statut": "publie", "date_publication": START
    }  # fmt: skip
    yield "documents.PageCMS", {**page, "titre": "Accueil", "slug": "accueil"}
    yield "documents.FAQ", {**town, "question": "Où ?", "reponse": "<p>Ici</p>"}
    yield "documents.DocumentOfficiel", {
        **town, "titre": "Budget", "annee": 2026, "fichier": "documents/budget.pdf",
        "date_document": date(2026, 1, 15),
    }  # fmt: skip


def _desk(town: dict, made: dict):
    yield "demarches.Formulaire", {**town, "nom": "Acte de naissance", "slug": "naissance"}
    yield "demarches.DemarcheAdministrative", {
        **town, "formulaire": made["demarches.Formulaire"], "numero_suivi": "D-2026-AAAA-BBBB",
        "code_suivi": "A" * 16,
    }  # fmt: skip
    yield "demarches.Signalement", {
        **town, "categorie": "voirie", "titre": "Nid de poule", "description": "Profond",
        "numero_suivi": "S-2026-AAAA-BBBB", "code_suivi": "B" * 16, "adresse": "Rue 1",
    }  # fmt: skip
    yield "demarches.RendezVous", {
        **town, "service": made["mairies.ServiceMunicipal"], "nom": "Awa", "debut": START,
        "fin": LATER, "code": "C" * 16,
    }  # fmt: skip


def _agenda(town: dict, made: dict):
    yield "evenements.Evenement", {
        **town, "titre": "Foire", "slug": "foire", "debut": START, "fin": LATER, "lieu": "Place"
    }  # fmt: skip
    yield "evenements.InscriptionEvenement", {
        "evenement": made["evenements.Evenement"], "nom": "Awa", "email": "a@exemple.cm",
        "code": "D" * 16,
    }  # fmt: skip
    yield "evenements.Newsletter", {**town, "titre": "Mars", "contenu": "<p>Bonjour</p>"}
    yield "evenements.AbonneNewsletter", {**town, "email": "a@exemple.cm", "jeton": "E" * 32}
