from uuid import UUID

from django.contrib.auth import logout

from users.models import Session

SESSION_KEY = "sid"


class AdminSessionMiddleware:
    """A sign-in to the admin is a row of `users_session` too: it ends with it, at once."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if (sid := request.session.get(SESSION_KEY)) and not self._is_live(sid):
            logout(request)
        return self.get_response(request)

    def _is_live(self, sid: str) -> bool:
        return Session.objects.live().filter(pk=UUID(sid)).exists()
