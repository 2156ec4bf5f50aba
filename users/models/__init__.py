"""Accounts, what makes one an agent, and what opens them."""

from users.models.access import (
    CodeSecours,
    Consentement,
    ExportDonnees,
    SecondFacteur,
    Session,
    TokenVerification,
)
from users.models.accounts import (
    AGENT_MAIRIE,
    ProfilAgentCommunal,
    Utilisateur,
    UtilisateurManager,
    agent_mairie_pages,
)

__all__ = [
    "AGENT_MAIRIE",
    "CodeSecours",
    "Consentement",
    "ExportDonnees",
    "ProfilAgentCommunal",
    "SecondFacteur",
    "Session",
    "TokenVerification",
    "Utilisateur",
    "UtilisateurManager",
    "agent_mairie_pages",
]
