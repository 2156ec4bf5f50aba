from importlib import import_module

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from users.groups import apply_groups


class UsersConfig(AppConfig):
    name = "users"
    verbose_name = _("Comptes")

    def ready(self):
        # What registers itself with `ecms.retention`, `ecms.erasures` and `ecms.portability`.
        import_module("users.services.export")
        post_migrate.connect(apply_groups, dispatch_uid="users.groups")
