"""What is told of reports outside the API's own rows: columns of the CSV, properties on the map."""

from django.utils.translation import gettext_lazy as _


def contact(name: str):
    """The value of a column that says who reported: empty when they wished not to be known."""
    return lambda s: "" if s.est_anonyme else getattr(s, name)


def _nom(signalement) -> str:
    if signalement.est_anonyme or signalement.signaleur is None:
        return ""
    return signalement.signaleur.get_full_name()


COLONNES_SIGNALEMENTS = {
    _("Numéro"): lambda s: s.numero_suivi,
    _("Mairie"): lambda s: s.mairie.nom,
    _("Catégorie"): lambda s: s.get_categorie_display(),
    _("Titre"): lambda s: s.titre,
    _("Description"): lambda s: s.description,
    _("Adresse"): lambda s: s.adresse,
    _("Repère"): lambda s: s.repere,
    "latitude": lambda s: s.latitude,
    "longitude": lambda s: s.longitude,
    _("Statut"): lambda s: s.get_statut_display(),
    _("Priorité"): lambda s: s.get_priorite_display(),
    _("Service"): lambda s: s.service.nom if s.service else "",
    _("Agent"): lambda s: s.agent_traitant.get_full_name() if s.agent_traitant else "",
    _("Anonyme"): lambda s: s.est_anonyme,
    _("Signalé par"): _nom,
    _("Adresse électronique"): contact("email"),
    _("Téléphone"): contact("telephone"),
    _("Signalé le"): lambda s: s.date_creation,
    _("Pris en charge le"): lambda s: s.date_prise_en_charge,
    _("Intervention prévue le"): lambda s: s.date_prevue,
    _("Résolu le"): lambda s: s.date_resolution,
    _("Rejeté le"): lambda s: s.date_rejet,
    _("Doublon de"): lambda s: s.doublon_de_id,
}

POSITION = ["latitude", "longitude"]
DITES = ["titre", "categorie", "statut", "adresse", "repere", "date_creation", "date_prevue"]
PROPRIETES_SIGNALEMENTS = {
    name: {"type": "string", "nullable": name.startswith("date_")}
    for name in ["mairie", *DITES, "date_resolution", "categorie_display", "statut_display"]
}
CHAMPS_CARTE = [*POSITION, *DITES, "date_resolution", "mairie__slug"]


def proprietes(signalement) -> dict:
    """What the map tells of a report; the rest is at `signalements/{id}`."""
    return {
        "mairie": signalement.mairie.slug,
        **{name: getattr(signalement, name) for name in [*DITES, "date_resolution"]},
        "categorie_display": signalement.get_categorie_display(),
        "statut_display": signalement.get_statut_display(),
    }
