"""Weekly hours and closings as an agent fills them: rows of times and dates, never JSON.

What a page sends is read by names that are counted, so that it works where no script runs and
whatever else is posted is not looked at. The validators of `mairies.horaires` have the last word,
and what they refuse is said beside the day or the row that they name.
"""

import json

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.widgets import BASE_CLASSES

from mairies.horaires import (
    INTERVALLES_PAR_JOUR,
    JOURS,
    MOTIF_AU_PLUS,
    valider_fermetures,
    valider_horaires,
    valider_jours_fermes,
)

MINUIT, FIN_DU_JOUR = "00:00", "24:00"
NOMS_DES_JOURS = dict(
    zip(
        JOURS,
        (
            _("Lundi"),
            _("Mardi"),
            _("Mercredi"),
            _("Jeudi"),
            _("Vendredi"),
            _("Samedi"),
            _("Dimanche"),
        ),
        strict=True,
    )
)
# Morning and afternoon: what a day shows at least, for those without scripts.
INTERVALLES_MONTRES = 2
# A request has at most 500 fields: older dates go along in one of them.
LIGNES_MONTREES, LIGNES_LUES, LIGNES_VIDES = 80, 110, 3
DEMI_JOURNEES = [
    ("", _("Toute la journée")),
    ("matin", _("Le matin")),
    ("apres_midi", _("L'après-midi")),
]
# Without the red of a field that is refused: only the row at fault has it.
CONTROLE = " ".join([*(each for each in BASE_CLASSES if "group-" not in each), "px-3", "py-2"])


class _Rangees(forms.Widget):
    """Several inputs under one name; `erreurs` are what was refused, by day or by row."""

    use_fieldset = True

    class Media:
        css = {"all": ["mairies/horaires.css"]}
        js = ["mairies/horaires.js"]

    def __init__(self, attrs=None):
        super().__init__(attrs)
        self.erreurs: dict[str | int, list[str]] = {}

    def id_for_label(self, id_):
        # Each input has a label of its own.
        return ""

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        context["widget"].update(controle=CONTROLE, **self.rangees(name, value))
        return context


class HorairesWidget(_Rangees):
    """Seven days, each with its intervals; a day without any is closed."""

    template_name = "mairies/widgets/horaires.html"

    def rangees(self, name, value):
        return {"jours": [self._jour(jour, (value or {}).get(jour, [])) for jour in JOURS]}

    def _jour(self, jour: str, intervalles: list) -> dict:
        remplis = [(de, _lue(a)) for de, a in intervalles if de or a]
        montres = min(max(INTERVALLES_MONTRES, len(remplis) + 1), INTERVALLES_PAR_JOUR)
        vides = [("", "")] * (montres - len(remplis))
        return {
            "cle": jour,
            "nom": NOMS_DES_JOURS[jour],
            "intervalles": [*remplis, *vides],
            "erreurs": self.erreurs.get(jour, []),
        }

    def value_from_datadict(self, data, files, name):
        return {
            jour: [
                [data.get(f"{name}-{jour}-{rang}-{borne}", "").strip() for borne in ("de", "a")]
                for rang in range(INTERVALLES_PAR_JOUR)
            ]
            for jour in JOURS
        }

    def value_omitted_from_data(self, data, files, name):
        return f"{name}-presents" not in data


def _lue(fin: str) -> str:
    """The end of an interval as an input of times can show it: it has no 24:00."""
    return MINUIT if fin == FIN_DU_JOUR else fin


class HorairesField(forms.Field):
    widget = HorairesWidget

    def clean(self, value):
        horaires = _semaine(value)
        try:
            valider_horaires(horaires)
        except ValidationError as error:
            self.widget.erreurs = _erreurs(error, "jour")
            raise
        return horaires

    def has_changed(self, initial, data):
        before = {jour: intervalles for jour, intervalles in (initial or {}).items() if intervalles}
        return before != _semaine(data)


def _semaine(value: dict) -> dict:
    """What was typed as `mairies.horaires` describes it."""
    semaine = {jour: [_intervalle(*i) for i in value[jour] if any(i)] for jour in JOURS}
    return {jour: intervalles for jour, intervalles in semaine.items() if intervalles}


def _intervalle(debut: str, fin: str) -> list[str]:
    """The end 00:00 is midnight; half an interval stays one, to be refused as such."""
    if not (debut and fin):
        return [debut or fin]
    return [debut, FIN_DU_JOUR if fin == MINUIT else fin]


