"""When a question is asked, or has to be answered: conditions on the answers that come before it.

`{"champ": cle}` with one of `egal`, `different`, `parmi` (a list), `rempli` (true or false), or
several of them under `tous` or `un`. Of a multiple choice, `egal` asks whether the value is among
the chosen ones, `different` whether it is not, `parmi` whether one of the chosen is in the list.
Nothing can be said of an answer that is not there but `rempli`: the other three are false.
"""

import math
from collections.abc import Mapping

from django.utils.translation import gettext as _

from demarches.definition.dates import lire_date, lire_heure
from demarches.definition.textes import est_imprimable, extrait, refus

COMPARAISONS = ("egal", "different", "parmi")
OPERATEURS = (*COMPARAISONS, "rempli")
ENSEMBLES = ("tous", "un")
# A condition that is deeper, or longer, is read by nobody.
PROFONDEUR_AU_PLUS = 3
CONDITIONS_AU_PLUS = 20
VALEURS_AU_PLUS = 50
TEXTE_AU_PLUS = 200
# Their answers are no part of `donnees`, or there is nothing to answer.
SANS_REPONSE = frozenset({"information", "fichier", "photo"})
# All that can be asked of these is whether they were answered.
SEULEMENT_REMPLI = frozenset({"texte_long", "email", "telephone", "point", "groupe"})


def verifier_condition(condition: object, precedents: Mapping[str, dict], niveau: int = 1) -> int:
    """Check a condition on the questions `precedents` (by key); how many conditions it holds.

    Raises `ValidationError` for the first fault.
    """
    if not isinstance(condition, dict) or not condition:
        raise refus(_("une condition est un objet avec « champ », « tous » ou « un »."))
    ensemble = next((nom for nom in ENSEMBLES if nom in condition), None)
    if ensemble is None:
        _verifier_comparaison(condition, precedents)
        return 1
    nombre = _verifier_ensemble(condition, ensemble, precedents, niveau)
    if nombre > CONDITIONS_AU_PLUS:
        raise refus(_("%(nombre)s conditions au plus."), nombre=CONDITIONS_AU_PLUS)
    return nombre


def vaut(condition: dict | None, reponses: Mapping[str, object]) -> bool:
    """Whether a valid condition holds for these answers; no condition always holds."""
    if condition is None:
        return True
    if "tous" in condition:
        return all(vaut(each, reponses) for each in condition["tous"])
    if "un" in condition:
        return any(vaut(each, reponses) for each in condition["un"])
    cle = condition["champ"]
    if "rempli" in condition:
        return (cle in reponses) == condition["rempli"]
    return cle in reponses and _compare(condition, reponses[cle])


def cles(condition: dict | None) -> set[str]:
    """The keys of the questions that a valid condition reads."""
    if condition is None:
        return set()
    for ensemble in ENSEMBLES:
        if ensemble in condition:
            return set().union(*(cles(each) for each in condition[ensemble]))
    return {condition["champ"]}


def _compare(condition: dict, reponse: object) -> bool:
    donnees = reponse if isinstance(reponse, list) else [reponse]
    if "parmi" in condition:
        return any(each in condition["parmi"] for each in donnees)
    if "egal" in condition:
        return condition["egal"] in donnees
    return condition["different"] not in donnees


def _verifier_ensemble(condition: dict, nom: str, precedents: Mapping, niveau: int) -> int:
    conditions = condition[nom]
    if len(condition) != 1 or not isinstance(conditions, list):
        raise refus(_("« %(nom)s » contient une liste de conditions, et rien d'autre."), nom=nom)
    if not 1 <= len(conditions) <= CONDITIONS_AU_PLUS:
        raise refus(
            _("« %(nom)s » contient de 1 à %(nombre)s conditions."),
            nom=nom,
            nombre=CONDITIONS_AU_PLUS,
        )
    if niveau >= PROFONDEUR_AU_PLUS:
        raise refus(_("des conditions à %(nombre)s niveaux au plus."), nombre=PROFONDEUR_AU_PLUS)
    return sum(verifier_condition(each, precedents, niveau + 1) for each in conditions)


def _verifier_comparaison(condition: dict, precedents: Mapping[str, dict]) -> None:
    operateurs = [nom for nom in OPERATEURS if nom in condition]
    if "champ" not in condition or len(operateurs) != 1 or len(condition) != 2:
        raise refus(
            _("une condition a « champ » et un seul de : %(noms)s."), noms=", ".join(OPERATEURS)
        )
    champ = _champ(condition["champ"], precedents)
    (operateur,) = operateurs
    if operateur != "rempli" and champ["type"] in SEULEMENT_REMPLI:
        raise refus(_("de « %(cle)s », une condition ne demande que « rempli »."), cle=champ["cle"])
    _verifier_operande(operateur, condition[operateur], champ)


def _champ(cle: object, precedents: Mapping[str, dict]) -> dict:
    champ = precedents.get(cle) if isinstance(cle, str) else None
    if champ is None:
        raise refus(
            _("la condition porte sur « %(cle)s », qui n'est pas une question posée avant."),
            cle=extrait(cle),
        )
    if champ["type"] in SANS_REPONSE:
        raise refus(
            _("une condition ne porte ni sur une information ni sur un fichier (« %(cle)s »)."),
            cle=champ["cle"],
        )
    return champ


def _verifier_operande(operateur: str, valeur: object, champ: dict) -> None:
    if operateur == "rempli":
        if not isinstance(valeur, bool):
            raise refus(_("« rempli » vaut true ou false."))
        return
    if operateur == "parmi" and not (
        isinstance(valeur, list) and 1 <= len(valeur) <= VALEURS_AU_PLUS
    ):
        raise refus(_("« parmi » est une liste de 1 à %(nombre)s valeurs."), nombre=VALEURS_AU_PLUS)
    valeurs = valeur if operateur == "parmi" else [valeur]
    if not all(_est_possible(each, champ) for each in valeurs):
        raise refus(
            _("« %(cle)s » ne peut pas avoir la valeur que la condition attend."), cle=champ["cle"]
        )


def _est_possible(valeur: object, champ: dict) -> bool:
    """Whether `valeur` may be the canonical answer to this question."""
    match champ["type"]:
        case "choix" | "choix_multiple":
            return valeur in [option["valeur"] for option in champ["options"]]
        case "booleen" | "declaration":
            return isinstance(valeur, bool)
        case "entier":
            return type(valeur) is int
        case "nombre":
            return type(valeur) is int or type(valeur) is float and math.isfinite(valeur)
        case "date":
            return lire_date(valeur) is not None
        case "heure":
            return lire_heure(valeur) is not None
    return isinstance(valeur, str) and _est_un_texte(valeur)


def _est_un_texte(valeur: str) -> bool:
    return 1 <= len(valeur) <= TEXTE_AU_PLUS and est_imprimable(valeur)
