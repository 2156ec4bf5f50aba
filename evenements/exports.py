"""The columns of the CSV of those who are registered."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _


def _moment(value) -> str:
    return f"{timezone.localtime(value):%d/%m/%Y %H:%M}"


COLONNES = {
    "id": lambda i: i.pk,
    _("Nom"): lambda i: i.nom,
    _("Adresse électronique"): lambda i: i.email,
    _("Téléphone"): lambda i: i.telephone,
    _("Personnes"): lambda i: i.nombre_personnes,
    _("Statut"): lambda i: i.get_statut_display(),
    _("Rang en liste d'attente"): lambda i: i.rang_actuel if i.statut == "en_attente" else "",
    _("Inscrit le"): lambda i: _moment(i.date_creation),
}
