from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MairiesConfig(AppConfig):
    name = "mairies"
    verbose_name = _("Mairies")
