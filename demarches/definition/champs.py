"""The definition of the questions, checked when an agent saves it.

Any JSON value at all may come in, and each either passes or raises `ValidationError` with
sentences that say which question is wrong, by its rank and key, and what to correct.
"""

import json
from collections.abc import Callable, Iterator

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from demarches.definition.conditions import verifier_condition
from demarches.definition.dates import AUJOURD_HUI, lire_date
from demarches.definition.textes import (
    est_imprimable,
    extrait,
    refus,
    verifier_booleen,
    verifier_cle,
    verifier_entier,
    verifier_libelle,
    verifier_objet,
    verifier_ordre,
    verifier_textes,
)

QUESTIONS_AU_PLUS = 100
OPTIONS_AU_PLUS = 200
# Of the whole definition, as JSON.
TAILLE_AU_PLUS = 200_000
VALEUR_AU_PLUS = 100
INFORMATION_AU_PLUS = 5000

LONGUEURS = {"texte": (500, 1000), "texte_long": (5000, 20_000)}
ENTIER_AU_PLUS = 10**12
NOMBRE_AU_PLUS = 10**9
DECIMALES, DECIMALES_AU_PLUS = 2, 6
FICHIERS, FICHIERS_AU_PLUS = 1, 20
LIGNES, LIGNES_AU_PLUS = 20, 50

TOUJOURS = ("cle", "type", "libelle", "aide", "afficher_si")
OBLIGATION = ("obligatoire", "obligatoire_si")
# What a question of each type may have beyond `TOUJOURS`.
PROPRES: dict[str, tuple[str, ...]] = {
    "texte": (*OBLIGATION, "longueur_min", "longueur_max"),
    "texte_long": (*OBLIGATION, "longueur_min", "longueur_max"),
    "nombre": (*OBLIGATION, "minimum", "maximum", "decimales"),
    "entier": (*OBLIGATION, "minimum", "maximum"),
    "date": (*OBLIGATION, "minimum", "maximum"),
    "heure": OBLIGATION,
    "email": OBLIGATION,
    "telephone": OBLIGATION,
    "choix": (*OBLIGATION, "options"),
    "choix_multiple": (*OBLIGATION, "options", "choix_min", "choix_max"),
    "booleen": OBLIGATION,
    "fichier": (*OBLIGATION, "nombre_max"),
    "photo": (*OBLIGATION, "nombre_max"),
    "point": OBLIGATION,
    "groupe": (*OBLIGATION, "champs", "minimum", "maximum"),
    # Whoever files declares it: it is always obligatory.
    "declaration": ("obligatoire",),
    "information": (),
}
# A file answers a question, not a line of a group.
HORS_GROUPE = frozenset({"groupe", "fichier", "photo"})


def valider_champs(value: object) -> None:
    """Check the questions of a formulaire.

    Raises `ValidationError` with one message for each wrong question.
    """
    if not isinstance(value, list):
        raise refus(_("Une liste de questions est attendue."))
    if _nombre(value) > QUESTIONS_AU_PLUS:
        raise refus(
            _("%(nombre)s questions au plus, celles des groupes comprises."),
            nombre=QUESTIONS_AU_PLUS,
        )
    erreurs = list(_Definition().erreurs(value))
    if erreurs:
        raise ValidationError(erreurs)
    if len(json.dumps(value)) > TAILLE_AU_PLUS:
        raise refus(
            _("La définition des questions dépasse %(nombre)s caractères."), nombre=TAILLE_AU_PLUS
        )


def _nombre(value: list) -> int:
    """How many questions there are, those of the groups too."""
    groupes = (champ.get("champs") for champ in value if isinstance(champ, dict))
    return len(value) + sum(len(champs) for champs in groupes if isinstance(champs, list))


