"""ETags and cache headers of what the API reads."""

import hashlib
from datetime import datetime

from django.utils import timezone
from django.utils.cache import patch_vary_headers
from rest_framework.utils import encoders
from rest_framework.utils import json as drf_json

MAX_AGE = 60
VARY = ["Accept-Language", "Authorization", "Origin"]


def etag_of(data, *, volatile: frozenset[str]) -> str:
    """The entity tag of an answer, without what changes by being read (`volatile` fields)."""
    text = drf_json.dumps(_stable(data, volatile), cls=encoders.JSONEncoder, sort_keys=True)
    return f'W/"{hashlib.blake2b(text.encode(), digest_size=16).hexdigest()}"'


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


def mark_public(response, max_age: int = MAX_AGE) -> None:
    response["Cache-Control"] = f"public, max-age={max_age}"
    patch_vary_headers(response, VARY)


def mark_private(response) -> None:
    response["Cache-Control"] = "private, no-store"
    patch_vary_headers(response, VARY)


def _stable(data, volatile: frozenset[str]):
    if isinstance(data, dict):
        return {k: _stable(v, volatile) for k, v in data.items() if k not in volatile}
    if isinstance(data, list | tuple):
        return [_stable(item, volatile) for item in data]
    return data
