"""ETags and cache headers of what the API reads."""

import hashlib
from datetime import datetime

from django.utils import timezone
from django.utils.cache import patch_vary_headers

from ecms.api.renderers import dumps

MAX_AGE = 60
VARY = ["Accept-Language", "Authorization", "Origin"]


def etag_of(data, *, volatile: frozenset[str]) -> str:
    """The entity tag of an answer, without what changes by being read (`volatile` fields)."""
    text = dumps(_stable(data, volatile) if volatile else data)
    return f'W/"{hashlib.blake2b(text, digest_size=16).hexdigest()}"'


def matches(header: str, etag: str) -> bool:
    """Whether an `If-Match` or `If-None-Match` header names `etag`.

    Compared weakly: a proxy that compresses turns a strong tag into a weak one.
    """
    if header.strip() == "*":
        return True
    tags = [tag.strip().removeprefix("W/") for tag in header.split(",")]
    return etag.removeprefix("W/") in tags


def max_age_until(change: datetime | None, at_most: int = MAX_AGE) -> int:
    """The usual seconds, or fewer when the answer changes by itself at `change`."""
    if change is None:
        return at_most
    return max(0, min(at_most, int((change - timezone.now()).total_seconds())))


def public_for(seconds: int) -> str:
    return f"public, max-age={seconds}"


def mark_public(response, max_age: int = MAX_AGE) -> None:
    response["Cache-Control"] = public_for(max_age)
    patch_vary_headers(response, VARY)


def mark_private(response) -> None:
    response["Cache-Control"] = "private, no-store"
    patch_vary_headers(response, VARY)


def _stable(data, volatile: frozenset[str]):
    """`data` without the `volatile` fields of an object, or of the rows of a list."""
    if isinstance(data, list):
        return [_stable(row, volatile) for row in data]
    if not isinstance(data, dict):
        return data
    if "results" in data:
        return {**data, "results": [_stable(row, volatile) for row in data["results"]]}
    if volatile.isdisjoint(data):
        return data
    return {name: value for name, value in data.items() if name not in volatile}
