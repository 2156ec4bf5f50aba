"""The columns of the files of dossiers and procedures."""

from django.utils.translation import gettext_lazy as _

from demarches.exports_signalements import COLONNES_SIGNALEMENTS
from demarches.models import DemarcheAdministrative, Formulaire, RendezVous, Signalement
from ecms.exports import Export, declare, following
from mairies.models import MairieQuerySet

DEMARCHES = {
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
    _("Déposée le"): lambda d: d.date_depot,
    _("Close le"): lambda d: d.date_cloture,
}

FORMULAIRES = {
    "id": lambda f: f.pk,
    _("Mairie"): lambda f: f.mairie.nom,
    _("Démarche"): lambda f: f.nom,
    _("Type"): lambda f: f.get_type_display(),
    _("Service"): lambda f: f.service.nom if f.service else "",
    _("Coût (FCFA)"): lambda f: f.cout_xaf,
    _("Délai (jours ouvrables)"): lambda f: f.delai_jours,
    _("Base légale"): lambda f: f.base_legale,
    _("En ligne"): lambda f: f.en_ligne,
    _("Nécessite un compte"): lambda f: f.necessite_compte,
    _("Conservation (jours)"): lambda f: f.duree_conservation_jours,
    _("Actif"): lambda f: f.est_actif,
    _("Version"): lambda f: f.version,
    _("Modifié le"): lambda f: f.date_modification,
}

RENDEZ_VOUS = {
    "id": lambda r: r.pk,
    _("Service"): lambda r: r.service.nom,
    _("Guichet"): lambda r: r.guichet,
    _("Début"): lambda r: r.debut,
    _("Fin"): lambda r: r.fin,
    _("Nom"): lambda r: r.nom,
    _("Téléphone"): lambda r: r.telephone,
    _("Adresse électronique"): lambda r: r.email,
    _("Motif"): lambda r: r.motif,
    _("Statut"): lambda r: r.get_statut_display(),
}

declare(
    DemarcheAdministrative,
    Export("demarches", DEMARCHES, following("mairie", "formulaire", "agent_traitant")),
)
declare(Formulaire, Export("formulaires", FORMULAIRES, following("mairie", "service")))
declare(RendezVous, Export("rendez-vous", RENDEZ_VOUS, following("service")))


def _signalements(rows):
    # The list of the admin leaves the descriptions where they are.
    related = ("mairie", "service", "agent_traitant", "signaleur")
    unread = ("recherche", *MairieQuerySet.pages_of("mairie"))
    return rows.defer(None).select_related(*related).defer(*unread)


declare(Signalement, Export("signalements", COLONNES_SIGNALEMENTS, _signalements))
