"""What an agent words, in French and perhaps in English, and how its faults are told.

A message never repeats raw input, which may be huge or impossible to encode.
"""

import itertools
import re
import unicodedata
from collections.abc import Collection, Mapping

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

LANGUES = ("fr", "en")
LIBELLE_AU_PLUS = 300
AIDE_AU_PLUS = 2000
# Spelt out: \w would take the letters of every script.
CLE = re.compile(r"[a-z][a-z0-9_]{0,49}")
LIGNES = "\n\t"


def libelle(texte: Mapping[str, str], langue: str) -> str:
    """`texte` in `langue` ("en", "en-gb"), in French where nobody has translated it."""
    return texte.get(langue[:2]) or texte["fr"]


def refus(message: str, **params: object) -> ValidationError:
    # Not "invalid": a form would put its own sentence in the place of ours.
    return ValidationError(message, code="definition", params=params or None)


def extrait(value: object) -> str:
    """The beginning of a text, without what a terminal or a response could not print."""
    if not isinstance(value, str):
        return "?"
    return "".join(character for character in value[:30] if character.isprintable())


def est_imprimable(texte: str, *, lignes: bool = False) -> bool:
    """Whether PostgreSQL can keep `texte` and a page can show it; `lignes` allows line breaks."""
    permis = LIGNES if lignes else ""
    return not any(
        unicodedata.category(character) in {"Cc", "Cs"} and character not in permis
        for character in texte
    )


def verifier_cle(cle: object) -> None:
    if not isinstance(cle, str) or not CLE.fullmatch(cle):
        raise refus(
            _(
                "la clé s'écrit en minuscules sans accent, chiffres et tirets bas ; elle commence "
                "par une lettre et a 50 caractères au plus."
            )
        )


def verifier_objet(objet: object, permises: Collection[str]) -> None:
    """Refuse what is no object, and the first key that is not among `permises`."""
    if not isinstance(objet, dict):
        raise refus(_("un objet est attendu."))
    inconnues = [cle for cle in itertools.islice(objet, 50) if cle not in permises]
    if inconnues:
        raise refus(
            _("« %(cle)s » n'est pas accepté ici ; sont acceptés : %(permises)s."),
            cle=extrait(inconnues[0]),
            permises=", ".join(sorted(permises)),
        )


def verifier_textes(objet: dict, *, aide_au_plus: int = AIDE_AU_PLUS) -> None:
    """Check the `libelle`, and the `aide` if there is one."""
    verifier_libelle(objet.get("libelle"), "libelle", LIBELLE_AU_PLUS)
    if "aide" in objet:
        verifier_libelle(objet["aide"], "aide", aide_au_plus)


def verifier_libelle(texte: object, nom: str, au_plus: int) -> None:
    """Check words such as `{"fr": "Nom", "en": "Name"}`: French is needed, English is not."""
    if not isinstance(texte, dict) or not {"fr"} <= texte.keys() <= {*LANGUES}:
        raise refus(
            _("« %(nom)s » est un objet avec un texte « fr » et, si possible, « en »."), nom=nom
        )
    for langue, mots in texte.items():
        if not isinstance(mots, str) or not mots.strip() or len(mots) > au_plus:
            raise refus(
                _("« %(nom)s » (%(langue)s) est un texte de 1 à %(nombre)s caractères."),
                nom=nom,
                langue=langue,
                nombre=au_plus,
            )
        if not est_imprimable(mots, lignes=True):
            raise refus(_("« %(nom)s » contient un caractère interdit."), nom=nom)


def verifier_booleen(objet: dict, nom: str) -> None:
    if not isinstance(objet.get(nom, False), bool):
        raise refus(_("« %(nom)s » vaut true ou false."), nom=nom)


def verifier_entier(objet: dict, nom: str, *, de: int, a: int) -> None:
    """Check a limit that is a whole number between `de` and `a`, both included."""
    valeur = objet.get(nom, de)
    if type(valeur) is not int or not de <= valeur <= a:
        raise refus(_("« %(nom)s » est un entier de %(de)s à %(a)s."), nom=nom, de=de, a=a)


def verifier_ordre(objet: dict, petit: str, grand: str) -> None:
    """Refuse a lower limit above its upper one."""
    if petit in objet and grand in objet and objet[petit] > objet[grand]:
        raise refus(
            _("« %(petit)s » ne peut pas dépasser « %(grand)s »."), petit=petit, grand=grand
        )
