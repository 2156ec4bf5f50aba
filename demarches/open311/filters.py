"""The questions that Open311 may ask of the reports. An empty parameter is none."""

import re
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound, ValidationError

from demarches.workflow import StatutSignalement
from ecms.codes import read_number
from mairies.categories import CategorieSignalement
from mairies.models import Mairie
from mairies.workflow import StatutMairie

MAX_ROWS = 1000
MAX_PAGE = 10_000
WINDOW = timedelta(days=90)
# A plus sign that was not escaped in an address arrives as a blank.
LOST_PLUS = re.compile(r" (\d\d:?\d\d)$")
YEARS = range(1970, 2200)


class Unknown(NotFound):
    """A parameter names what does not exist; the standard asks that the answer say which."""


def jurisdiction(given: str | None) -> Mairie | None:
    """The active mairie that is named; None when none is. Raises `Unknown`."""
    if not given:
        return None
    found = Mairie.objects.filter(slug=given, statut=StatutMairie.ACTIVE).first()
    if found is None:
        raise Unknown(_("jurisdiction_id : cette mairie n'existe pas, ou son espace est fermé."))
    return found


def filtered(rows, asked):
    """`rows` as the parameters ask. Numbers override all the others but the jurisdiction.

    Raises `ValidationError` for values that make no sense, `Unknown` for a name that is none.
    """
    if mairie := jurisdiction(asked.get("jurisdiction_id")):
        rows = rows.filter(mairie=mairie)
    if numbers := _listed(asked, "service_request_id"):
        return rows.filter(numero_suivi__in=[read_number(number) for number in numbers])
    if codes := _listed(asked, "service_code"):
        rows = rows.filter(categorie__in=[category(code) for code in codes])
    if states := _listed(asked, "status"):
        rows = rows.filter(_in_state(set(states)))
    start, end = _window(asked)
    return rows.filter(date_creation__gte=start, date_creation__lte=end)


def category(code: str) -> CategorieSignalement:
    """Raises `Unknown` for a code that is none."""
    if code not in CategorieSignalement.values:
        raise Unknown(_("service_code : cette catégorie n'existe pas."))
    return CategorieSignalement(code)


def page(rows, asked):
    """The rows of one page: `page` from 1, `page_size` rows, 1000 at most and by default."""
    size = min(_count(asked, "page_size", default=MAX_ROWS, at_most=10**6), MAX_ROWS)
    start = (_count(asked, "page", default=1, at_most=MAX_PAGE) - 1) * size
    return rows[start : start + size]


def _listed(asked, name: str) -> list[str]:
    values = [value.strip() for value in asked.get(name, "").split(",") if value.strip()]
    if len(values) > MAX_ROWS:
        raise ValidationError({name: [_("Trop de valeurs.")]})
    return values


def _in_state(states: set[str]) -> Q:
    if not states <= {"open", "closed"}:
        raise ValidationError({"status": [_("Les valeurs sont open et closed.")]})
    is_open = Q(statut__in=StatutSignalement.ouverts())
    if len(states) == 2:
        return Q()
    return is_open if states == {"open"} else ~is_open


def _window(asked) -> tuple[datetime, datetime]:
    start, end = _moment(asked, "start_date"), _moment(asked, "end_date")
    if start is None:
        end = end or timezone.now()
        return end - WINDOW, end
    if end is None:
        return start, start + WINDOW
    if end - start > WINDOW:
        raise ValidationError({"end_date": [_("La période dépasse 90 jours.")]})
    return start, end


def _moment(asked, name: str) -> datetime | None:
    """A date and time (W3C), of Douala without an offset; the first moment of a day alone."""
    if not (text := asked.get(name, "").strip()):
        return None
    try:
        found = _parsed(LOST_PLUS.sub(r"+\1", text[:40]))
    except ValueError:
        found = None
    if found is None or found.year not in YEARS:
        raise ValidationError({name: [_("Donnez une date et une heure ISO 8601.")]})
    return found if found.tzinfo else timezone.make_aware(found)


def _parsed(text: str) -> datetime | None:
    if day := parse_date(text):
        return datetime(day.year, day.month, day.day)  # noqa: DTZ001 aware in `_moment`
    return parse_datetime(text)


def _count(asked, name: str, *, default: int, at_most: int) -> int:
    if not (text := asked.get(name, "").strip()):
        return default
    if not (text.isascii() and text.isdecimal() and len(text) < 9 and 0 < int(text) <= at_most):
        raise ValidationError({name: [_("Donnez un nombre à partir de 1.")]})
    return int(text)
