"""The days and months of the figures are Douala's."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from demarches.tests.factories import RendezVousFactory, SignalementFactory
from ecms.periodes import lire_periode
from ecms.tests.figures import moved

DOUALA = ZoneInfo("Africa/Douala")
URL = "/api/v1/dashboard/"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=DOUALA)


@pytest.mark.parametrize(
    ("nom", "now", "first", "last", "count"),
    [
        ("semaine", "2026-11-22T10:00", date(2026, 11, 16), date(2026, 11, 22), 7),
        ("semaine", "2027-01-02T00:00", date(2026, 12, 27), date(2027, 1, 2), 7),
        ("mois", "2028-03-01T23:59", date(2028, 2, 1), date(2028, 3, 1), 30),
        ("annee", "2026-11-22T10:00", date(2025, 12, 1), date(2026, 11, 1), 12),
        ("annee", "2026-12-31T23:59", date(2026, 1, 1), date(2026, 12, 1), 12),
        ("annee", "2027-01-01T00:00", date(2026, 2, 1), date(2027, 1, 1), 12),
    ],
)
def test_points(nom, now, first, last, count):
    periode = lire_periode(nom, at(now))
    assert (periode.points[0], periode.points[-1], len(periode.points)) == (first, last, count)
    assert len(set(periode.points)) == count
    assert periode.debut == at(first.isoformat())
    assert periode.fin == at(now)


@pytest.mark.parametrize(
    ("nom", "now", "debut", "fin"),
    [
        ("semaine", "2026-11-22T10:00", "2026-11-09", "2026-11-15T10:00"),
        ("mois", "2027-01-01T00:30", "2026-11-03", "2026-12-02T00:30"),
        ("annee", "2026-11-22T10:00", "2024-12-01", "2025-11-22T10:00"),
        ("annee", "2028-02-29T10:00", "2026-03-01", "2027-03-01"),
    ],
)
def test_the_period_before_stops_at_the_same_hour(nom, now, debut, fin):
    periode = lire_periode(nom, at(now))
    assert (periode.debut_precedente, periode.fin_precedente) == (at(debut), at(fin))
    assert periode.fin_precedente <= periode.debut


def values(client, nom: str, periode: str) -> dict[str, int]:
    """Without the points where there was nothing."""
    body = client.get(f"{URL}charts", {"periode": periode}).json()
    (found,) = [each["valeurs"] for each in body["series"] if each["nom"] == nom]
    return {p: v for p, v in zip(body["points"], found, strict=True) if v}


@pytest.fixture
def new_year(time_machine, yaounde):
    """Reports around midnight of the new year in Douala, which is 23:00 UTC."""
    time_machine.move_to("2027-01-01T08:00:00Z", tick=False)
    for moment in ("2026-12-31T23:59:59", "2027-01-01T00:00:00", "2027-01-01T00:30:00"):
        moved(SignalementFactory(mairie=yaounde), date_creation=at(moment))
    moved(SignalementFactory(mairie=yaounde), date_creation=at("2026-01-31T23:59:59"))
    moved(SignalementFactory(mairie=yaounde), date_creation=at("2026-02-01T00:00:00"))


def test_midnight_and_the_new_year_are_those_of_douala(new_year, api, awa):
    client, nom = api(awa), "signalements_recus"
    days = {"2026-12-31": 1, "2027-01-01": 2}
    assert values(client, nom, "semaine") == values(client, nom, "mois") == days
    assert values(client, nom, "annee") == {"2026-02-01": 1, "2026-12-01": 1, "2027-01-01": 2}


def test_today_begins_and_ends_at_midnight_in_douala(api, awa, yaounde, time_machine):
    # Half past midnight of the 22nd in Douala, still the 21st in London.
    time_machine.move_to("2026-11-21T23:30:00Z", tick=False)
    for moment in ("2026-11-21T23:00", "2026-11-22T00:00", "2026-11-22T23:30", "2026-11-23T00:00"):
        RendezVousFactory(mairie=yaounde, debut=at(moment))
    tasks = api(awa).get(f"{URL}stats").json()["a_faire"]
    assert {t["nom"]: t["nombre"] for t in tasks}["rendez_vous_du_jour"] == 2
