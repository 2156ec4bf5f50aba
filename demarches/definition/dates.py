"""Days and times as the definitions and the answers write them: AAAA-MM-JJ and HH:MM."""

import re
from datetime import date, time

from django.utils import timezone

AUJOURD_HUI = "aujourd_hui"
# Digits are spelt out because \d also takes those of other scripts.
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
HEURE = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")


def lire_date(texte: object) -> date | None:
    """The day, None for what is none."""
    if not isinstance(texte, str) or not DATE.fullmatch(texte):
        return None
    try:
        return date.fromisoformat(texte)
    except ValueError:
        return None


def lire_heure(texte: object) -> time | None:
    """The time of day, None for what is none."""
    if not isinstance(texte, str) or not HEURE.fullmatch(texte):
        return None
    return time.fromisoformat(texte)


def lire_borne(texte: str | None) -> date | None:
    """A limit of a date as a day: "aujourd_hui" is the day it is asked (Africa/Douala)."""
    return timezone.localdate() if texte == AUJOURD_HUI else lire_date(texte)
