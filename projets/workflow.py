"""The life of a municipal project."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Statut(models.TextChoices):
    PLANIFIE = "planifie", _("Planifié")
    EN_COURS = "en_cours", _("En cours")
    SUSPENDU = "suspendu", _("Suspendu")
    TERMINE = "termine", _("Terminé")
    ANNULE = "annule", _("Annulé")
