"""The columns of the files of agents: nothing that signs in."""

from django.utils.translation import gettext_lazy as _

from ecms.exports import Export, declare, following
from users.models import Session, Utilisateur


def _groupes(agent) -> str:
    return ", ".join(sorted(group.name for group in agent.groups.all()))


def _profil(agent):
    """What makes the account an agent; None for a citizen or the national administrator."""
    return getattr(agent, "profilagentcommunal", None)


def _mairie(agent) -> str:
    profil = _profil(agent)
    return profil.mairie.nom if profil else ""


def _service(agent) -> str:
    profil = _profil(agent)
    return profil.service.nom if profil and profil.service else ""


def _fonction(agent) -> str:
    profil = _profil(agent)
    return profil.fonction if profil else ""


COLONNES = {
    "id": lambda u: u.pk,
    _("Mairie"): _mairie,
    _("Nom d'utilisateur"): lambda u: u.username,
    _("Nom"): lambda u: u.last_name,
    _("Prénom"): lambda u: u.first_name,
    _("Adresse électronique"): lambda u: u.email,
    _("Adresse vérifiée"): lambda u: u.is_verified,
    _("Téléphone"): lambda u: u.telephone,
    _("Service"): _service,
    _("Fonction"): _fonction,
    _("Groupes"): _groupes,
    _("Actif"): lambda u: u.is_active,
    _("Dernière connexion"): lambda u: u.last_login,
}

SESSIONS = {
    _("Nom d'utilisateur"): lambda s: s.utilisateur.username,
    _("Ouverte le"): lambda s: s.created_at,
    _("Dernière activité"): lambda s: s.last_used_at,
    _("Expire le"): lambda s: s.expires_at,
    _("Fermée le"): lambda s: s.revoked_at,
    _("Appareil"): lambda s: s.user_agent,
}


def _avec_profil(rows):
    related = ("profilagentcommunal__mairie", "profilagentcommunal__service")
    return rows.select_related(*related).prefetch_related("groups")


declare(Utilisateur, Export("utilisateurs", COLONNES, _avec_profil))
declare(Session, Export("sessions", SESSIONS, following("utilisateur")))
