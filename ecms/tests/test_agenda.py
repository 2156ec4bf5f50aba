"""Calendar files, read back by two libraries that are not the one that wrote the test."""

from datetime import UTC, date, datetime, timedelta

import icalendar
import ics
import pytest
from django.utils import timezone

from ecms.agenda import Entry, calendar

START = datetime(2026, 11, 23, 9, 0, tzinfo=timezone.get_default_timezone())
HARD = [
    "Délivrance d'un acte : « né à Yaoundé »",
    "virgule, point-virgule ; barre \\ oblique",
    "première ligne\nseconde ligne\n\nquatrième",
    "\\n n'est pas une ligne",
    "BEGIN:VEVENT\r\nUID:injected\r\nEND:VEVENT",
    "é" * 300,
    "marché 🥭 " * 40,
    "END:VCALENDAR",
]


def entry(**changes) -> Entry:
    facts = {
        "uid": "rdv-1@ecms.test",
        "start": START,
        "end": START + timedelta(minutes=30),
        "title": "État civil",
        "changed": START - timedelta(days=2),
    }
    return Entry(**{**facts, **changes})


def read(content: bytes) -> list[icalendar.Event]:
    return icalendar.Calendar.from_ical(content).walk("VEVENT")


def test_it_works():
    content = calendar([entry(place="Hôtel de ville", url="https://ecms.test/rendez-vous/1")])
    (event,) = read(content)
    assert event.decoded("dtstart") == START
    assert event.decoded("dtend") == START + timedelta(minutes=30)
    assert (event["summary"], event["location"]) == ("État civil", "Hôtel de ville")
    assert (event["status"], event["sequence"]) == ("CONFIRMED", 0)
    (seen,) = ics.Calendar(content.decode()).events
    assert seen.begin.datetime == START
    assert seen.duration == timedelta(minutes=30)
    assert (seen.name, seen.location) == ("État civil", "Hôtel de ville")
    assert (seen.uid, seen.url) == ("rdv-1@ecms.test", "https://ecms.test/rendez-vous/1")


def test_what_the_standard_asks_of_every_calendar():
    content = calendar([entry()], name="Mairie de Yaoundé", method="REQUEST")
    found = icalendar.Calendar.from_ical(content)
    assert found["version"] == "2.0"
    assert found["prodid"]
    assert found["method"] == "REQUEST"
    assert found["x-wr-calname"] == "Mairie de Yaoundé"
    assert b"DTSTAMP:20261121T080000Z" in content


def test_times_are_utc():
    assert b"DTSTART:20261123T080000Z" in calendar([entry()])
    assert b"DTSTART:20261123T080000Z" in calendar([entry(start=START.astimezone(UTC))])


@pytest.mark.parametrize("field", ["title", "description", "place"])
@pytest.mark.parametrize("text", HARD)
def test_what_people_wrote_comes_back(field, text):
    content = calendar([entry(**{field: text}), entry(uid="other@ecms.test")])
    events = read(content)
    assert [event["uid"] for event in events] == ["rdv-1@ecms.test", "other@ecms.test"]
    name = {"title": "summary", "place": "location"}.get(field, field)
    assert events[0][name] == text.replace("\r\n", "\n")
    assert {event.uid for event in ics.Calendar(content.decode()).events} == {
        "rdv-1@ecms.test",
        "other@ecms.test",
    }


@pytest.mark.parametrize("text", HARD)
def test_lines_are_folded_at_75_octets_and_end_alike(text):
    content = calendar([entry(title=text, description=text)])
    assert content.endswith(b"END:VCALENDAR\r\n")
    assert b"\n" not in content.replace(b"\r\n", b"")
    for line in content.split(b"\r\n"):
        assert len(line) <= 75
        line.decode()  # no character is cut in two


def test_a_day_lasts_all_day():
    content = calendar([entry(start=date(2026, 12, 24), end=date(2026, 12, 25))])
    assert b"DTSTART;VALUE=DATE:20261224" in content
    assert b"DTEND;VALUE=DATE:20261225" in content
    (event,) = read(content)
    assert event.decoded("dtstart") == date(2026, 12, 24)
    (seen,) = ics.Calendar(content.decode()).events
    assert seen.all_day


def test_what_is_cancelled_says_so_and_counts_on():
    (event,) = read(calendar([entry(is_cancelled=True, sequence=3)], method="CANCEL"))
    assert (event["status"], event["sequence"]) == ("CANCELLED", 3)
    (seen,) = ics.Calendar(calendar([entry(is_cancelled=True)]).decode()).events
    assert seen.status == "CANCELLED"


def test_a_place_on_the_map_and_categories():
    content = calendar([entry(position=(3.866667, 11.516667), categories=["Culture", "a, b"])])
    (event,) = read(content)
    assert event["geo"].to_ical() == "3.866667;11.516667"
    assert event["categories"].cats == ["Culture", "a, b"]
    (seen,) = ics.Calendar(content.decode()).events
    assert (seen.geo.latitude, seen.geo.longitude) == (3.866667, 11.516667)


def test_an_empty_calendar_is_one():
    assert read(calendar([], name="Agenda")) == []
    assert not ics.Calendar(calendar([]).decode()).events


def test_the_same_entry_is_the_same_file():
    """Caches and agendas compare."""
    assert calendar([entry()]) == calendar([entry()])