def _erreurs(error: ValidationError, par: str) -> dict:
    said = {}
    for each in error.error_list:
        if each.params and par in each.params:
            said.setdefault(each.params[par], []).extend(each.messages)
    return said


class DatesWidget(_Rangees):
    """Days, one a row; `cles` are what else a row tells of its day."""

    template_name = "mairies/widgets/dates.html"
    cles = ("date",)

    def rangees(self, name, value):
        lignes, suite = value if isinstance(value, tuple) else self._montrees(value or [])
        remplies = [
            {**ligne, "erreurs": self.erreurs.get(rang, [])}
            for rang, ligne in enumerate(lignes, start=1)
        ]
        return {
            "lignes": [*remplies, *[{"date": ""}] * LIGNES_VIDES],
            "suite": suite,
            "complet": "motif" in self.cles,
            "demi_journees": DEMI_JOURNEES,
            "motif_au_plus": MOTIF_AU_PLUS,
            "lignes_au_plus": LIGNES_LUES,
        }

    def _montrees(self, value: list) -> tuple[list[dict], str]:
        """The latest days as rows, and those before them as they are."""
        rows = sorted(value, key=_jour_de)
        older, shown = rows[:-LIGNES_MONTREES], rows[-LIGNES_MONTREES:]
        return [_ligne(row) for row in shown], json.dumps(older) if older else ""

    def value_from_datadict(self, data, files, name):
        lignes = [
            {cle: data.get(f"{name}-{rang}-{cle}", "").strip() for cle in self.cles}
            for rang in range(LIGNES_LUES)
        ]
        return [ligne for ligne in lignes if any(ligne.values())], data.get(f"{name}-suite", "")

    def value_omitted_from_data(self, data, files, name):
        return f"{name}-suite" not in data


class FermeturesWidget(DatesWidget):
    cles = ("date", "demi_journee", "motif")


def _jour_de(row) -> str:
    return _ligne(row)["date"]


def _ligne(row) -> dict:
    return row if isinstance(row, dict) else {"date": row}


class JoursFermesField(forms.Field):
    """A list of days, as `mairies.horaires.valider_jours_fermes` describes it."""

    widget = DatesWidget
    valider = staticmethod(valider_jours_fermes)

    def clean(self, value):
        rows = self._rows(value)
        try:
            self.valider(rows)
        except ValidationError as error:
            self.widget.erreurs = _erreurs(error, "rang")
            raise
        return rows

    def has_changed(self, initial, data):
        try:
            rows = self._rows(data)
        except ValidationError:
            return True
        return self._said(initial or []) != self._said(rows)

    def _said(self, rows: list) -> list[str]:
        """What the rows say, in whatever order and with or without what is empty."""
        return sorted(json.dumps(self._row(_ligne(row))) for row in rows)

    def _rows(self, value: tuple[list[dict], str]) -> list:
        lignes, suite = value
        return [*map(self._row, lignes), *_lire_suite(suite)]

    def _row(self, ligne: dict):
        return ligne.get("date")


class FermeturesField(JoursFermesField):
    """Closings, as `mairies.horaires.valider_fermetures` describes them."""

    widget = FermeturesWidget
    valider = staticmethod(valider_fermetures)

    def _row(self, ligne: dict):
        return {
            "date": ligne.get("date"),
            "motif": ligne.get("motif") or "",
            "demi_journee": ligne.get("demi_journee") or None,
        }


def _lire_suite(texte: str) -> list:
    try:
        suite = json.loads(texte or "[]")
    except (ValueError, RecursionError):
        suite = None
    if not isinstance(suite, list):
        raise ValidationError(_("Les dates plus anciennes n'ont pas pu être lues."))
    return suite


class CouleurWidget(forms.TextInput):
    """A colour as #0a6b3d; a script puts the browser's palette beside it. It may stay empty, which
    an input of colours could not say."""

    template_name = "mairies/widgets/couleur.html"

    class Media:
        css = {"all": ["mairies/horaires.css"]}
        js = ["mairies/couleur.js"]

    def __init__(self, attrs=None):
        shown = {"class": f"{CONTROLE} w-32", "placeholder": "#0a6b3d", "maxlength": 7}
        super().__init__({**shown, **(attrs or {})})
