"""One reader per type of question: an answer in, its canonical and storable form out.

They are fields of the REST framework, so that their sentences are those people know, but strict:
a number is a number in JSON, not a text that looks like one, as the JSON Schema says.
"""

import unicodedata
from collections.abc import Callable
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from phonenumber_field.serializerfields import PhoneNumberField
from rest_framework import serializers

from demarches.definition.champs import (
    DECIMALES,
    ENTIER_AU_PLUS,
    LONGUEURS,
    NOMBRE_AU_PLUS,
)
from demarches.definition.dates import lire_borne, lire_date, lire_heure
from demarches.definition.textes import extrait

# 15 digits go through a JSON number and come back as they were.
CHIFFRES = 16
DEGRES = 6
PLAGES = {"latitude": 90, "longitude": 180}


class Texte(serializers.CharField):
    """A text, trimmed, its accents composed (NFC)."""

    def to_internal_value(self, data):
        if not isinstance(data, str):
            self.fail("invalid")
        return unicodedata.normalize("NFC", super().to_internal_value(data))


class TexteCourt(Texte):
    """A text of one line."""

    default_error_messages = {"lignes": _("Une seule ligne est attendue.")}

    def to_internal_value(self, data):
        texte = super().to_internal_value(data)
        if "\n" in texte or "\r" in texte:
            self.fail("lignes")
        return texte


class Nombre(serializers.DecimalField):
    """A number, kept as JSON writes it: an integer where nothing is behind the point."""

    def to_internal_value(self, data):
        if type(data) not in (int, float) or abs(data) > NOMBRE_AU_PLUS:
            self.fail("invalid")
        if type(data) is float and data.is_integer():
            data = int(data)
        nombre = super().to_internal_value(data)
        return int(nombre) if nombre == int(nombre) else float(nombre)


class Entier(serializers.IntegerField):
    def to_internal_value(self, data):
        # 12.0 is an integer in JSON.
        if type(data) is float and data.is_integer():
            data = int(data)
        if type(data) is not int or abs(data) > ENTIER_AU_PLUS:
            self.fail("invalid")
        return data


class Jour(serializers.DateField):
    default_error_messages = {
        "tot": _("La date est le %(date)s au plus tôt."),
        "tard": _("La date est le %(date)s au plus tard."),
    }

    def __init__(self, *, minimum=None, maximum=None):
        super().__init__()
        self.minimum, self.maximum = minimum, maximum

    def to_internal_value(self, data):
        jour = lire_date(data)
        if jour is None:
            self.fail("invalid", format="YYYY-MM-DD")
        if self.minimum and jour < self.minimum:
            self._refuser("tot", self.minimum)
        if self.maximum and jour > self.maximum:
            self._refuser("tard", self.maximum)
        return jour.isoformat()

    def _refuser(self, code, date):
        message = self.error_messages[code] % {"date": date_format(date, "DATE_FORMAT")}
        raise serializers.ValidationError(message, code=code)


class Heure(serializers.TimeField):
    def to_internal_value(self, data):
        if lire_heure(data) is None:
            self.fail("invalid", format="hh:mm")
        return data


class Adresse(serializers.EmailField):
    def to_internal_value(self, data):
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class Telephone(PhoneNumberField):
    """A number of Cameroon or with its country code; kept as +237…"""

    def to_internal_value(self, data):
        if not isinstance(data, str) or len(data) > 40:
            self.fail("invalid")
        return super().to_internal_value(data).as_e164


class Choix(serializers.ChoiceField):
    def to_internal_value(self, data):
        if not isinstance(data, str) or data not in self.choices:
            self.fail("invalid_choice", input=extrait(data))
        return data


class ChoixMultiple(serializers.ListField):
    """Distinct choices, kept in the order of the options."""

    default_error_messages = {"deux_fois": _("Une même option est donnée deux fois.")}

    def to_internal_value(self, data):
        choisies = super().to_internal_value(data)
        if len(set(choisies)) != len(choisies):
            self.fail("deux_fois")
        return [valeur for valeur in self.child.choices if valeur in choisies]

    def run_child_validation(self, data):
        return [self.child.run_validation(each) for each in data[: len(self.child.choices) + 1]]


class Booleen(serializers.BooleanField):
    def to_internal_value(self, data):
        if not isinstance(data, bool):
            self.fail("invalid", input="?")
        return data


class Declaration(Booleen):
    default_error_messages = {"refusee": _("Cette déclaration doit être acceptée.")}

    def to_internal_value(self, data):
        if not super().to_internal_value(data):
            self.fail("refusee")
        return True


class Degres(serializers.FloatField):
    """An angle, as finely as the database keeps one (11 cm)."""

    def to_internal_value(self, data):
        if type(data) not in (int, float) or not abs(data) <= 360:
            self.fail("invalid")
        return round(float(data), DEGRES)


class Point(serializers.Field):
    """A place on the map."""

    default_error_messages = {
        "invalid": _("Un objet avec « latitude » et « longitude » est attendu, et rien d'autre."),
    }

    def to_internal_value(self, data):
        if not isinstance(data, dict) or data.keys() != PLAGES.keys():
            self.fail("invalid")
        return {nom: self._degres(nom, plage, data[nom]) for nom, plage in PLAGES.items()}

    def _degres(self, nom: str, plage: int, data) -> float:
        try:
            return Degres(min_value=-plage, max_value=plage).run_validation(data)
        except serializers.ValidationError as error:
            raise serializers.ValidationError({nom: error.detail}) from error


def lecteur(champ: dict) -> serializers.Field:
    """The field that reads the answers to a question which is no group, file or information."""
    return LECTEURS[champ["type"]](champ)


def _texte(champ: dict) -> Texte:
    classe = TexteCourt if champ["type"] == "texte" else Texte
    return classe(
        min_length=champ.get("longueur_min") or None,
        max_length=champ.get("longueur_max", LONGUEURS[champ["type"]][0]),
    )


def _nombre(champ: dict) -> Nombre:
    return Nombre(
        max_digits=CHIFFRES,
        decimal_places=champ.get("decimales", DECIMALES),
        min_value=Decimal(str(champ.get("minimum", -NOMBRE_AU_PLUS))),
        max_value=Decimal(str(champ.get("maximum", NOMBRE_AU_PLUS))),
    )


def _entier(champ: dict) -> Entier:
    return Entier(min_value=champ.get("minimum"), max_value=champ.get("maximum"))


def _jour(champ: dict) -> Jour:
    return Jour(minimum=lire_borne(champ.get("minimum")), maximum=lire_borne(champ.get("maximum")))


def _choix(champ: dict) -> Choix:
    return Choix([option["valeur"] for option in champ["options"]])


def _choix_multiple(champ: dict) -> ChoixMultiple:
    return ChoixMultiple(
        child=_choix(champ),
        min_length=champ.get("choix_min") or None,
        max_length=champ.get("choix_max", len(champ["options"])),
    )


LECTEURS: dict[str, Callable[[dict], serializers.Field]] = {
    "texte": _texte,
    "texte_long": _texte,
    "nombre": _nombre,
    "entier": _entier,
    "date": _jour,
    "heure": lambda champ: Heure(),
    "email": lambda champ: Adresse(max_length=254),
    "telephone": lambda champ: Telephone(),
    "choix": _choix,
    "choix_multiple": _choix_multiple,
    "booleen": lambda champ: Booleen(),
    "point": lambda champ: Point(),
    "declaration": lambda champ: Declaration(),
}
