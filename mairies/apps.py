from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MairiesConfig(AppConfig):
    name = "mairies"
    verbose_name = _("Mairies")

    def ready(self):
        # What registers itself with `ecms.retention` and `ecms.portability`.
        import_module("mairies.conservation")
