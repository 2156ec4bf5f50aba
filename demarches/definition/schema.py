"""The answers to a procedure as JSON Schema (2020-12), so that any front end can draw its form.

It describes `donnees` as they are stored: what is not answered is left out, files are attached
apart, informations ask nothing. It refuses nothing that the server takes in that form. What it
cannot say, the server alone decides: the limits of dates and the number of decimals (told by
annotations, `x-minimum`, `x-maximum`, `x-decimales`), which telephone numbers exist, and a
condition that mixes questions of a group and outside of it.
"""

from collections.abc import Callable

from demarches.definition.champs import (
    DECIMALES,
    ENTIER_AU_PLUS,
    LIGNES,
    LONGUEURS,
    NOMBRE_AU_PLUS,
)
from demarches.definition.conditions import ENSEMBLES, cles
from demarches.definition.dates import HEURE
from demarches.definition.textes import libelle

DIALECTE = "https://json-schema.org/draft/2020-12/schema"
PAS_DANS_LES_REPONSES = frozenset({"information", "fichier", "photo"})
# At least one character that is seen; a short text has one line.
VISIBLE = r"\S"
UNE_LIGNE = r"^[^\r\n]*\S[^\r\n]*$"
TELEPHONE = r"^\+?[0-9][0-9 ().-]{4,38}$"


def schema_json(champs: list[dict], langue: str) -> dict:
    """The schema of the answers to a valid definition, worded in `langue`."""
    types = {champ["cle"]: champ["type"] for champ in champs}
    return {"$schema": DIALECTE, **_objet(champs, langue, types)}


def _objet(champs: list[dict], langue: str, types: dict[str, str]) -> dict:
    """An object with these questions; `types` are those that conditions here may read."""
    posees = [champ for champ in champs if champ["type"] not in PAS_DANS_LES_REPONSES]
    regles = [regle for champ in posees for regle in _regles(champ, types)]
    for groupe in posees:
        if groupe["type"] == "groupe":
            regles += _regles_de_dehors(groupe, types)
    schema = {
        "type": "object",
        "properties": {champ["cle"]: _question(champ, langue) for champ in posees},
        "required": [
            champ["cle"]
            for champ in posees
            if _est_obligatoire(champ) and "afficher_si" not in champ
        ],
        "additionalProperties": False,
    }
    return {**schema, "allOf": regles} if regles else schema


def _est_obligatoire(champ: dict) -> bool:
    return champ.get("obligatoire", champ["type"] == "declaration")


def _question(champ: dict, langue: str) -> dict:
    mots = {"title": libelle(champ["libelle"], langue)}
    if "aide" in champ:
        mots["description"] = libelle(champ["aide"], langue)
    return {**mots, **FORMES[champ["type"]](champ, langue)}


# Conditions ---------------------------------------------------------------------------------------


def _regles(champ: dict, types: dict[str, str]) -> list[dict]:
    """What the conditions of a question say, as rules of the object that it stands in.

    None where a condition reads a question of another object.
    """
    cle, montree, exigee = champ["cle"], champ.get("afficher_si"), champ.get("obligatoire_si")
    regles = []
    if montree is not None and cles(montree) <= types.keys():
        alors = {"then": {"required": [cle]}} if _est_obligatoire(champ) else {}
        regles.append({"if": _si(montree, types), **alors, "else": {"properties": {cle: False}}})
    if exigee is not None:
        ensemble = {"tous": [each for each in (montree, exigee) if each is not None]}
        if cles(ensemble) <= types.keys():
            regles.append({"if": _si(ensemble, types), "then": {"required": [cle]}})
    return regles


def _regles_de_dehors(groupe: dict, types: dict[str, str]) -> list[dict]:
    """The rules of a group's questions whose conditions read the answers around the group."""
    regles = [regle for champ in groupe["champs"] for regle in _regles(champ, types)]
    return [
        {
            nom: partie if nom == "if" else {"properties": {groupe["cle"]: {"items": partie}}}
            for nom, partie in regle.items()
        }
        for regle in regles
    ]


