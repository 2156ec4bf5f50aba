"""What nobody makes up by chance: the bodies that get through, and what none can get through."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from ecms.management.demo import images
from ecms.management.demo.accounts import DEMO_PASSWORD

PAPER = images.lettre("Mairie", "", "Essai").read()
PASSWORD = "Un-mot-de-passe-237"  # noqa: S105 of accounts that are never committed

MAILED = "the code is in a mail"
USED = "each of the demonstration has something filed with it"
LATER = "none of the demonstration has begun yet"
# Addresses that answer no 2xx here, and why.
UNREACHED = {
    "POST /api/v1/auth/email/verify/send": "every address of the demonstration is verified",
    "DELETE /api/v1/demarches/{demarche_id}/pieces/{id}": "its drafts have no papers",
    "POST /api/v1/demarches/{id}/deposer": "its drafts lack answers that are asked for",
    "POST /api/v1/evenements/{evenement_id}/inscriptions": "its first events take none",
    "DELETE /api/v1/formulaires/{id}": USED,
    "DELETE /api/v1/services/{id}": USED,
    "POST /api/v1/auth/email/change/confirm": MAILED,
    "POST /api/v1/auth/email/verify/confirm": MAILED,
    "POST /api/v1/auth/password/reset": MAILED,
    "POST /api/v1/abonnes/confirmer": MAILED,
    "POST /api/v1/abonnes/desinscrire": MAILED,
    "POST /api/v1/auth/profile/exports/{id}/lien": "an archive is made by the task queue",
    "GET /api/v1/fichiers/{token}": "the token is signed, and tested where it is made",
    "POST /api/v1/suivi": "the secret is told once, to whoever filed",
    "POST /api/v1/inscriptions/{id}/absente": LATER,
    "POST /api/v1/inscriptions/{id}/presente": LATER,
    "POST /api/v1/rendez-vous/{id}/absent": LATER,
    "POST /api/v1/rendez-vous/{id}/honorer": LATER,
}


def bodies(town, who: str) -> dict[str, dict]:
    """What `who` says at each address where chance would say nothing useful."""
    citizen, tokens = town.people["citizen"], town.tokens.get(who, town.tokens["citizen"])
    event = {
        "mairie": town.mairie.slug,
        "titre": "Fête du quartier",
        "description": "<p>Venez tous.</p>",
        "categorie": "culture",
        "debut": (timezone.now() + timedelta(days=20)).isoformat(),
        "fin": (timezone.now() + timedelta(days=20, hours=2)).isoformat(),
        "lieu": "Place de la mairie",
    }
    paper = {
        "mairie": town.mairie.slug,
        "titre": "Arrêté",
        "type": "arrete",
        "date_document": "2026-01-15",
        "fichier": PAPER,
    }
    agent = {
        "email": "nouvel.agent@ecms.example",
        "first_name": "Nouvel",
        "last_name": "Agent",
        "groupes": ["Lecture"],
        "mairie": town.mairie.slug,
    }
    return {
        "POST /api/v1/auth/login": {"username": citizen.username, "password": DEMO_PASSWORD},
        "POST /api/v1/auth/register": {
            "username": "nouvelle.venue",
            "email": "nouvelle.venue@ecms.example",
            "password": PASSWORD,
        },
        "POST /api/v1/auth/token/refresh": {"refresh": tokens["refresh"]},
        "POST /api/v1/auth/token/blacklist": {"refresh": tokens["refresh"]},
        "DELETE /api/v1/auth/profile": {"current_password": DEMO_PASSWORD},
        "POST /api/v1/auth/profile/export": {"current_password": DEMO_PASSWORD},
        "POST /api/v1/auth/profile/consentement": {"version": settings.PRIVACY_NOTICE_VERSION},
        "POST /api/v1/auth/email/change": {
            "current_password": DEMO_PASSWORD,
            "email": "autre.adresse@ecms.example",
        },
        "POST /api/v1/auth/password/change": {
            "current_password": DEMO_PASSWORD,
            "password": PASSWORD,
        },
        "POST /api/v1/demandes-creation-site": {
            "mairie": town.without_space.slug,
            "nom_demandeur": "Une secrétaire",
            "fonction_demandeur": "Secrétaire générale",
            "email": "mairie@ecms.example",
            "telephone": "+237222000003",
            "message": "Nous voulons un espace.",
            "justificatif": PAPER,
        },
        "POST /api/v1/demarches/{demarche_id}/pieces": {"fichier": PAPER},
        "POST /api/v1/documents-officiels": paper,
        "PUT /api/v1/documents-officiels/{id}": paper,
        "POST /api/v1/projets/{projet_id}/documents": {"titre": "Plan", "fichier": PAPER},
        "POST /api/v1/newsletters/{id}/planifier": {"date_envoi": event["debut"]},
        "POST /api/v1/signalements/{id}/planifier": {"date_prevue": event["debut"][:10]},
        "POST /api/v1/evenements": event,
        "PUT /api/v1/evenements/{id}": event,
        "POST /api/v1/evenements/{evenement_id}/inscriptions": {
            "nom": "Une habitante",
            "email": "habitante@ecms.example",
        },
        "PATCH /api/v1/demarches/{id}": {"priorite": "haute"},
        "POST /api/v1/demarches/{id}/completer": {"message": "Voici."},
        "POST /api/v1/utilisateurs/inviter-agent": agent,
    }
