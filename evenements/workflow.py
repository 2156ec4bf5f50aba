"""The lives of an event, of a registration, of a newsletter and of a subscription."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class StatutEvenement(models.TextChoices):
    BROUILLON = "brouillon", _("Brouillon")
    PUBLIE = "publie", _("Publié")
    REPORTE = "reporte", _("Reporté")
    ANNULE = "annule", _("Annulé")


class StatutInscription(models.TextChoices):
    CONFIRMEE = "confirmee", _("Confirmée")
    EN_ATTENTE = "en_attente", _("En liste d'attente")
    ANNULEE = "annulee", _("Annulée")
    PRESENTE = "presente", _("Présente")
    ABSENTE = "absente", _("Absente")


class StatutNewsletter(models.TextChoices):
    BROUILLON = "brouillon", _("Brouillon")
    PLANIFIEE = "planifiee", _("Planifiée")
    EN_COURS = "en_cours", _("En cours d'envoi")
    ENVOYEE = "envoyee", _("Envoyée")


class StatutAbonne(models.TextChoices):
    EN_ATTENTE = "en_attente", _("En attente de confirmation")
    CONFIRME = "confirme", _("Confirmé")
    DESINSCRIT = "desinscrit", _("Désinscrit")
    REJETE = "rejete", _("Adresse rejetée")
