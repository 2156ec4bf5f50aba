"""Short-lived signed addresses of private files, for a browser that cannot send a token.

Whoever may read the row asks for the address; it opens that one file for ten minutes, and only as
long as the row and its file exist.
"""

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.db.models import Model
from django.http import Http404, HttpResponse

LIFETIME = timedelta(minutes=10)
SALT = "ecms.links"

# Which row: its key, and when it was created. After a restoration a key may be given again.
Row = dict[str, object]
Release = Callable[[object, Row], HttpResponse]
_releases: dict[str, Release] = {}


def releases(name: str):
    """Register what answers with a file of the kind `name`: a function of the request and of
    what finds the row, which raises `Http404` when there is none any more."""

    def register(function: Release) -> Release:
        _releases[name] = function
        return function

    return register


def address(name: str, row: Model) -> dict[str, object]:
    """The signed address of the file of `row`, absolute, and for how many seconds it is good."""
    signed = [name, row.pk, row.date_creation.isoformat()]
    token = signing.dumps(signed, salt=SALT, compress=False)
    seconds = int(LIFETIME.total_seconds())
    return {"url": f"{settings.API_BASE_URL}/fichiers/{token}", "expires_in": seconds}


def deliver(request, token: str) -> HttpResponse:
    """Answer with the file of a signed address. Raises `Http404` for one that was cut, changed,
    or is older than ten minutes."""
    try:
        name, pk, created = signing.loads(token, salt=SALT, max_age=LIFETIME)
    except (signing.BadSignature, ValueError):
        raise Http404 from None
    # Signed by a version that had other kinds.
    if name not in _releases:
        raise Http404
    return _releases[name](request, {"pk": pk, "date_creation": created})
