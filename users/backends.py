from django.contrib.auth.backends import ModelBackend

from ecms.requests import client_address
from users.models import Utilisateur
from users.services.sign_in import InvalidCredentials, authenticate


class Backend(ModelBackend):
    """Django's model permissions, behind the sign-in of `users.services.sign_in`.

    `authenticate` lets `TooManyAttempts` through: the admin's form says it.
    """

    def authenticate(self, request, username=None, password=None, **kwargs):
        if request is None or username is None or password is None:
            return None
        try:
            return authenticate(username, password, address=client_address(request))
        except InvalidCredentials:
            return None

    def get_user(self, user_id):
        user = Utilisateur.objects.with_profile().filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None
