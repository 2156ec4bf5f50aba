"""Limits that all processes share: one row per key, counted by one statement.

A try is counted before it is made, so that sixty at once are no more than sixty in a row; what
turns out to be free of charge (a right password) is given back.
"""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.crypto import salted_hmac

from ecms.exceptions import TooManyAttempts
from ecms.models import LimitCounter

# Enough for whoever waits for a mail; beyond it, each would only fill the task queue.
MAX_REPEATS = 20

_COUNT = """
INSERT INTO ecms_limitcounter AS c (key, count, expires_at)
VALUES (%(key)s, 1, now() + make_interval(secs => %(period)s))
ON CONFLICT (key) DO UPDATE SET
    count = CASE WHEN c.expires_at <= now() THEN 1 ELSE c.count + 1 END,
    expires_at = CASE WHEN c.expires_at <= now() THEN excluded.expires_at ELSE c.expires_at END
WHERE c.expires_at <= now() OR c.count < %(limit)s
RETURNING expires_at, count
"""


@dataclass(frozen=True)
class Try:
    """One counted try."""

    key: str
    expires_at: datetime

    def free(self) -> None:
        """Give the try back: it cost nothing."""
        LimitCounter.objects.filter(key=self.key, expires_at=self.expires_at, count__gt=0).update(
            count=F("count") - 1
        )


def count(name: str, *parts: str) -> Try:
    """Count one try under the rate `settings.RATES[name]` for `parts` (an address, an account).

    Commits at once, whatever becomes of the request. Raises `TooManyAttempts` when the window is
    full; a refused try is not counted and does not prolong the window.
    """
    limit, period = settings.RATES[name]
    key = _key(name, *parts)
    if (counted := _add(key, limit, period)) is None:
        raise TooManyAttempts(_seconds_left(key, period))
    return Try(key, expires_at=counted[0])


def count_distinct(name: str, whole: str, part: str) -> None:
    """Like `count` for `whole`, but the same `part` counts once in a window, in which it may come
    `MAX_REPEATS` times."""
    limit, period = settings.RATES[name]
    marker = _key(name, whole, part)
    if (counted := _add(marker, MAX_REPEATS, period)) is None:
        raise TooManyAttempts(_seconds_left(marker, period))
    if counted[1] > 1:
        return
    try:
        count(name, whole)
    except TooManyAttempts:
        LimitCounter.objects.filter(key=marker).delete()
        raise


def allowed(name: str, *parts: str) -> bool:
    """Like `count`, but within the surrounding transaction and without raising: False when the
    window is full."""
    limit, period = settings.RATES[name]
    return limit > 0 and _execute(_key(name, *parts), limit, period) is not None


def purge() -> int:
    """Delete the counters whose window is over; returns how many."""
    return LimitCounter.objects.filter(expires_at__lt=timezone.now()).delete()[0]


def _key(name: str, *parts: str) -> str:
    return salted_hmac("ecms.limits", "\0".join([name, *parts]), algorithm="sha256").hexdigest()


def _add(key: str, limit: int, period: int) -> tuple[datetime, int] | None:
    """When the window ends and how many it holds, this one included; None if it is full."""
    # A full window is told without waiting for its row: a flood does not queue up behind it.
    if limit < 1 or _is_full(key, limit):
        return None
    with transaction.atomic(durable=True):
        return _execute(key, limit, period)


def _is_full(key: str, limit: int) -> bool:
    return LimitCounter.objects.filter(key=key, count__gte=limit, expires_at__gt=Now()).exists()


def _execute(key: str, limit: int, period: int) -> tuple[datetime, int] | None:
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"key": key, "limit": limit, "period": period})
        return cursor.fetchone()


def _seconds_left(key: str, period: int) -> int:
    expires_at = LimitCounter.objects.filter(key=key).values_list("expires_at", flat=True).first()
    if expires_at is None:
        return period
    return max(1, int((expires_at - timezone.now()).total_seconds()) + 1)
