"""How a feed is answered: kept by caches, and not sent again to whoever has it."""

import hashlib
from datetime import datetime

from django.apps import apps
from django.http import Http404, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date

from ecms.api.caching import max_age_until

MAX_AGE = 300


def active_mairies():
    """The mairies whose space is open."""
    return apps.get_model("mairies.Mairie").objects.filter(statut="active")


def active_mairie(slug: str):
    """Raises `Http404` for a mairie that is unknown, or not open: nobody is told which."""
    identity = active_mairies().only("slug", "nom", "date_modification")
    if (mairie := identity.filter(slug=slug).first()) is None:
        raise Http404
    return mairie


def cached(
    request,
    content: bytes,
    content_type: str,
    *,
    changement: datetime | None = None,
    modifiee: datetime | None = None,
) -> HttpResponse:
    """`content`, or 304. May be kept until `changement`, five minutes at most."""
    response = HttpResponse(content, content_type=content_type)
    # Whatever language was asked for: mairies write French, and so do the feeds.
    response["Content-Language"] = "fr"
    age = max_age_until(changement, at_most=MAX_AGE)
    response["Cache-Control"] = f"public, max-age={age}"
    response["ETag"] = f'"{hashlib.blake2b(content, digest_size=16).hexdigest()}"'
    stamp = int(modifiee.timestamp()) if modifiee else None
    if stamp is not None:
        response["Last-Modified"] = http_date(stamp)
    return get_conditional_response(request, response["ETag"], stamp, response)
