"""Bearer tokens: the session row and the account's rights are read at each request."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed

from users.services import sessions


class SessionTokenAuthentication(BaseAuthentication):
    """`request.user` is the account as it is now, `request.auth` its `Session`."""

    def authenticate(self, request):
        scheme, _space, raw = get_authorization_header(request).partition(b" ")
        if scheme.lower() != b"bearer":
            return None
        try:
            session = sessions.session_of_access(raw.strip())
        except sessions.InvalidToken:
            raise invalid_token() from None
        return session.utilisateur, session

    def authenticate_header(self, request):
        return 'Bearer realm="ecms"'


def invalid_token() -> AuthenticationFailed:
    return AuthenticationFailed(
        _("Votre connexion n'est plus valable. Reconnectez-vous."), "jeton_invalide"
    )


class BearerScheme(OpenApiAuthenticationExtension):
    target_class = SessionTokenAuthentication
    name = "bearer"

    def get_security_definition(self, auto_schema):
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
