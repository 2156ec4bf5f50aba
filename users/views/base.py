"""What the endpoints of `/auth/` share: they act on the caller's own account and scope nothing."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from rest_framework import exceptions, permissions
from rest_framework.generics import GenericAPIView
from rest_framework.response import Response

from ecms.api.exceptions import Refused
from ecms.requests import client_address
from users.authentication import SessionTokenAuthentication
from users.serializers import IdentitySerializer
from users.services import accounts, codes, identity, second_factor

CODE_SECONDS = int(codes.LIFETIME.total_seconds())


class AuthView(GenericAPIView):
    """POST of a small input; `answer` does the work and returns the body of a 200."""

    # Read by the test that walks every route: nothing here is a row of a mairie.
    unscoped = "acts on the caller's own account"
    permission_classes = [permissions.AllowAny]
    pagination_class = None
    filter_backends = []

    def post(self, request, *args, **kwargs):
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        try:
            return self.answer(**serializer.validated_data)
        except accounts.InvalidCode:
            message = _("Ce code n'est pas valable, ou ne l'est plus.")
            raise Refused(message, "code_invalide") from None
        except accounts.WrongPassword:
            raise wrong_password() from None

    def answer(self, **data) -> Response:
        raise PermissionDenied

    def get_authenticate_header(self, request):
        """Also where no token is read: DRF would turn a 401 without a challenge into a 403."""
        return SessionTokenAuthentication().authenticate_header(request)

    @property
    def address(self) -> str:
        return client_address(self.request)

    @property
    def language(self) -> str:
        return (get_language() or "fr")[:2]


class AccountView(AuthView):
    """The same, for someone who is signed in."""

    permission_classes = [permissions.IsAuthenticated]


def wrong_password() -> exceptions.ValidationError:
    message = gettext_lazy("Le mot de passe actuel n'est pas celui-là.")
    return exceptions.ValidationError({"current_password": [message]})


def confirm_identity(request) -> None:
    """Ask the caller for the password once more, and for the code of whoever has a second factor.
    Raises a 400 that names the field, or a 429."""
    serializer = IdentitySerializer(data=request.data)
    serializer.is_valid(raise_exception=True)
    given = serializer.validated_data
    try:
        identity.confirm(
            request.user,
            password=given["current_password"],
            code=given.get("code_2fa") or "",
            address=client_address(request),
        )
    except accounts.WrongPassword:
        raise wrong_password() from None
    except identity.CodeNeeded:
        message = _("Indiquez aussi le code de votre application, ou un code de secours.")
        raise exceptions.ValidationError({"code_2fa": [message]}) from None
    except second_factor.WrongCode:
        raise exceptions.ValidationError({"code_2fa": [second_factor.REFUSED]}) from None


def code_sent() -> Response:
    detail = _("Si cette adresse est la bonne, un code vient d'y être envoyé.")
    return Response({"detail": detail, "expires_in": CODE_SECONDS})
