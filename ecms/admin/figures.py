"""The figures that the admin shows, kept for less than a minute for whoever saw them.

They are counted anew for a person who has just written something in the admin, whichever worker
answers: `ActedMiddleware` numbers what a session writes, and the number is part of the key.
"""

import hashlib
import time
from collections.abc import Callable

from django.conf import settings
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from ecms import dashboard

KEPT_SECONDS = 45
ACTED = "acted"
SAFE = {"GET", "HEAD", "OPTIONS"}


class ActedMiddleware:
    """Remembers in the session of the admin when it last wrote."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if (
            request.method not in SAFE
            and request.path_info.startswith(f"/{settings.ADMIN_URL}")
            and request.user.is_authenticated
            # Which writes nothing, and would write over what another page keeps in the session.
            and request.path_info != reverse("admin_presence")
        ):
            request.session[ACTED] = time.time_ns()
        return response


def view_of(request) -> dashboard.View:
    """What this person may see: an agent's mairie, the whole country."""
    user = request.user
    return dashboard.View(user, None if user.is_superuser else user.mairie_agent)


def awaiting(request) -> dict[str, int]:
    """How many rows of each task await somebody: asked by every page, counted once in a while."""
    found = getattr(request, "figures_awaiting", None)
    if found is None:
        found = kept(
            request, "awaiting", lambda: dashboard.awaiting(view_of(request), timezone.now())
        )
        request.figures_awaiting = found
    return found


def kept(request, name: str, count: Callable):
    """What `count` returned to this person within the last `KEPT_SECONDS`, or returns now."""
    if request.method not in SAFE:
        return count()
    key = _key(request, name)
    found = cache.get(key)
    if found is None:
        found = count()
        cache.set(key, found, KEPT_SECONDS)
    return found


def _key(request, name: str) -> str:
    """Nobody else's: of one person, with the rights and the mairie that they have now."""
    user = request.user
    whose = [
        user.pk,
        user.is_superuser,
        user.mairie_agent_id,
        request.session.get(ACTED),
        # Who has them all needs no list of them, which takes two queries.
        [] if user.is_superuser else sorted(user.get_all_permissions()),
    ]
    digest = hashlib.sha256(repr(whose).encode()).hexdigest()
    return f"ecms.figures:{name}:{digest}"
