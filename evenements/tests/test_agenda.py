"""Calendar files and feeds, as other people's parsers read them."""

from datetime import date, timedelta

import ics
import pytest
from icalendar import Calendar

from evenements.services import evenements as services
from evenements.tests.agenda import URL, a, dans
from evenements.tests.factories import EvenementFactory
from mairies.tests.factories import MairieFactory

pytestmark = pytest.mark.django_db
FLUX = "/flux/yaounde/evenements.ics"


def entrees(answer) -> dict:
    """The entries by UID; both parsers read the same."""
    assert answer.status_code == 200, answer.content
    assert answer.headers["Content-Type"].startswith("text/calendar")
    text = answer.content.decode()
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    found = {str(event["uid"]): event for event in Calendar.from_ical(text).walk("VEVENT")}
    assert {event.uid for event in ics.Calendar(text).events} == set(found)
    return found


def uid(row) -> str:
    return f"evenement-{row.pk}@api.ecms.test"


def test_one_event_as_a_file(api, yaounde):
    row = EvenementFactory(
        mairie=yaounde,
        publie=True,
        titre="Fête ; de l'été, à Yaoundé",
        description="<p>Avec <b>musique</b>.</p>",
        latitude="3.86",
        longitude="11.52",
        categorie="culture",
    )
    event = entrees(api().get(f"{URL}/{row.pk}.ics"))[uid(row)]
    assert (event["summary"], event["location"]) == (row.titre, row.lieu)
    assert event["dtstart"].dt == row.debut.replace(microsecond=0)
    assert event["dtstart"].to_ical().endswith(b"Z")
    assert (event["status"], event["sequence"]) == ("CONFIRMED", 0)
    assert "Avec musique." in event["description"]
    assert event["url"] == f"https://ecms.test/mairies/yaounde/evenements/{row.slug}"
    assert event["geo"].to_ical() == "3.86;11.52"


def test_whole_days_have_dates(api, yaounde):
    row = EvenementFactory(
        mairie=yaounde,
        publie=True,
        journee_entiere=True,
        debut=a(date(2026, 12, 24), "00:00"),
        fin=a(date(2026, 12, 26), "00:00"),
    )
    event = entrees(api().get(f"{URL}/{row.pk}.ics"))[uid(row)]
    assert event["dtstart"].to_ical() == b"20261224"
    assert event["dtend"].to_ical() == b"20261226"
    assert event["dtstart"].params["VALUE"] == "DATE"


def test_a_draft_has_no_file(api, awa, yaounde):
    row = EvenementFactory(mairie=yaounde)
    assert api().get(f"{URL}/{row.pk}.ics").status_code == 404


def test_the_feed_holds_a_month_back_and_two_years_ahead(client, yaounde, douala):
    dedans = [
        EvenementFactory(mairie=yaounde, publie=True, debut=a(dans(jours)))
        for jours in (-30, -1, 0, 700)
    ]
    long = EvenementFactory(mairie=yaounde, publie=True, debut=a(dans(-90)), fin=a(dans(-20)))
    for jours in (-32, 740):
        EvenementFactory(mairie=yaounde, publie=True, debut=a(dans(jours)))
    EvenementFactory(mairie=yaounde)
    EvenementFactory(mairie=douala, publie=True)
    found = entrees(client.get(FLUX))
    assert set(found) == {uid(row) for row in [*dedans, long]}


def test_changes_reach_the_subscribers(client, yaounde):
    row = EvenementFactory(mairie=yaounde, publie=True)
    services.modifier_evenement(row, {"lieu": "Stade"})
    event = entrees(client.get(FLUX))[uid(row)]
    assert (event["sequence"], event["location"], event["status"]) == (1, "Stade", "CONFIRMED")
    services.reporter(row, message="Pluie")
    event = entrees(client.get(FLUX))[uid(row)]
    assert (event["sequence"], event["status"]) == (2, "TENTATIVE")
    services.reporter(row, debut=row.debut + timedelta(days=7))
    assert entrees(client.get(FLUX))[uid(row)]["status"] == "CONFIRMED"
    services.annuler(row, message="Trop de pluie")
    event = entrees(client.get(FLUX))[uid(row)]
    assert (event["sequence"], event["status"]) == (4, "CANCELLED")
    assert "Trop de pluie" in event["description"]


def test_the_feed_is_kept_by_caches(client, yaounde):
    row = EvenementFactory(mairie=yaounde, publie=True)
    first = client.get(FLUX)
    assert first.headers["Cache-Control"] == "public, max-age=300"
    assert first.headers["Last-Modified"]
    tag = {"If-None-Match": first.headers["ETag"]}
    assert client.get(FLUX, headers=tag).status_code == 304
    services.annuler(row)
    assert client.get(FLUX, headers=tag).status_code == 200


def test_no_feed_of_a_mairie_that_is_not_open(client, yaounde):
    MairieFactory(slug="fermee", statut="suspendue")
    for slug in ("fermee", "nulle-part"):
        assert client.get(f"/flux/{slug}/evenements.ics").status_code == 404
    assert client.post(FLUX).status_code == 405


def test_events_are_in_the_sitemap(client, yaounde):
    row = EvenementFactory(mairie=yaounde, publie=True)
    assert (
        f"/mairies/yaounde/evenements/{row.slug}<"
        in client.get("/flux/yaounde/sitemap.xml").content.decode()
    )
