from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

# What registers itself with `ecms.mail`, `ecms.retention` and `ecms.portability`.
REGISTERING = [
    "mails.newsletters",
    "mails.inscriptions",
    "mails.evenements",
    "services.abonnes",
    "services.conservation",
    "services.oubli",
    "services.portabilite",
]


class EvenementsConfig(AppConfig):
    name = "evenements"
    verbose_name = _("Agenda et newsletters")

    def ready(self):
        for module in REGISTERING:
            import_module(f"evenements.{module}")
