from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import Permission

from ecms.db.statements import Lookup
from ecms.requests import client_address
from users.models import Utilisateur
from users.services.sign_in import InvalidCredentials, authenticate


@Lookup
def _permissions(pk: int):
    named = Permission.objects.order_by().values_list("content_type__app_label", "codename")
    return named.filter(user=pk).union(named.filter(group__user=pk))


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

    def get_all_permissions(self, user_obj, obj=None):
        """In one query; Django asks for an account's own and for those of its groups in two."""
        if not user_obj.is_active or user_obj.is_anonymous or obj is not None:
            return set()
        if user_obj.is_superuser:
            return super().get_all_permissions(user_obj)
        if not hasattr(user_obj, "_perm_cache"):
            user_obj._perm_cache = {f"{app}.{code}" for app, code in _permissions(pk=user_obj.pk)}
        return user_obj._perm_cache

    def get_user(self, user_id):
        user = Utilisateur.objects.with_profile().filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None
