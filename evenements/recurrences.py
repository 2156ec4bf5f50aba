"""The days of events that come back, and days as they are in Africa/Douala.

An occurrence keeps the time of the clock on the wall, whatever the zone does between two of them.
"""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from dateutil.relativedelta import relativedelta
from dateutil.rrule import MONTHLY, WEEKLY, rrule, weekday
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from evenements.models import Evenement

OCCURRENCES = 104
DUREE = relativedelta(years=2)
# The first day that not every month has.
INCERTAIN = 29
UN_JOUR = timedelta(days=1)
Recurrence = Evenement.Recurrence


@dataclass(frozen=True)
class Borne:
    """When a recurrence ends: on a day (included), or after so many occurrences."""

    jour: date | None = None
    nombre: int | None = None


def occurrences(
    debut: datetime, fin: datetime, recurrence: str, borne: Borne
) -> list[tuple[datetime, datetime]]:
    """The beginning and the end of each occurrence, the given one first.

    Raises `ValidationError` unless `borne` says one thing, for fewer than two occurrences, more
    than 104, or more than two years.
    """
    _verifier(borne)
    premier, duree = _mural(debut), _mural(fin) - _mural(debut)
    debuts = _debuts(premier, recurrence, borne)
    return [(_instant(moment), _instant(moment + duree)) for moment in debuts]


def minuit(jour: date) -> datetime:
    """The first moment of a day in Douala."""
    return _instant(datetime.combine(jour, time()))


def jours_de(debut: datetime, fin: datetime) -> Iterator[date]:
    """The days of Douala that an event touches; one that ends at midnight ends the day before."""
    jour = timezone.localdate(debut)
    dernier = timezone.localdate(fin - timedelta(microseconds=1))
    while jour <= dernier:
        yield jour
        jour += UN_JOUR


def journees(debut: datetime, fin: datetime) -> tuple[datetime, datetime]:
    """Whole days: from the midnight before `debut` to the one behind `fin`."""
    dernier = timezone.localdate(max(fin - timedelta(microseconds=1), debut))
    return minuit(timezone.localdate(debut)), minuit(dernier + UN_JOUR)


def _verifier(borne: Borne) -> None:
    if (borne.jour is None) == (borne.nombre is None):
        message = _("Dites jusqu'à quel jour, ou combien de fois.")
        raise ValidationError({"recurrence_fin": [message]})
    if borne.nombre is not None and not 2 <= borne.nombre <= OCCURRENCES:
        message = _("De 2 à %(nombre)s fois.") % {"nombre": OCCURRENCES}
        raise ValidationError({"recurrence_nombre": [message]})


def _debuts(premier: datetime, recurrence: str, borne: Borne) -> list[datetime]:
    dernier = premier + DUREE
    champ = "recurrence_nombre" if borne.jour is None else "recurrence_fin"
    jusqu_a = dernier + UN_JOUR if borne.jour is None else datetime.combine(borne.jour, time.max)
    # One more than there may be, so that too many is seen.
    nombre = {"count": borne.nombre} if borne.nombre else {"until": jusqu_a}
    trouves = list(_limites(rrule(dtstart=premier, **_regle(premier, recurrence), **nombre)))
    if len(trouves) < 2:
        raise ValidationError({champ: [_("L'événement ne revient pas avant cette date.")]})
    if len(trouves) > OCCURRENCES or trouves[-1] > dernier or jusqu_a.date() > _apres(dernier):
        message = _("Au plus %(nombre)s fois, et deux ans.") % {"nombre": OCCURRENCES}
        raise ValidationError({champ: [message]})
    return trouves


def _limites(regle: rrule) -> Iterator[datetime]:
    for rang, moment in enumerate(regle):
        if rang > OCCURRENCES:
            return
        yield moment


def _apres(moment: datetime) -> date:
    return (moment + UN_JOUR).date()


def _regle(premier: datetime, recurrence: str) -> dict:
    """As RFC 5545 writes it. Shorter months lend their last day; a fifth weekday is the last."""
    if recurrence == Recurrence.HEBDOMADAIRE:
        return {"freq": WEEKLY}
    if recurrence == Recurrence.MENSUELLE_JOUR:
        rang = (premier.day - 1) // 7 + 1
        jour = weekday(premier.weekday(), -1 if rang == 5 else rang)
        return {"freq": MONTHLY, "byweekday": jour}
    if premier.day < INCERTAIN:
        return {"freq": MONTHLY, "bymonthday": premier.day}
    # The last of those that the month has.
    return {"freq": MONTHLY, "bymonthday": range(28, premier.day + 1), "bysetpos": -1}


def mois_de(annee: int, mois: int) -> tuple[date, date]:
    """The first day of a month, and the first of the next."""
    premier = date(annee, mois, 1)
    return premier, premier + timedelta(days=calendar.monthrange(annee, mois)[1])


def _mural(moment: datetime) -> datetime:
    return timezone.make_naive(moment)


def _instant(moment: datetime) -> datetime:
    return timezone.make_aware(moment)
