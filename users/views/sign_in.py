from django.contrib.auth.models import update_last_login
from django.db import transaction
from django.utils.translation import gettext as _
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.response import Response

from ecms import limits
from ecms.api.serializers import DetailSerializer
from users import serializers
from users.authentication import invalid_token
from users.models import Session
from users.services import accounts, second_factor, sessions, sign_in
from users.views.base import AccountView, AuthView


def signed_in(view, utilisateur) -> dict:
    """Tokens of a new session for `utilisateur` on the device that asks."""
    try:
        with transaction.atomic():
            session = sessions.open_session(
                utilisateur, user_agent=view.request.headers.get("User-Agent", "")
            )
            # Now that the account is locked: it may have got greater rights since it was asked.
            if second_factor.is_missing(utilisateur):
                raise sign_in.EnrolmentNeeded
    except sessions.InvalidToken:
        raise invalid_token() from None
    except sign_in.EnrolmentNeeded:
        raise enrolment_needed() from None
    return sessions.tokens_of(session)


def enrolment_needed() -> PermissionDenied:
    message = _(
        "Un second facteur est obligatoire pour ce compte : connectez-vous d'abord à "
        "l'administration pour l'activer."
    )
    return PermissionDenied(message, "second_facteur_a_activer")


class RegisterView(AuthView):
    """Open an account. The answer is the same whether the address is known or not."""

    authentication_classes = []
    serializer_class = serializers.RegisterSerializer
    answer_class = {201: serializers.RegisterSerializer}

    def answer(self, *, consentement, **data):
        limits.count("inscription_adresse", self.address)
        data.setdefault("langue", self.language)
        account = accounts.register(consent=consentement, **data)
        detail = _("Votre compte est ouvert. Un code vient d'être envoyé à votre adresse.")
        body = {"username": account.username, "email": account.email, "is_verified": False}
        return Response({**body, "detail": detail}, status=201)


class LoginView(AuthView):
    """Sign in with a username or an e-mail address, and `code_2fa` if there is a second factor."""

    authentication_classes = []
    serializer_class = serializers.LoginSerializer
    answer_class = serializers.SignedInSerializer

    def answer(self, *, identifier, password, code_2fa="", **_others):
        try:
            account = sign_in.authenticate(identifier, password, address=self.address)
        except sign_in.InvalidCredentials:
            message = _("Identifiant ou mot de passe incorrect.")
            raise AuthenticationFailed(message, "identifiants_invalides") from None
        self._ask_second_factor(account, code_2fa or "")
        tokens = signed_in(self, account)
        update_last_login(None, account)
        user = serializers.ProfileSerializer(account, context=self.get_serializer_context())
        return Response({**tokens, "user": user.data})

    def _ask_second_factor(self, account, code: str) -> None:
        try:
            sign_in.check_second_factor(account, code, address=self.address)
        except sign_in.SecondFactorNeeded:
            message = _("Indiquez aussi le code de votre application, ou un code de secours.")
            raise AuthenticationFailed(message, "second_facteur_requis") from None
        except second_factor.WrongCode:
            raise AuthenticationFailed(second_factor.REFUSED, "second_facteur_invalide") from None
        except sign_in.EnrolmentNeeded:
            raise enrolment_needed() from None


class LogoutView(AccountView):
    """End this session, that of `refresh` too, or every one (`partout`)."""

    serializer_class = serializers.LogoutSerializer
    answer_class = DetailSerializer

    def answer(self, *, partout, refresh=None):
        account, current = self.request.user, self.request.auth
        if partout:
            sessions.end_all(account)
        if refresh:
            self._end_own(refresh)
        sessions.end(Session.objects.filter(pk=current.pk))
        return Response({"detail": _("Vous êtes déconnecté.")})

    def _end_own(self, refresh: str) -> None:
        try:
            sessions.end_of_refresh(refresh, owner=self.request.user)
        except sessions.InvalidToken:
            # Whoever leaves is let go, whatever their old token is worth.
            return


class RefreshView(AuthView):
    """New tokens for a refresh token (see "Refreshing by generations" in docs/)."""

    authentication_classes = []
    serializer_class = serializers.RefreshSerializer
    answer_class = serializers.TokensSerializer

    def answer(self, *, refresh):
        try:
            return Response(sessions.refresh(refresh, refused=second_factor.is_missing))
        except sessions.InvalidToken:
            raise invalid_token() from None


class BlacklistView(AuthView):
    """End the session of a refresh token."""

    authentication_classes = []
    serializer_class = serializers.RefreshSerializer
    answer_class = DetailSerializer

    def answer(self, *, refresh):
        try:
            sessions.end_of_refresh(refresh)
        except sessions.InvalidToken:
            raise invalid_token() from None
        return Response({"detail": _("Cette connexion est fermée.")})
