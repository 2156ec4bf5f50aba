"""What the rows of the load have in common."""

from datetime import datetime, timedelta

from django.utils import timezone

# What begins so is of the load; nothing else is ever touched.
PREFIXE = "charge-"
# Fixed, so that a row is the same whenever it is made.
DEPUIS = datetime(2021, 1, 4, 8, tzinfo=timezone.get_default_timezone())
JOURS = 5 * 365


def nom_court(n: int) -> str:
    return f"{PREFIXE}{n:06}"


def telephone(n: int) -> str:
    return f"+2376{70_000_000 + n:08}"


def moment(n: int) -> datetime:
    """A moment of the five years, spread evenly and out of order; no two rows near each other."""
    return DEPUIS + timedelta(days=n * 7919 % JOURS, minutes=n % 600)


def une(choix, n: int):
    """One of `choix`. Not by n alone: what goes by n % 100 would always be of the same few."""
    return choix[(n + n // 100) % len(choix)]
