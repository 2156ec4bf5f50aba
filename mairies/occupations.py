"""What is booked at a service's hours. The apps that book declare it, so that changing the hours
can say what falls outside without this app knowing them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from mairies.models import ServiceMunicipal


@dataclass(frozen=True)
class Occupation:
    """Something that holds a place at a service: `id` of its row, its time, and its `nature`."""

    nature: str
    id: int
    debut: datetime
    fin: datetime
    nom: str


Trouver = Callable[[Iterable[ServiceMunicipal]], list[Occupation]]
_declarees: dict[Trouver, str] = {}


def declare(trouver: Trouver, *, permission: str) -> None:
    """Register what finds the coming occupations that the hours of some services do not hold, and
    the permission that reading them asks for."""
    _declarees[trouver] = permission


def hors_horaires(services: Iterable[ServiceMunicipal], *, par) -> list[Occupation]:
    """What is booked outside the present hours of `services`, as far as the account `par` may read
    it, soonest first."""
    services = list(services)
    trouvees = [
        occupation
        for trouver, permission in _declarees.items()
        if par.has_perm(permission)
        for occupation in trouver(services)
    ]
    return sorted(trouvees, key=lambda occupation: occupation.debut)
