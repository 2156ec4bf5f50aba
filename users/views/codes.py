from django.utils.translation import gettext as _
from rest_framework.response import Response

from ecms import limits
from ecms.api.serializers import DetailSerializer
from users import serializers
from users.services import accounts
from users.views.base import AccountView, AuthView, code_sent
from users.views.sign_in import signed_in


class VerifySendView(AccountView):
    """Mail a code to one's address, or to a corrected one while it is not verified."""

    serializer_class = serializers.VerifySendSerializer
    answer_class = serializers.SentSerializer

    def answer(self, *, email=None):
        limits.count_distinct("courriel_adresse", self.address, str(self.request.user.pk))
        accounts.request_verification(self.request.user, email)
        return code_sent()


class VerifyConfirmView(AccountView):
    """Verify one's address with the mailed code."""

    serializer_class = serializers.CodeSerializer
    answer_class = serializers.ConfirmedSerializer

    def answer(self, *, code_otp):
        guess = limits.count("code_adresse", self.address)
        accounts.confirm_verification(self.request.user, code_otp)
        guess.free()
        return Response({"detail": _("Votre adresse est vérifiée."), "is_verified": True})


class ForgotView(AuthView):
    """Ask for a code to choose a new password. The answer is the same for any address."""

    authentication_classes = []
    serializer_class = serializers.AddressRequestSerializer
    answer_class = serializers.SentSerializer

    def answer(self, *, email):
        limits.count_distinct("courriel_adresse", self.address, email)
        accounts.request_reset(email, language=self.language)
        return code_sent()


class ResetView(AuthView):
    """Choose a password with the mailed code. Every session ends; no tokens are returned."""

    authentication_classes = []
    serializer_class = serializers.ResetSerializer
    answer_class = DetailSerializer

    def answer(self, *, email, code_otp, password):
        guess = limits.count("code_adresse", self.address)
        accounts.reset_password(email=email, code=code_otp, password=password)
        guess.free()
        return Response({"detail": _("Votre mot de passe est changé. Connectez-vous.")})


class PasswordChangeView(AccountView):
    """Change one's password. Every session ends; this device gets new tokens."""

    serializer_class = serializers.PasswordChangeSerializer
    answer_class = serializers.RenewedSerializer

    def answer(self, *, current_password, password):
        account = self.request.user
        accounts.change_password(
            account, current=current_password, password=password, address=self.address
        )
        return Response({"detail": _("Votre mot de passe est changé."), **signed_in(self, account)})


class EmailChangeView(AccountView):
    """Ask for another address: a code is mailed there, and the old one stays until then."""

    serializer_class = serializers.EmailChangeSerializer
    answer_class = serializers.SentSerializer

    def answer(self, *, current_password, email):
        limits.count_distinct("courriel_adresse", self.address, email)
        accounts.request_email_change(
            self.request.user, current=current_password, email=email, address=self.address
        )
        return code_sent()


class EmailChangeConfirmView(AccountView):
    """Take the new address with its code. Every session ends; this device gets new tokens."""

    serializer_class = serializers.CodeSerializer
    answer_class = serializers.RenewedSerializer

    def answer(self, *, code_otp):
        guess = limits.count("code_adresse", self.address)
        accounts.confirm_email_change(self.request.user, code_otp)
        guess.free()
        tokens = signed_in(self, self.request.user)
        return Response({"detail": _("Votre adresse est changée."), **tokens})
