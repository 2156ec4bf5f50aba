"""The stretches of time that figures are told of, in Douala's days."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import DateField, Func
from django.db.models.functions import TruncDate, TruncMonth
from django.utils import timezone


@dataclass(frozen=True)
class Periode:
    """From `debut` to `fin` (excluded), cut into `points`: days, or first days of months.

    `fin` is now, in the middle of a day: `debut_precedente` to `fin_precedente` stops at the same
    hour, so that a trend does not compare a morning to a whole day.
    """

    pas: str
    points: list[date]
    debut: datetime
    fin: datetime
    debut_precedente: datetime
    fin_precedente: datetime

    def point(self, field: str) -> Func:
        """The point to which the date and time in `field` belongs."""
        if self.pas == "jour":
            return TruncDate(field)
        return TruncMonth(field, output_field=DateField())


def lire_periode(nom: str, maintenant: datetime) -> Periode:
    """The period of `PERIODES` that ends at `maintenant`."""
    return PERIODES[nom](timezone.localtime(maintenant))


def minuit(jour: date) -> datetime:
    """When `jour` begins in Douala."""
    return timezone.make_aware(datetime.combine(jour, time.min))


def _derniers_jours(nombre: int) -> Callable[[datetime], Periode]:
    def jusqua(fin: datetime) -> Periode:
        duree = timedelta(days=nombre)
        points = [fin.date() - timedelta(days=n) for n in reversed(range(nombre))]
        debut = minuit(points[0])
        return Periode("jour", points, debut, fin, debut - duree, fin - duree)

    return jusqua


def _douze_mois(fin: datetime) -> Periode:
    """This month and the eleven before it; compared to the same days one year earlier."""
    dernier = fin.year * 12 + fin.month - 1
    points = [date(n // 12, n % 12 + 1, 1) for n in range(dernier - 11, dernier + 1)]
    avant = points[0].replace(year=points[0].year - 1)
    return Periode("mois", points, minuit(points[0]), fin, minuit(avant), _un_an_avant(fin))


def _un_an_avant(moment: datetime) -> datetime:
    try:
        return moment.replace(year=moment.year - 1)
    except ValueError:  # 29 February
        return minuit(date(moment.year - 1, 3, 1))


PERIODES: dict[str, Callable[[datetime], Periode]] = {
    "semaine": _derniers_jours(7),
    "mois": _derniers_jours(30),
    "annee": _douze_mois,
}
