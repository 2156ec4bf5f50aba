"""The columns of the files of mairies, their services, and the requests to open a space."""

from django.utils.translation import gettext_lazy as _

from ecms.exports import Export, declare, following
from mairies.models import DemandeCreationSite, Mairie, MairieQuerySet, ServiceMunicipal

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

MAIRIES = {
    "id": lambda m: m.pk,
    _("Nom"): lambda m: m.nom,
    _("Nom court"): lambda m: m.slug,
    _("Type"): lambda m: m.get_type_display(),
    _("Région"): lambda m: m.get_region_display(),
    _("Département"): lambda m: m.get_departement_display(),
    _("Statut"): lambda m: m.get_statut_display(),
    _("Activée le"): lambda m: m.date_activation,
    _("Maire"): lambda m: m.nom_maire,
    _("Adresse"): lambda m: m.adresse,
    _("Téléphone"): lambda m: m.telephone,
    _("Adresse électronique"): lambda m: m.email,
    _("Site web"): lambda m: m.site_web,
    "latitude": lambda m: m.latitude,
    "longitude": lambda m: m.longitude,
    _("Population"): lambda m: m.population,
    _("Modifié le"): lambda m: m.date_modification,
}

DEMANDES = {
    "id": lambda d: d.pk,
    _("Mairie"): lambda d: d.mairie.nom,
    _("Demandeur"): lambda d: d.nom_demandeur,
    _("Fonction"): lambda d: d.fonction_demandeur,
    _("Adresse électronique"): lambda d: d.email,
    _("Téléphone"): lambda d: d.telephone,
    _("Message"): lambda d: d.message,
    _("Statut"): lambda d: d.get_statut_display(),
    _("Motif du rejet"): lambda d: d.motif_rejet,
    _("Traitée par"): lambda d: d.traite_par.get_full_name() if d.traite_par else "",
    _("Déposée le"): lambda d: d.date_creation,
    _("Traitée le"): lambda d: d.date_traitement,
}

declare(Mairie, Export("mairies", MAIRIES, lambda rows: rows.defer(*MairieQuerySet.PAGES)))
declare(ServiceMunicipal, Export("services", SERVICES, following("mairie")))
declare(
    DemandeCreationSite,
    Export("demandes-creation-site", DEMANDES, following("mairie", "traite_par")),
)
