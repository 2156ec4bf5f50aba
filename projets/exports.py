"""What open data tells of a project: columns of the CSV, properties on the map."""

from django.utils.translation import gettext_lazy as _

from ecms.exports import Export, declare, following
from projets.models import DocumentProjet, MiseAJourProjet, Projet

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


MISES_A_JOUR = {
    _("Projet"): lambda m: m.projet.titre,
    _("Titre"): lambda m: m.titre,
    _("Avancement (%)"): lambda m: m.avancement,
    _("Dépensé (FCFA)"): lambda m: m.depense_xaf,
    _("Motif d'une dépense corrigée à la baisse"): lambda m: m.motif_baisse,
    _("Auteur"): lambda m: m.auteur.get_full_name() if m.auteur else "",
    _("Créé le"): lambda m: m.date_creation,
    _("Description"): lambda m: m.description,
}

DOCUMENTS = {
    _("Projet"): lambda d: d.projet.titre,
    _("Titre"): lambda d: d.titre,
    _("Type"): lambda d: d.get_type_display(),
    _("Public"): lambda d: d.est_public,
    _("Nom du fichier"): lambda d: d.nom_original,
    _("Taille (octets)"): lambda d: d.taille,
    _("Empreinte SHA-256"): lambda d: d.sha256,
    _("Créé le"): lambda d: d.date_creation,
}

declare(Projet, Export("projets", COLONNES, following("mairie")))
declare(
    MiseAJourProjet, Export("mises-a-jour-projets", MISES_A_JOUR, following("projet", "auteur"))
)
declare(DocumentProjet, Export("documents-projets", DOCUMENTS, following("projet")))