class _Definition:
    """The questions read so far, by key: conditions may refer to them. A key is used once."""

    def __init__(self):
        self.cles: set[str] = set()
        self.precedents: dict[str, dict] = {}

    def erreurs(self, champs: list, groupe: str = "") -> Iterator[ValidationError]:
        for rang, champ in enumerate(champs, start=1):
            numero = f"{groupe}{rang}"
            try:
                self._verifier(champ, dans_un_groupe=bool(groupe))
            except ValidationError as error:
                yield _faute(numero, champ, error)
                continue
            if champ["type"] == "groupe":
                yield from self._erreurs_du_groupe(numero, champ)
            self.precedents[champ["cle"]] = champ

    def _erreurs_du_groupe(self, numero: str, groupe: dict) -> Iterator[ValidationError]:
        dehors = dict(self.precedents)
        yield from self.erreurs(groupe["champs"], f"{numero}.")
        # Each line has its own answers: from outside, no condition can mean one of them.
        self.precedents = dehors

    def _verifier(self, champ: object, *, dans_un_groupe: bool) -> None:
        if not isinstance(champ, dict):
            raise refus(_("un objet est attendu."))
        _verifier_type(champ, dans_un_groupe=dans_un_groupe)
        verifier_objet(champ, (*TOUJOURS, *PROPRES[champ["type"]]))
        verifier_cle(champ.get("cle"))
        self._verifier_unique(champ["cle"])
        information = champ["type"] == "information"
        verifier_textes(champ, **({"aide_au_plus": INFORMATION_AU_PLUS} if information else {}))
        self._verifier_obligation(champ)
        VERIFICATIONS.get(champ["type"], _rien)(champ)

    def _verifier_unique(self, cle: str) -> None:
        if cle in self.cles:
            raise refus(_("une autre question a déjà cette clé."))
        self.cles.add(cle)

    def _verifier_obligation(self, champ: dict) -> None:
        verifier_booleen(champ, "obligatoire")
        if champ["type"] == "declaration" and champ.get("obligatoire") is False:
            raise refus(_("une déclaration sur l'honneur est toujours obligatoire."))
        if champ.get("obligatoire") and "obligatoire_si" in champ:
            raise refus(_("« obligatoire » et « obligatoire_si » s'excluent."))
        for nom in ("afficher_si", "obligatoire_si"):
            if nom in champ:
                verifier_condition(champ[nom], self.precedents)


def _faute(numero: str, champ: object, error: ValidationError) -> ValidationError:
    cle = champ.get("cle") if isinstance(champ, dict) else None
    return refus(
        _("Question %(rang)s (%(cle)s) : %(faute)s"),
        rang=numero,
        cle=extrait(cle),
        faute=error.messages[0],
    )


def _verifier_type(champ: dict, *, dans_un_groupe: bool) -> None:
    type_ = champ.get("type")
    if not isinstance(type_, str) or type_ not in PROPRES:
        raise refus(
            _("le type est inconnu ; sont possibles : %(types)s."), types=", ".join(PROPRES)
        )
    if dans_un_groupe and type_ in HORS_GROUPE:
        raise refus(_("un groupe ne contient ni groupe, ni fichier, ni photo."))


def _rien(champ: dict) -> None:
    """Nothing more to check."""


def _verifier_longueurs(champ: dict) -> None:
    defaut, au_plus = LONGUEURS[champ["type"]]
    verifier_entier(champ, "longueur_min", de=0, a=au_plus)
    verifier_entier({"longueur_max": defaut, **champ}, "longueur_max", de=1, a=au_plus)
    verifier_ordre({"longueur_max": defaut, **champ}, "longueur_min", "longueur_max")


def _verifier_bornes_entieres(champ: dict) -> None:
    for nom in ("minimum", "maximum"):
        verifier_entier(champ, nom, de=-ENTIER_AU_PLUS, a=ENTIER_AU_PLUS)
    verifier_ordre(champ, "minimum", "maximum")


