"""The life of what is published."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Statut(models.TextChoices):
    BROUILLON = "brouillon", _("Brouillon")
    PUBLIEE = "publiee", _("Publiée")
    ARCHIVEE = "archivee", _("Archivée")


TRANSITIONS = {
    Statut.BROUILLON: {Statut.PUBLIEE, Statut.ARCHIVEE},
    Statut.PUBLIEE: {Statut.BROUILLON, Statut.ARCHIVEE},
    # What was put away is read again before it is shown again.
    Statut.ARCHIVEE: {Statut.BROUILLON},
}
