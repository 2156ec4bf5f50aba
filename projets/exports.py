"""What open data tells of a project: columns of the CSV, properties on the map."""

from django.utils.translation import gettext_lazy as _

COLONNES = {
    "id": lambda p: p.pk,
    _("Mairie"): lambda p: p.mairie.nom,
    _("Projet"): lambda p: p.titre,
    _("Catégorie"): lambda p: p.get_categorie_display(),
    _("Statut"): lambda p: p.get_statut_display(),
    _("Avancement (%)"): lambda p: p.avancement,
    _("Budget (FCFA)"): lambda p: p.budget_xaf,
    _("Dépensé (FCFA)"): lambda p: p.depense_xaf,
    _("Dépassement (FCFA)"): lambda p: p.depassement_xaf,
    _("En retard"): lambda p: bool(p.en_retard),
    _("Début"): lambda p: p.date_debut,
    _("Fin prévue"): lambda p: p.date_fin_prevue,
    _("Fin réelle"): lambda p: p.date_fin_reelle,
    _("Maître d'ouvrage"): lambda p: p.maitre_ouvrage,
    _("Entreprise"): lambda p: p.entreprise,
    _("Référence du marché"): lambda p: p.reference_marche,
    _("Source de financement"): lambda p: p.source_financement,
    _("Responsable"): lambda p: p.responsable,
    _("Lieu"): lambda p: p.lieu,
    "latitude": lambda p: p.latitude,
    "longitude": lambda p: p.longitude,
    _("Description"): lambda p: p.description,
}

POSITION = ["latitude", "longitude"]
TOLD = [
    "slug",
    "titre",
    "categorie",
    "statut",
    "avancement",
    "budget_xaf",
    "depense_xaf",
    "date_fin_prevue",
    "lieu",
]
NUMBERS = {"avancement", "budget_xaf", "depense_xaf", "depassement_xaf"}
COMPUTED = ["depassement_xaf", "en_retard"]
LABELS = ["categorie_display", "statut_display"]
PROPRIETES = {
    name: {"type": "integer" if name in NUMBERS else "string"}
    for name in ["mairie", *TOLD, "depassement_xaf", *LABELS]
} | {"en_retard": {"type": "boolean"}}


def proprietes(projet) -> dict:
    """What the map tells of a project; the rest is at `projets/{id}`."""
    return {
        "mairie": projet.mairie.slug,
        **{name: getattr(projet, name) for name in [*TOLD, *COMPUTED]},
        "categorie_display": projet.get_categorie_display(),
        "statut_display": projet.get_statut_display(),
    }
