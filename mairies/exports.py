"""The columns of the files of services."""

from django.utils.translation import gettext_lazy as _

SERVICES = {
    "id": lambda s: s.pk,
    _("Mairie"): lambda s: s.mairie.nom,
    _("Service"): lambda s: s.nom,
    _("Responsable"): lambda s: s.responsable,
    _("Téléphone"): lambda s: s.telephone,
    _("Adresse électronique"): lambda s: s.email,
    _("Localisation"): lambda s: s.localisation,
    _("Ordre"): lambda s: s.ordre,
    _("Actif"): lambda s: s.est_actif,
    _("Rendez-vous en ligne"): lambda s: s.rdv_en_ligne,
    _("Durée d'un rendez-vous (minutes)"): lambda s: s.duree_rdv,
    _("Guichets"): lambda s: s.guichets,
    _("Description"): lambda s: s.description,
}
