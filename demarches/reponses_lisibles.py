"""The answers of a dossier in words, for a person who reads them beside the questions."""

from collections.abc import Iterator

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from demarches.definition import libelle
from demarches.definition.dates import lire_date
from demarches.models import DemarcheAdministrative
from demarches.services.pieces import questions_de

# What is answered by a file, or by nothing.
SANS_REPONSE = frozenset({"fichier", "photo", "information"})

Ligne = tuple[str, str]


def lire_reponses(demarche: DemarcheAdministrative, langue: str) -> list[Ligne]:
    """(question, answer) in the order of the questions, then what answers none of them, under its
    key. Plain text: whoever puts it on a page escapes it."""
    champs, _pieces = questions_de(demarche)
    lignes = list(_lignes(champs, demarche.donnees, langue))
    connues = {champ["cle"] for champ in champs}
    return lignes + [(cle, str(v)) for cle, v in demarche.donnees.items() if cle not in connues]


def _lignes(champs: list[dict], donnees: dict, langue: str, avant: str = "") -> Iterator[Ligne]:
    for champ in champs:
        valeur = donnees.get(champ["cle"])
        if champ["type"] in SANS_REPONSE or valeur is None:
            continue
        question = avant + libelle(champ["libelle"], langue)
        if champ["type"] == "groupe":
            for rang, ligne in enumerate(valeur, start=1):
                yield from _lignes(champ["champs"], ligne, langue, f"{question} {rang} – ")
        else:
            yield question, _mots(champ, valeur, langue)


def _mots(champ: dict, valeur, langue: str) -> str:
    """One answer, as a person writes it."""
    match champ["type"]:
        case "booleen" | "declaration":
            return _("Oui") if valeur else _("Non")
        case "choix":
            return _option(champ, valeur, langue)
        case "choix_multiple":
            return ", ".join(_option(champ, each, langue) for each in valeur)
        case "date":
            jour = lire_date(valeur)
            return date_format(jour, "DATE_FORMAT") if jour else str(valeur)
        case "nombre" | "entier":
            return number_format(valeur)
        case "point":
            return f"{valeur['latitude']}, {valeur['longitude']}"
    return str(valeur)


def _option(champ: dict, valeur: str, langue: str) -> str:
    known = {option["valeur"]: option["libelle"] for option in champ["options"]}
    return libelle(known[valeur], langue) if valeur in known else str(valeur)
