"""Answers that belong to no app: health, and what Django says when nothing else can."""

import sys

from django.conf import settings
from django.core.cache import caches
from django.db import DatabaseError, InterfaceError
from django.http import HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from ecms.api.errors import RETRY_AFTER_SECONDS, failure, problem
from ecms.backups import keeping
from ecms.health import late_tasks, pending_migrations
from ecms.middleware import html_failure
from ecms.requests import is_api


@never_cache
@require_safe
def live(request):
    """The process answers; says nothing of what it stands on."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def ready(request):
    """The process can serve: 503 without a database or with migrations to apply.

    Late tasks and backups, and a Redis that is away, are told and cost nothing: pages are served
    without.
    """
    try:
        pending = pending_migrations()
        told = {"tasks": "late" if late_tasks() else "ok", **_backups(), **_cache()}
    except (DatabaseError, InterfaceError):
        return _not_ready({"database": "down"})
    if pending:
        return _not_ready({"database": "ok", "migrations": "pending"})
    return JsonResponse(
        {
            "status": "ok" if set(told.values()) == {"ok"} else "degraded",
            "database": "ok",
            "migrations": "ok",
            **told,
        }
    )


def server_error(request):
    """`handler500`: PostgreSQL out of reach is a 503, wherever it was noticed."""
    exception = sys.exc_info()[1]
    if is_api(request):
        return failure(exception) or problem(500)
    return html_failure(exception) or HttpResponse(render_to_string("ecms/erreur.html"), status=500)


def _backups() -> dict[str, str]:
    """Of the folder that BACKUP_DIR names; nothing without one."""
    state = keeping.state()
    if state is None:
        return {}
    if not state.readable:
        return {"backup": "unknown"}
    return {"backup": "late" if state.late else "ok"}


def _cache() -> dict[str, str]:
    """Of the Redis that CACHE_URL names; nothing without one."""
    if not (settings.CACHE_URL and settings.PUBLIC_CACHE):
        return {}
    return {"cache": "ok" if caches[settings.PUBLIC_CACHE].answers() else "down"}


def _not_ready(said: dict):
    return JsonResponse(
        {"status": "unavailable", **said},
        status=503,
        headers={"Retry-After": str(RETRY_AFTER_SECONDS)},
    )
