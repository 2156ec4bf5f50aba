from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.contrib.auth import logout

from users.models import Session
from users.services import sessions

SESSION_KEY = "sid"


class AdminSessionMiddleware:
    """A sign-in to the admin is a row of `users_session` too: opened with it, it ends it at once.

    Outside the admin no cookie signs anyone in, and none is read.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not request.path_info.startswith(f"/{settings.ADMIN_URL}"):
            return self.get_response(request)
        before = request.session.get(SESSION_KEY)
        if before and not _own(before).live().exists():
            logout(request)
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


def _own(sid: str):
    return Session.objects.filter(pk=UUID(sid))
