"""When recurring events come back: month ends, leap days, midnight in Douala."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from evenements.recurrences import Borne, journees, jours_de, minuit, occurrences
from evenements.tests.agenda import a

DEUX_HEURES = timedelta(hours=2)


def jours(premier: date, recurrence: str, heure: str = "18:00", **borne) -> list[str]:
    debut = a(premier, heure)
    trouvees = occurrences(debut, debut + DEUX_HEURES, recurrence, Borne(**borne))
    assert all(fin - debut == DEUX_HEURES for debut, fin in trouvees)
    assert {f"{timezone.localtime(debut):%H:%M}" for debut, _fin in trouvees} == {heure}
    return [timezone.localdate(debut).isoformat() for debut, _fin in trouvees]


def test_every_week_until_a_day_that_counts():
    found = jours(date(2026, 12, 22), "hebdomadaire", jour=date(2027, 1, 12))
    assert found == ["2026-12-22", "2026-12-29", "2027-01-05", "2027-01-12"]


def test_every_week_so_many_times_over_a_leap_day():
    found = jours(date(2028, 2, 22), "hebdomadaire", nombre=3)
    assert found == ["2028-02-22", "2028-02-29", "2028-03-07"]


def test_the_31st_is_the_last_day_of_shorter_months():
    found = jours(date(2027, 10, 31), "mensuelle", nombre=7)
    assert found == [
        "2027-10-31", "2027-11-30", "2027-12-31", "2028-01-31",
        "2028-02-29", "2028-03-31", "2028-04-30",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("day", "february"), [(28, "2027-02-28"), (29, "2027-02-28"), (30, "2027-02-28")]
)
def test_late_days_in_february(day, february):
    found = jours(date(2027, 1, day), "mensuelle", nombre=3)
    assert found == [f"2027-01-{day}", february, f"2027-03-{day}"]


def test_from_the_29th_of_february():
    found = jours(date(2028, 2, 29), "mensuelle", jour=date(2028, 5, 31))
    assert found == ["2028-02-29", "2028-03-29", "2028-04-29", "2028-05-29"]


def test_the_second_tuesday():
    found = jours(date(2026, 11, 10), "mensuelle_jour", nombre=4)
    assert found == ["2026-11-10", "2026-12-08", "2027-01-12", "2027-02-09"]


def test_the_fifth_weekday_is_the_last():
    found = jours(date(2027, 1, 29), "mensuelle_jour", nombre=4)
    assert found == ["2027-01-29", "2027-02-26", "2027-03-26", "2027-04-30"]


def test_the_fourth_stays_the_fourth():
    assert jours(date(2027, 1, 22), "mensuelle_jour", nombre=3)[-1] == "2027-03-26"


def test_just_after_midnight_in_douala_is_still_the_day_before_in_utc():
    """The weekday and the day of the month are Douala's, which UTC would have a day early."""
    found = jours(date(2026, 12, 31), "mensuelle", "00:30", nombre=3)
    assert found == ["2026-12-31", "2027-01-31", "2027-02-28"]
    assert a(date(2026, 12, 31), "00:30").astimezone(UTC).date() == date(2026, 12, 30)
    premier = date(2027, 1, 1)
    assert jours(premier, "mensuelle_jour", "00:15", nombre=2) == ["2027-01-01", "2027-02-05"]


def test_the_last_day_is_counted_until_its_midnight():
    found = jours(date(2026, 11, 24), "hebdomadaire", "23:30", jour=date(2026, 12, 1))
    assert found == ["2026-11-24", "2026-12-01"]


@pytest.mark.parametrize(
    "borne",
    [
        {},
        {"jour": date(2027, 1, 1), "nombre": 3},
        {"nombre": 1},
        {"nombre": 105},
        {"jour": date(2026, 11, 23)},
        {"jour": date(2020, 1, 1)},
        {"jour": date(2029, 11, 23)},
        {"jour": date(9999, 12, 31)},
    ],
)
def test_a_recurrence_ends_within_reason(borne):
    with pytest.raises(ValidationError):
        jours(date(2026, 11, 22), "hebdomadaire", **borne)


def test_two_years_of_weeks_and_of_months():
    assert len(jours(date(2026, 11, 22), "hebdomadaire", nombre=104)) == 104
    assert jours(date(2026, 1, 31), "mensuelle", nombre=25)[-1] == "2028-01-31"
    with pytest.raises(ValidationError):
        jours(date(2026, 1, 31), "mensuelle", nombre=26)


def test_the_days_of_an_event_over_midnight():
    debut, fin = a(date(2026, 12, 31), "22:00"), a(date(2027, 1, 1), "02:00")
    assert list(jours_de(debut, fin)) == [date(2026, 12, 31), date(2027, 1, 1)]
    assert list(jours_de(debut, minuit(date(2027, 1, 1)))) == [date(2026, 12, 31)]


def test_whole_days_go_from_midnight_to_midnight():
    tot, tard = a(date(2026, 12, 24), "09:00"), a(date(2026, 12, 25), "11:00")
    entiers = (minuit(date(2026, 12, 24)), minuit(date(2026, 12, 26)))
    assert journees(tot, tard) == entiers
    assert journees(*entiers) == entiers
    assert journees(tot, tot) == (minuit(date(2026, 12, 24)), minuit(date(2026, 12, 25)))
    assert entiers[0] == datetime(2026, 12, 23, 23, tzinfo=UTC)