def _si(condition: dict, types: dict[str, str]) -> dict:
    for ensemble, mot in zip(ENSEMBLES, ("allOf", "anyOf"), strict=True):
        if ensemble in condition:
            return {mot: [_si(each, types) for each in condition[ensemble]]}
    cle = condition["champ"]
    if condition.get("rempli") is False:
        return {"not": {"required": [cle]}}
    if "rempli" in condition:
        return {"required": [cle]}
    multiple = types[cle] == "choix_multiple"
    return {"properties": {cle: _compare(condition, multiple)}, "required": [cle]}


def _compare(condition: dict, multiple: bool) -> dict:
    if "different" in condition:
        return {"not": _compare({"egal": condition["different"]}, multiple)}
    mot, attendu = ("enum", "parmi") if "parmi" in condition else ("const", "egal")
    compare = {mot: condition[attendu]}
    return {"contains": compare} if multiple else compare


# Types --------------------------------------------------------------------------------------------


def _texte(champ: dict, langue: str) -> dict:
    return {
        "type": "string",
        "minLength": champ.get("longueur_min") or 1,
        "maxLength": champ.get("longueur_max", LONGUEURS[champ["type"]][0]),
        "pattern": UNE_LIGNE if champ["type"] == "texte" else VISIBLE,
    }


def _nombre(champ: dict, langue: str) -> dict:
    decimales = champ.get("decimales", DECIMALES)
    # `multipleOf` 0.01 would be computed in binary, and refuse 0.07.
    return {
        "type": "number" if decimales else "integer",
        "minimum": champ.get("minimum", -NOMBRE_AU_PLUS),
        "maximum": champ.get("maximum", NOMBRE_AU_PLUS),
        "x-decimales": decimales,
    }


def _entier(champ: dict, langue: str) -> dict:
    return {
        "type": "integer",
        "minimum": champ.get("minimum", -ENTIER_AU_PLUS),
        "maximum": champ.get("maximum", ENTIER_AU_PLUS),
    }


def _date(champ: dict, langue: str) -> dict:
    # The vocabulary has no limits of dates: annotations that a front end may read.
    bornes = {f"x-{nom}": champ[nom] for nom in ("minimum", "maximum") if nom in champ}
    return {"type": "string", "format": "date", **bornes}


def _options(champ: dict, langue: str) -> list[dict]:
    return [
        {"const": option["valeur"], "title": libelle(option["libelle"], langue)}
        for option in champ["options"]
    ]


def _choix(champ: dict, langue: str) -> dict:
    return {"type": "string", "oneOf": _options(champ, langue)}


def _choix_multiple(champ: dict, langue: str) -> dict:
    return {
        "type": "array",
        "items": _choix(champ, langue),
        "uniqueItems": True,
        "minItems": champ.get("choix_min") or 1,
        "maxItems": champ.get("choix_max", len(champ["options"])),
    }


def _point(champ: dict, langue: str) -> dict:
    return {
        "type": "object",
        "properties": {
            "latitude": {"type": "number", "minimum": -90, "maximum": 90},
            "longitude": {"type": "number", "minimum": -180, "maximum": 180},
        },
        "required": ["latitude", "longitude"],
        "additionalProperties": False,
    }


def _groupe(champ: dict, langue: str) -> dict:
    types = {each["cle"]: each["type"] for each in champ["champs"]}
    return {
        "type": "array",
        "items": _objet(champ["champs"], langue, types),
        "minItems": champ.get("minimum") or 1,
        "maxItems": champ.get("maximum", LIGNES),
    }


FORMES: dict[str, Callable[[dict, str], dict]] = {
    "texte": _texte,
    "texte_long": _texte,
    "nombre": _nombre,
    "entier": _entier,
    "date": _date,
    "heure": lambda champ, langue: {"type": "string", "pattern": f"^(?:{HEURE.pattern})$"},
    "email": lambda champ, langue: {"type": "string", "format": "email", "maxLength": 254},
    "telephone": lambda champ, langue: {"type": "string", "pattern": TELEPHONE},
    "choix": _choix,
    "choix_multiple": _choix_multiple,
    "booleen": lambda champ, langue: {"type": "boolean"},
    "declaration": lambda champ, langue: {"type": "boolean", "const": True},
    "point": _point,
    "groupe": _groupe,
}