def _verifier_bornes(champ: dict) -> None:
    for nom in ("minimum", "maximum"):
        borne = champ.get(nom, 0)
        # What is no number at all (NaN) compares as false.
        if type(borne) not in (int, float) or not abs(borne) <= NOMBRE_AU_PLUS:
            raise refus(
                _("« %(nom)s » est un nombre de -%(a)s à %(a)s."), nom=nom, a=NOMBRE_AU_PLUS
            )
    verifier_ordre(champ, "minimum", "maximum")
    verifier_entier(champ, "decimales", de=0, a=DECIMALES_AU_PLUS)


def _verifier_dates(champ: dict) -> None:
    for nom in ("minimum", "maximum"):
        borne = champ.get(nom, AUJOURD_HUI)
        if borne != AUJOURD_HUI and lire_date(borne) is None:
            raise refus(
                _("« %(nom)s » est une date AAAA-MM-JJ, ou « aujourd_hui »."),
                nom=nom,
            )
    if AUJOURD_HUI not in (champ.get("minimum"), champ.get("maximum")):
        verifier_ordre(champ, "minimum", "maximum")


def _verifier_options(champ: dict) -> None:
    options = champ.get("options")
    if not isinstance(options, list) or not 1 <= len(options) <= OPTIONS_AU_PLUS:
        raise refus(
            _("« options » est une liste de 1 à %(nombre)s options."), nombre=OPTIONS_AU_PLUS
        )
    connues: set[str] = set()
    for rang, option in enumerate(options, start=1):
        try:
            _verifier_option(option, connues)
        except ValidationError as error:
            raise refus(
                _("option %(rang)s : %(faute)s"), rang=rang, faute=error.messages[0]
            ) from error


def _verifier_option(option: object, connues: set[str]) -> None:
    verifier_objet(option, ("valeur", "libelle"))
    valeur = option.get("valeur")
    if not isinstance(valeur, str) or not 1 <= len(valeur) <= VALEUR_AU_PLUS:
        raise refus(
            _("« valeur » est un texte de 1 à %(nombre)s caractères."), nombre=VALEUR_AU_PLUS
        )
    if valeur != valeur.strip() or not est_imprimable(valeur):
        raise refus(_("« valeur » contient un caractère interdit, ou une espace au bord."))
    if valeur in connues:
        raise refus(_("une autre option a déjà cette valeur."))
    connues.add(valeur)
    verifier_libelle(option.get("libelle"), "libelle", VALEUR_AU_PLUS * 3)


def _verifier_choix_multiple(champ: dict) -> None:
    _verifier_options(champ)
    verifier_entier(champ, "choix_min", de=0, a=len(champ["options"]))
    verifier_entier({"choix_max": 1, **champ}, "choix_max", de=1, a=len(champ["options"]))
    verifier_ordre(champ, "choix_min", "choix_max")


def _verifier_nombre_max(champ: dict) -> None:
    verifier_entier({"nombre_max": FICHIERS, **champ}, "nombre_max", de=1, a=FICHIERS_AU_PLUS)


def _verifier_groupe(champ: dict) -> None:
    champs = champ.get("champs")
    if not isinstance(champs, list) or not champs:
        raise refus(_("« champs » est la liste des questions du groupe."))
    verifier_entier(champ, "minimum", de=0, a=LIGNES_AU_PLUS)
    verifier_entier({"maximum": LIGNES, **champ}, "maximum", de=1, a=LIGNES_AU_PLUS)
    verifier_ordre({"maximum": LIGNES, **champ}, "minimum", "maximum")


VERIFICATIONS: dict[str, Callable[[dict], None]] = {
    "texte": _verifier_longueurs,
    "texte_long": _verifier_longueurs,
    "entier": _verifier_bornes_entieres,
    "nombre": _verifier_bornes,
    "date": _verifier_dates,
    "choix": _verifier_options,
    "choix_multiple": _verifier_choix_multiple,
    "fichier": _verifier_nombre_max,
    "photo": _verifier_nombre_max,
    "groupe": _verifier_groupe,
}
