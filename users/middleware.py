from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.contrib.auth import logout
from django.utils import timezone

from users.models import Session
from users.services import sessions

SESSION_KEY = "sid"
# In the session of someone who is signed out for having been away, until the door says so.
IDLE_KEY = "inactivite"
# How exactly it is known when somebody was here last.
NOTED_EVERY = timedelta(minutes=1)


class AdminSessionMiddleware:
    """A sign-in to the admin is a row of `users_session` too: opened with it, it ends it at once.

    It ends by itself after `ADMIN_IDLE` without a request. Outside the admin no cookie signs
    anyone in, and none is read.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not request.path_info.startswith(f"/{settings.ADMIN_URL}"):
            return self.get_response(request)
        before = request.session.get(SESSION_KEY)
        if before:
            _keep_or_leave(request, before)
        response = self.get_response(request)
        if before and request.session.get(SESSION_KEY) != before:
            sessions.end(_own(before))
        if SESSION_KEY not in request.session and request.user.is_authenticated:
            self._open(request)
        return response

    def _open(self, request) -> None:
        try:
            session = sessions.open_session(
                request.user,
                user_agent=request.headers.get("User-Agent", ""),
                lifetime=timedelta(seconds=settings.SESSION_COOKIE_AGE),
            )
        except sessions.InvalidToken:
            logout(request)
        else:
            request.session[SESSION_KEY] = str(session.pk)


def session_of(request) -> Session | None:
    """The row of this sign-in to the admin."""
    sid = request.session.get(SESSION_KEY)
    return _own(sid).first() if sid else None


def _keep_or_leave(request, sid: str) -> None:
    used = _own(sid).live().values_list("last_used_at", flat=True).first()
    now = timezone.now()
    if used is None:
        logout(request)
    elif used <= now - settings.ADMIN_IDLE:
        logout(request)
        request.session[IDLE_KEY] = True
    elif used <= now - NOTED_EVERY:
        _own(sid).filter(last_used_at=used).update(last_used_at=now)


def _own(sid: str):
    return Session.objects.filter(pk=UUID(sid))
