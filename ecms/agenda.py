"""Calendar files (RFC 5545) for people's own agendas. Times are in UTC, which needs no time zone
definition and is understood everywhere."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from icalendar import Calendar, Event

PRODID = "-//E-CMS//E-CMS//FR"


@dataclass(frozen=True)
class Entry:
    """One entry of an agenda.

    `uid` never changes; `sequence` grows when the time or the place does (RFC 5546). `start` and
    `end` are moments, or days for what lasts all day (`end` is then the day after). `changed` is
    when the row last was. `is_tentative`: the date may not hold.
    """

    uid: str
    start: datetime | date
    end: datetime | date
    title: str
    changed: datetime
    sequence: int = 0
    is_cancelled: bool = False
    is_tentative: bool = False
    place: str = ""
    description: str = ""
    url: str = ""
    position: tuple[float, float] | None = None
    categories: list[str] = field(default_factory=list)


def calendar(entries: Iterable[Entry], *, name: str = "", method: str = "PUBLISH") -> bytes:
    """A whole calendar file, with the line ends and the folding that the standard asks for."""
    found = Calendar()
    found.add("prodid", PRODID)
    found.add("version", "2.0")
    found.add("method", method)
    if name:
        found.add("name", name)
        found.add("x-wr-calname", name)
    for entry in entries:
        found.add_component(_event(entry))
    return found.to_ical()


def _event(entry: Entry) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", _utc(entry.changed))
    event.add("last-modified", _utc(entry.changed))
    event.add("sequence", entry.sequence)
    event.add("dtstart", _utc(entry.start))
    event.add("dtend", _utc(entry.end))
    event.add("summary", entry.title)
    event.add("status", _status(entry))
    for name in ("description", "url"):
        if value := getattr(entry, name):
            event.add(name, value)
    if entry.place:
        event.add("location", entry.place)
    if entry.position:
        event.add("geo", entry.position)
    if entry.categories:
        event.add("categories", entry.categories)
    return event


def _status(entry: Entry) -> str:
    if entry.is_cancelled:
        return "CANCELLED"
    return "TENTATIVE" if entry.is_tentative else "CONFIRMED"


def _utc(moment: datetime | date) -> datetime | date:
    return moment.astimezone(UTC) if isinstance(moment, datetime) else moment
