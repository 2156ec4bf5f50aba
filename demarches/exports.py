"""The columns of the CSV of dossiers."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _


def _moment(value) -> str:
    return f"{timezone.localtime(value):%d/%m/%Y %H:%M}" if value else ""


COLONNES = {
    _("Numéro"): lambda d: d.numero_suivi,
    _("Mairie"): lambda d: d.mairie.nom,
    _("Démarche"): lambda d: d.formulaire.nom,
    _("Statut"): lambda d: d.get_statut_display(),
    _("Priorité"): lambda d: d.get_priorite_display(),
    _("Canal"): lambda d: d.get_canal_display(),
    _("Demandeur"): lambda d: d.nom_demandeur,
    _("Adresse électronique"): lambda d: d.email_demandeur,
    _("Téléphone"): lambda d: d.telephone_demandeur,
    _("Agent"): lambda d: d.agent_traitant.get_full_name() if d.agent_traitant else "",
    _("Échéance"): lambda d: d.echeance,
    _("Déposée le"): lambda d: _moment(d.date_depot),
    _("Close le"): lambda d: _moment(d.date_cloture),
}
