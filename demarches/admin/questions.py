"""The questions of a procedure as a form: what an agent types, and the answers in it.

A definition is data of the mairie: every word of it is escaped. What an answer may be, the service
alone decides (`demarches.definition`): here it is only given the form that JSON has for it.
"""

import re
from collections.abc import Callable

from django import forms
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from demarches.definition import libelle

ENTIER = re.compile(r"-?[0-9]{1,18}")
NOMBRE = re.compile(r"-?[0-9]{1,15}[.][0-9]{1,10}")
BLANCS = re.compile(r"\s")
DEGRES = ("latitude", "longitude")
OUI, NON = "oui", "non"


def en_nombre(texte: str):
    """What somebody typed as the number that it is; as it was typed when it is none."""
    serre = BLANCS.sub("", texte).replace(",", ".")
    if ENTIER.fullmatch(serre):
        return int(serre)
    return float(serre) if NOMBRE.fullmatch(serre) else texte


class TexteField(forms.CharField):
    def to_python(self, value):
        # A browser ends a line in the way of another century.
        return super().to_python(value).replace("\r\n", "\n")


class NombreField(forms.CharField):
    def clean(self, value):
        return en_nombre(super().clean(value))


class OuiNonField(forms.ChoiceField):
    """Yes, no, or not answered."""

    def clean(self, value):
        return {OUI: True, NON: False}.get(super().clean(value))

    def prepare_value(self, value):
        return {True: OUI, False: NON}[value] if isinstance(value, bool) else value


class DeclarationField(forms.BooleanField):
    def clean(self, value):
        return super().clean(value) or None

    def prepare_value(self, value):
        return value is True or value == "on"


class PointWidget(forms.MultiWidget):
    """Latitude and longitude, side by side."""

    template_name = "admin/demarches/demarcheadministrative/point.html"

    def __init__(self):
        widget = UnfoldAdminTextInputWidget
        super().__init__([widget(attrs={"inputmode": "decimal"}) for _each in DEGRES])
        # No key of a question has a dash.
        self.widgets_names = [f"-{name}" for name in DEGRES]

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        for each, label in zip(
            context["widget"]["subwidgets"], (_("Latitude"), _("Longitude")), strict=True
        ):
            each["attrs"] |= {"aria-label": label, "placeholder": label}
        return context

    def decompress(self, value):
        return [value.get(name) for name in DEGRES] if isinstance(value, dict) else [None, None]


class PointField(forms.CharField):
    widget = PointWidget

    def clean(self, value):
        typed = [super(PointField, self).clean(each) for each in value or ["", ""]]
        if not any(typed):
            return None
        return dict(zip(DEGRES, map(en_nombre, typed), strict=True))


def formulaire_de(champs: list[dict], langue: str, *, prefix: str, donnees=None, data=None):
    """A form with the answers of one object: of the whole, or of one line of a group. `donnees`
    are those that are stored, `data` what was sent."""
    form = forms.Form(
        data, prefix=prefix, initial=donnees, use_required_attribute=False, label_suffix=""
    )
    for champ in champs:
        if champ["type"] in CHAMPS:
            form.fields[champ["cle"]] = _champ(champ, langue)
    return form


def echappe(texte: str) -> str:
    """The words of a mairie as unfold takes help: markup."""
    return mark_safe(str(conditional_escape(texte)).replace("\n", "<br>"))  # noqa: S308


def aide_de(champ: dict, langue: str) -> str:
    return echappe(libelle(champ["aide"], langue)) if "aide" in champ else ""


def titre_de(champ: dict, langue: str) -> str:
    """The question, marked when an answer has to be there at filing."""
    titre = libelle(champ["libelle"], langue)
    if not champ.get("obligatoire", champ["type"] == "declaration"):
        return titre
    return format_html('{} <span class="text-red-600 dark:text-red-500">*</span>', titre)


def _champ(champ: dict, langue: str) -> forms.Field:
    field = CHAMPS[champ["type"]](champ, langue)
    field.required = False
    field.label, field.help_text = titre_de(champ, langue), aide_de(champ, langue)
    return field


def _saisie(classe=forms.CharField, **attrs) -> Callable:
    return lambda champ, langue: classe(widget=UnfoldAdminTextInputWidget(attrs=attrs))


def _texte_long(champ: dict, langue: str) -> forms.Field:
    return TexteField(widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}))


def _options(champ: dict, langue: str) -> list[tuple[str, str]]:
    return [(each["valeur"], libelle(each["libelle"], langue)) for each in champ["options"]]


def _choix(champ: dict, langue: str) -> forms.Field:
    options = [("", "—"), *_options(champ, langue)]
    return forms.ChoiceField(choices=options, widget=UnfoldAdminSelectWidget)


def _choix_multiple(champ: dict, langue: str) -> forms.Field:
    widget = UnfoldAdminCheckboxSelectMultipleWidget
    return forms.MultipleChoiceField(choices=_options(champ, langue), widget=widget)


def _booleen(champ: dict, langue: str) -> forms.Field:
    options = [("", "—"), (OUI, _("Oui")), (NON, _("Non"))]
    return OuiNonField(choices=options, widget=UnfoldAdminSelectWidget)


CHAMPS: dict[str, Callable[[dict, str], forms.Field]] = {
    "texte": _saisie(),
    "texte_long": _texte_long,
    "nombre": _saisie(NombreField, inputmode="decimal"),
    "entier": _saisie(NombreField, inputmode="numeric"),
    "date": _saisie(type="date"),
    "heure": _saisie(type="time"),
    "email": _saisie(type="email"),
    "telephone": _saisie(type="tel"),
    "choix": _choix,
    "choix_multiple": _choix_multiple,
    "booleen": _booleen,
    "declaration": lambda champ, langue: DeclarationField(widget=UnfoldBooleanWidget),
    "point": lambda champ, langue: PointField(),
}
