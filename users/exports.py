"""The columns of the files of agents: nothing that signs in."""

from django.utils.translation import gettext_lazy as _


def _groupes(agent) -> str:
    return ", ".join(sorted(group.name for group in agent.groups.all()))


def _service(agent) -> str:
    service = agent.profilagentcommunal.service
    return service.nom if service else ""


COLONNES = {
    "id": lambda u: u.pk,
    _("Mairie"): lambda u: u.profilagentcommunal.mairie.nom,
    _("Nom d'utilisateur"): lambda u: u.username,
    _("Nom"): lambda u: u.last_name,
    _("Prénom"): lambda u: u.first_name,
    _("Adresse électronique"): lambda u: u.email,
    _("Adresse vérifiée"): lambda u: u.is_verified,
    _("Téléphone"): lambda u: u.telephone,
    _("Service"): _service,
    _("Fonction"): lambda u: u.profilagentcommunal.fonction,
    _("Groupes"): _groupes,
    _("Actif"): lambda u: u.is_active,
    _("Dernière connexion"): lambda u: u.last_login,
}
