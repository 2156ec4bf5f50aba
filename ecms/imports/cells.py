"""What the cells of a file mean, and how their values are said (widgets of django-import-export).

`clean` takes a text of a CSV or a value of a workbook and raises `ValueError` with a sentence;
None is "nothing said". `render` is what people read.
"""

import re
import unicodedata
from datetime import date, datetime

from django.conf import settings
from django.utils import timezone, translation
from django.utils.encoding import force_str
from django.utils.translation import gettext as _
from import_export.widgets import Widget

from ecms.api.exports import FORMULAS
from ecms.workbooks import in_words

YES = {"oui", "o", "yes", "y", "vrai", "true", "1", "x"}
NO = {"non", "n", "no", "faux", "false", "0"}
DAYS = ("%d/%m/%Y", "%Y-%m-%d")
MOMENTS = ("%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S")
# What the forms of the admin take, too (`ecms.admin.fields`).
FIRST_YEAR, LAST_YEAR = 1900, 2190
DIGITS = re.compile(r"[0-9]{1,18}", re.ASCII)


def text_of(value) -> str:
    """A cell as text, its ends cleaned, without the sign that our own exports put before what a
    spreadsheet would run."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = unicodedata.normalize("NFC", str(value)).strip()
    return text[1:] if text[:1] == "'" and text[1:].startswith(FORMULAS) else text


def folded(text: str) -> str:
    """`text` without accents, capitals and signs: how headings and choices are compared."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in plain if c.isalnum())


def in_each_language(text) -> set[str]:
    """A translated text as the readers of every language know it."""
    found = set()
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found.add(force_str(text))
    return found


class Cell(Widget):
    def render(self, value, obj=None, **kwargs):
        said = in_words(value)
        if isinstance(said, datetime):
            return f"{said:%d/%m/%Y %H:%M}"
        return f"{said:%d/%m/%Y}" if isinstance(said, date) else str(said)


class Texte(Cell):
    def clean(self, value, row=None, **kwargs):
        return text_of(value)


class OuiNon(Cell):
    def clean(self, value, row=None, **kwargs):
        if isinstance(value, bool):
            return value
        said = folded(text_of(value))
        if said in YES | NO:
            return said in YES
        if said:
            raise ValueError(_("Répondez par oui ou par non."))
        return None


class Entier(Cell):
    def clean(self, value, row=None, **kwargs):
        said = "".join(text_of(value).split())
        if said and not DIGITS.fullmatch(said):
            raise ValueError(_("Écrivez un nombre entier."))
        return int(said) if said else None


class Jour(Cell):
    def clean(self, value, row=None, **kwargs):
        moment = _moment(value, DAYS, _("Écrivez un jour tel que 31/12/2026."))
        return moment and moment.date()


class Moment(Cell):
    def clean(self, value, row=None, **kwargs):
        sentence = _("Écrivez un jour et une heure tels que 31/12/2026 14:30.")
        moment = _moment(value, MOMENTS + DAYS, sentence)
        return moment and timezone.make_aware(moment)


class Choix(Cell):
    """One of the choices of a column, by its label in either language or by its code."""

    def __init__(self, choices):
        super().__init__()
        self.choices = list(choices)

    def clean(self, value, row=None, **kwargs):
        said = folded(text_of(value))
        if not said:
            return None
        for code, label in self.choices:
            if said in {folded(str(code)), *map(folded, in_each_language(label))}:
                return code
        labels = ", ".join(force_str(label) for _code, label in self.choices)
        raise ValueError(_("Choisissez parmi : %(choix)s.") % {"choix": labels})

    def render(self, value, obj=None, **kwargs):
        return force_str(dict(self.choices).get(value, value))


def _moment(value, formats: tuple[str, ...], sentence: str) -> datetime | None:
    if isinstance(value, datetime):
        found = value.replace(tzinfo=None)
    elif isinstance(value, date):
        found = datetime(value.year, value.month, value.day)
    elif said := text_of(value):
        found = _read(said, formats, sentence)
    else:
        return None
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise ValueError(_("Cette date est trop lointaine."))
    return found


def _read(said: str, formats: tuple[str, ...], sentence: str) -> datetime:
    for form in formats:
        try:
            return datetime.strptime(said, form)
        except ValueError:
            continue
    raise ValueError(sentence)
