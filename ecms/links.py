"""Short-lived signed addresses of private files, for a browser that cannot send a token.

Whoever may read the row asks for the address; it opens that one file for ten minutes, and only as
long as the row and its file exist.
"""

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpResponse

LIFETIME = timedelta(minutes=10)
SALT = "ecms.links"

Release = Callable[[object, int], HttpResponse]
_releases: dict[str, Release] = {}


def releases(name: str):
    """Register what answers with a file of the kind `name`: a function of the request and the id
    of the row, which raises `Http404` when there is none any more."""

    def register(function: Release) -> Release:
        _releases[name] = function
        return function

    return register


def address(name: str, pk: int) -> dict[str, object]:
    """The signed address of a file, absolute, and for how many seconds it is good."""
    token = signing.dumps([name, pk], salt=SALT, compress=False)
    seconds = int(LIFETIME.total_seconds())
    return {"url": f"{settings.API_BASE_URL}/fichiers/{token}", "expires_in": seconds}


def deliver(request, token: str) -> HttpResponse:
    """Answer with the file of a signed address. Raises `Http404` for one that was cut, changed,
    or is older than ten minutes."""
    try:
        name, pk = signing.loads(token, salt=SALT, max_age=LIFETIME)
    except signing.BadSignature:
        raise Http404 from None
    # Signed by a version that had other kinds.
    if name not in _releases:
        raise Http404
    return _releases[name](request, pk)
