from importlib import import_module

from django.apps import AppConfig
from django.conf import settings
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _

from ecms import checks, versions  # noqa: F401 checks registers the system checks
from ecms.db import waiting
from ecms.observing import queries
from ecms.schedules import apply_schedules


class EcmsConfig(AppConfig):
    name = "ecms"
    verbose_name = _("Installation")

    def ready(self):
        waiting.install(settings.DATABASES["default"]["OPTIONS"]["connect_timeout"])
        autodiscover_modules("mails", "recherche", "stats", "dashboard", "flux")
        autodiscover_modules("exports", "imports")
        post_migrate.connect(apply_schedules, sender=self, dispatch_uid="ecms.schedules")
        post_migrate.connect(versions.install, sender=self, dispatch_uid="ecms.versions")
        queries.install()
        # Their models are there only now.
        import_module("ecms.observing.tasks")
        import_module("ecms.orphelins")
        if settings.SENTRY_DSN:
            import_module("ecms.observing.faults").start()
