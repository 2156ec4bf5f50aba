from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

# What registers itself with `ecms.mail`, `ecms.links`, `ecms.retention`, `ecms.portability`,
# `mairies.occupations`.
REGISTERING = [
    "mails.demarches",
    "mails.rendez_vous",
    "mails.signalements",
    "occupations",
    "fichiers",
    "services.conservation",
    "services.oubli",
    "services.portabilite",
]


class DemarchesConfig(AppConfig):
    name = "demarches"
    verbose_name = _("Démarches")

    def ready(self):
        for module in REGISTERING:
            import_module(f"demarches.{module}")
