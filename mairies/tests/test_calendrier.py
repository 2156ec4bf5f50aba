from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from mairies.calendrier import HORAIRES_PAR_DEFAUT, Calendrier, calendrier_de
from mairies.models import Mairie, ServiceMunicipal

LUNDI = date(2026, 3, 2)
VENDREDI = LUNDI + timedelta(days=4)
BUREAUX = {jour: [["08:00", "12:00"], ["13:00", "15:00"]] for jour in list(HORAIRES_PAR_DEFAUT)}


def at(heure: str, jour: date = LUNDI) -> datetime:
    return timezone.make_aware(datetime.combine(jour, datetime.strptime(heure, "%H:%M").time()))


def opened(calendrier: Calendrier, jour: date = LUNDI) -> list[tuple[str, str]]:
    return [(f"{a:%H:%M}", f"{b:%H:%M}") for a, b in calendrier.ouvertures(jour)]


def test_the_hours_of_a_day_are_doualas():
    (morning, afternoon) = Calendrier(BUREAUX).ouvertures(LUNDI)
    assert morning == (at("08:00"), at("12:00"))
    assert afternoon[0].utcoffset() == timedelta(hours=1)
    assert opened(Calendrier(BUREAUX), LUNDI + timedelta(days=5)) == []


def test_midnight_ends_a_day():
    (night,) = Calendrier({"lundi": [["20:00", "24:00"]]}).ouvertures(LUNDI)
    assert night[1] == at("00:00", LUNDI + timedelta(days=1))


@pytest.mark.parametrize(
    ("closed", "left"),
    [
        (None, []),
        ("matin", [("13:00", "15:00")]),
        ("apres_midi", [("08:00", "12:00")]),
    ],
)
def test_closings(closed, left):
    assert opened(Calendrier(BUREAUX, fermetures=((LUNDI.isoformat(), closed),))) == left


def test_half_a_day_cuts_an_interval_at_noon():
    hours = {"lundi": [["10:00", "14:00"]]}
    for half, left in (("matin", ("12:00", "14:00")), ("apres_midi", ("10:00", "12:00"))):
        assert opened(Calendrier(hours, fermetures=((LUNDI.isoformat(), half),))) == [left]


def test_both_halves_are_the_day():
    both = ((LUNDI.isoformat(), "matin"), (LUNDI.isoformat(), "apres_midi"))
    assert opened(Calendrier(BUREAUX, fermetures=both)) == []


def test_what_lies_within_one_opening():
    calendrier = Calendrier(BUREAUX)
    assert calendrier.contient(at("08:00"), at("08:30"))
    assert calendrier.contient(at("14:30"), at("15:00"))
    assert not calendrier.contient(at("11:45"), at("12:15"))
    assert not calendrier.contient(at("11:00"), at("14:00"))
    assert not calendrier.contient(at("07:30"), at("08:30"))


def test_what_comes_in_after_closing_counts_from_the_next_working_day():
    calendrier = Calendrier(BUREAUX, jours_fermes=frozenset({"2026-03-09"}))
    assert calendrier.premier_jour(at("07:00")) == LUNDI
    assert calendrier.premier_jour(at("12:30")) == LUNDI
    assert calendrier.premier_jour(at("15:00")) == LUNDI + timedelta(days=1)
    assert calendrier.premier_jour(at("16:00", VENDREDI)) == LUNDI + timedelta(days=8)


def test_working_days_leave_closed_ones_out():
    calendrier = Calendrier(BUREAUX, jours_fermes=frozenset({"2026-03-03"}))
    assert calendrier.ajouter(LUNDI, 0) == LUNDI
    assert calendrier.ajouter(LUNDI, 1) == LUNDI + timedelta(days=2)
    assert calendrier.ajouter(LUNDI, 4) == LUNDI + timedelta(days=7)
    assert calendrier.compter(LUNDI, LUNDI) == 0
    assert calendrier.compter(LUNDI, VENDREDI) == 3


def test_adding_is_the_reverse_of_counting():
    calendrier = Calendrier(BUREAUX, jours_fermes=frozenset({"2026-03-05", "2026-03-16"}))
    for days in range(1, 40):
        assert calendrier.compter(LUNDI, calendrier.ajouter(LUNDI, days)) == days


def test_a_calendar_without_a_working_day_ends():
    assert Calendrier({}).ajouter(LUNDI, 3) == LUNDI + timedelta(days=3)
    assert Calendrier({}).premier_jour(at("08:00")) == LUNDI


def test_a_service_has_the_hours_of_its_mairie_unless_it_has_its_own():
    mairie = Mairie(horaires={"lundi": [["09:00", "10:00"]]}, jours_fermes=["2026-03-09"])
    service = ServiceMunicipal(mairie=mairie)
    assert opened(calendrier_de(mairie, service)) == [("09:00", "10:00")]
    service.horaires = {"lundi": [["10:00", "11:00"]]}
    assert opened(calendrier_de(mairie, service)) == [("10:00", "11:00")]
    assert opened(calendrier_de(mairie, service), LUNDI + timedelta(days=7)) == []
    service.fermetures = [{"date": LUNDI.isoformat(), "demi_journee": None}]
    assert opened(calendrier_de(mairie, service)) == []
    assert opened(calendrier_de(mairie)) == [("09:00", "10:00")]


def test_without_any_hours_it_works_on_weekdays():
    calendrier = calendrier_de(Mairie())
    assert opened(calendrier) == [("07:30", "15:30")]
    assert not calendrier.est_ouvrable(LUNDI + timedelta(days=6))
