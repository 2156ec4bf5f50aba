"""The territory: 10 régions, 58 départements and the 374 authorities that E-CMS serves.

Régions and départements change only by law, so they are tables in the code and in `data/`;
the authorities are read from `data/collectivites.csv` and imported as mairies.
"""

import csv
import functools
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.db import models
from django.utils.translation import gettext_lazy as _

DATA = Path(__file__).resolve().parent / "data"


class Region(models.TextChoices):
    ADAMAOUA = "adamaoua", _("Adamaoua")
    CENTRE = "centre", _("Centre")
    EST = "est", _("Est")
    EXTREME_NORD = "extreme-nord", _("Extrême-Nord")
    LITTORAL = "littoral", _("Littoral")
    NORD = "nord", _("Nord")
    NORD_OUEST = "nord-ouest", _("Nord-Ouest")
    OUEST = "ouest", _("Ouest")
    SUD = "sud", _("Sud")
    SUD_OUEST = "sud-ouest", _("Sud-Ouest")


@dataclass(frozen=True)
class RegionAdministrative:
    """A région under its two official names, whatever language is active."""

    code: str
    nom: str
    nom_anglais: str


@dataclass(frozen=True)
class Departement:
    """`region` is the code of the one région that holds it."""

    code: str
    nom: str
    region: str
    chef_lieu: str


@dataclass(frozen=True)
class Collectivite:
    """A commune or a communauté urbaine. `slug` names it in URLs and never changes.

    `nom` does not repeat the type: the communauté urbaine of Douala is "Douala".
    """

    slug: str
    type: str
    nom: str
    departement: str

    @property
    def region(self) -> str:
        return DEPARTEMENTS[self.departement].region


def _rows(filename: str) -> Iterator[dict[str, str]]:
    with (DATA / filename).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


REGIONS = {
    region.code: region
    for region in (
        RegionAdministrative("adamaoua", "Adamaoua", "Adamawa"),
        RegionAdministrative("centre", "Centre", "Centre"),
        RegionAdministrative("est", "Est", "East"),
        RegionAdministrative("extreme-nord", "Extrême-Nord", "Far North"),
        RegionAdministrative("littoral", "Littoral", "Littoral"),
        RegionAdministrative("nord", "Nord", "North"),
        RegionAdministrative("nord-ouest", "Nord-Ouest", "North-West"),
        RegionAdministrative("ouest", "Ouest", "West"),
        RegionAdministrative("sud", "Sud", "South"),
        RegionAdministrative("sud-ouest", "Sud-Ouest", "South-West"),
    )
}

DEPARTEMENTS = {row["code"]: Departement(**row) for row in _rows("departements.csv")}

DEPARTEMENT_CHOICES = [(departement.code, departement.nom) for departement in DEPARTEMENTS.values()]

# What English speakers write where it is more than the French name without its accents.
ENGLISH_DEPARTEMENTS = {
    "Upper Sanaga": "haute-sanaga",
    "Upper Nyong": "haut-nyong",
    "Upper Nkam": "haut-nkam",
    "Upper Plateaux": "hauts-plateaux",
    "Ntem Valley": "vallee-du-ntem",
    "Kupe-Manenguba": "koupe-manengouba",
}


@functools.cache
def collectivites() -> tuple[Collectivite, ...]:
    """The 374 authorities, by département; a communauté urbaine before its communes."""
    return tuple(Collectivite(**row) for row in _rows("collectivites.csv"))


def region_named(text: str) -> str | None:
    """The code of the région that `text` names: a code or a name, in French or English."""
    return _region_codes().get(_folded(text))


def departement_named(text: str) -> str | None:
    """The code of the département that `text` names: a code or a name, in French or English."""
    return _departement_codes().get(_folded(text))


@functools.cache
def _region_codes() -> dict[str, str]:
    return {
        _folded(name): region.code
        for region in REGIONS.values()
        for name in (region.code, region.nom, region.nom_anglais)
    }


@functools.cache
def _departement_codes() -> dict[str, str]:
    codes = {_folded(name): code for name, code in ENGLISH_DEPARTEMENTS.items()}
    for departement in DEPARTEMENTS.values():
        codes[_folded(departement.code)] = departement.code
        codes[_folded(departement.nom)] = departement.code
    return codes


def _folded(text: str) -> str:
    """Letters and digits only, so that `Mbam & Inoubou` and `mbam-et-inoubou` are one name."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    french = re.sub(r"&|\band\b", " et ", ascii_text)
    return re.sub(r"[^a-z0-9]", "", french)
