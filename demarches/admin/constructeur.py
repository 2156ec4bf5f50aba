"""The form builder: questions and papers as cards that an agent fills, never as JSON.

The page sends one text, the JSON that `demarches.definition` checks; where no script runs it is
typed as such. What the scripts of `static/demarches/constructeur/` need to know of the types,
their properties and limits comes from the definition itself, so that neither can forget the other.
"""

import json

from django.core.exceptions import ValidationError
from django.core.validators import EMPTY_VALUES
from django.utils.translation import gettext_lazy as _
from unfold.widgets import BASE_CLASSES, UnfoldAdminTextareaWidget

from demarches.admin.constructeur_textes import (
    GENRES,
    LIBELLES_PROPRES,
    MOTS,
    MOTS_DES_PIECES,
    OPERATEURS,
    OPERATEURS_MULTIPLES,
    PROPRIETES,
    TYPES,
)
from demarches.definition import champs, conditions, pieces, textes, valider_champs, valider_pieces
from ecms.fields import JSONFormField

# Without the red of a field that is refused: only the row at fault has it.
CONTROLE = " ".join([*(each for each in BASE_CLASSES if "group-" not in each), "px-3", "py-2"])
_FICHIERS = ("noyau", "conditions", "proprietes", "cartes", "apercu", "editeur")


def _bornes(type_: str, nom: str) -> dict:
    """Between which whole numbers a property may be, and what it is worth when it is not said."""
    match nom:
        case "longueur_min":
            return {"min": 0, "max": champs.LONGUEURS[type_][1]}
        case "longueur_max":
            return {
                "min": 1,
                "max": champs.LONGUEURS[type_][1],
                "defaut": champs.LONGUEURS[type_][0],
            }
        case "decimales":
            return {"min": 0, "max": champs.DECIMALES_AU_PLUS, "defaut": champs.DECIMALES}
        case "nombre_max":
            return {"min": 1, "max": champs.FICHIERS_AU_PLUS, "defaut": champs.FICHIERS}
        case "choix_min" | "choix_max":
            return {"min": int(nom == "choix_max"), "max": champs.OPTIONS_AU_PLUS}
        case "minimum" | "maximum" if type_ == "groupe":
            default = {"defaut": champs.LIGNES} if nom == "maximum" else {}
            return {"min": int(nom == "maximum"), "max": champs.LIGNES_AU_PLUS, **default}
        case "minimum" | "maximum" if type_ in {"entier", "nombre"}:
            most = champs.ENTIER_AU_PLUS if type_ == "entier" else champs.NOMBRE_AU_PLUS
            return {"min": -most, "max": most}
    return {}


def _propriete(type_: str, nom: str) -> dict:
    return {
        "nom": nom,
        "libelle": LIBELLES_PROPRES.get((type_, nom)) or PROPRIETES[nom],
        "genre": GENRES.get((type_, nom)) or GENRES.get(nom, "entier"),
        **_bornes(type_, nom),
    }


def _type(nom: str, propres: tuple[str, ...]) -> dict:
    return {
        "nom": nom,
        "libelle": TYPES[nom],
        "obligation": "obligatoire_si" in propres,
        "dans_un_groupe": nom not in champs.HORS_GROUPE,
        "aide_au_plus": champs.INFORMATION_AU_PLUS if nom == "information" else textes.AIDE_AU_PLUS,
        "proprietes": [
            _propriete(nom, propre) for propre in propres if propre not in champs.OBLIGATION
        ],
    }


def schema_des_questions() -> dict:
    """What the builder has to know of questions."""
    return {
        "nature": "question",
        "mots": MOTS,
        "types": [_type(nom, propres) for nom, propres in champs.PROPRES.items()],
        "au_plus": champs.QUESTIONS_AU_PLUS,
        "libelle_au_plus": textes.LIBELLE_AU_PLUS,
        "options_au_plus": champs.OPTIONS_AU_PLUS,
        "valeur_au_plus": champs.VALEUR_AU_PLUS,
        "conditions": {
            "au_plus": conditions.CONDITIONS_AU_PLUS,
            "sans_reponse": sorted(conditions.SANS_REPONSE),
            "seulement_rempli": sorted(conditions.SEULEMENT_REMPLI),
            "operateurs": OPERATEURS,
            "multiples": OPERATEURS_MULTIPLES,
        },
    }


def schema_des_pieces() -> dict:
    """What the builder has to know of papers."""
    return {
        "nature": "piece",
        "mots": {**MOTS, **MOTS_DES_PIECES},
        "au_plus": pieces.PIECES_AU_PLUS,
        "libelle_au_plus": textes.LIBELLE_AU_PLUS,
        "aide_au_plus": textes.AIDE_AU_PLUS,
    }


class ConstructeurWidget(UnfoldAdminTextareaWidget):
    """The definition as a text, and what a script needs to draw it as cards.

    `existantes` are the keys that answers may hang on; `erreurs` what was refused, by rank.
    """

    template_name = "demarches/admin/constructeur.html"

    class Media:
        css = {"all": ["demarches/constructeur.css"]}
        js = [f"demarches/constructeur/{nom}.js" for nom in _FICHIERS]

    def __init__(self, schema, attrs=None):
        super().__init__(attrs)
        self.schema = schema
        self.existantes: list[str] = []
        self.erreurs: dict[str, list[str]] = {}

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        context["widget"]["schema"] = {
            **self.schema(),
            "controle": CONTROLE,
            "existantes": self.existantes,
            "erreurs": self.erreurs,
        }
        context["widget"]["schema_id"] = f"{context['widget']['attrs'].get('id', name)}-schema"
        return context


class DefinitionField(JSONFormField):
    """Questions or papers; an empty text is none. Its faults are told beside what they name."""

    def __init__(self, *, schema, valider, **kwargs):
        widget = ConstructeurWidget(schema)
        super().__init__(widget=widget, required=False, **kwargs)
        self.valider = valider

    def clean(self, value):
        definition = super().clean(value)
        if definition in EMPTY_VALUES:
            return []
        try:
            self.valider(definition)
        except ValidationError as error:
            self.widget.erreurs = _par_rang(error)
            raise
        return definition

    def prepare_value(self, value):
        # Half of a character, as JSON may spell it, cannot be written in a page.
        prepared = super().prepare_value(value)
        try:
            prepared.encode()
        except UnicodeEncodeError:
            return json.dumps(value)
        return prepared

    def connaitre(self, definition: list[dict]) -> None:
        """Tell the builder what is stored: those keys stay as they are."""
        self.widget.existantes = sorted(_cles(definition))


def _par_rang(error: ValidationError) -> dict[str, list[str]]:
    said = {}
    for each in error.error_list:
        if each.params and "faute" in each.params:
            said.setdefault(str(each.params["rang"]), []).append(str(each.params["faute"]))
    return said


def _cles(definition: list[dict]) -> set[str]:
    dedans = (_cles(each.get("champs", [])) for each in definition)
    return {each["cle"] for each in definition}.union(*dedans)


def champ_des_questions() -> DefinitionField:
    return DefinitionField(
        label=_("Questions"), schema=schema_des_questions, valider=valider_champs
    )


def champ_des_pieces() -> DefinitionField:
    return DefinitionField(
        label=_("Pièces requises"), schema=schema_des_pieces, valider=valider_pieces
    )
