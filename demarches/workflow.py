"""The lives of a dossier, of an appointment and of a problem report; how urgent they are."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class StatutDemarche(models.TextChoices):
    BROUILLON = "brouillon", _("Brouillon")
    DEPOSEE = "deposee", _("Déposée")
    EN_COURS = "en_cours", _("En cours")
    PIECE_DEMANDEE = "piece_demandee", _("Pièce demandée")
    VALIDEE = "validee", _("Validée")
    REJETEE = "rejetee", _("Rejetée")
    PRETE = "prete", _("Prête")
    REMISE = "remise", _("Remise")
    ANNULEE = "annulee", _("Annulée")


class StatutRendezVous(models.TextChoices):
    CONFIRME = "confirme", _("Confirmé")
    ANNULE = "annule", _("Annulé")
    HONORE = "honore", _("Honoré")
    ABSENT = "absent", _("Absent")


class StatutSignalement(models.TextChoices):
    SIGNALE = "signale", _("Signalé")
    EN_COURS = "en_cours", _("En cours")
    PLANIFIE = "planifie", _("Planifié")
    RESOLU = "resolu", _("Résolu")
    REJETE = "rejete", _("Rejeté")
    DOUBLON = "doublon", _("Doublon")


class Priorite(models.TextChoices):
    BASSE = "basse", _("Basse")
    NORMALE = "normale", _("Normale")
    HAUTE = "haute", _("Haute")
    URGENTE = "urgente", _("Urgente")
