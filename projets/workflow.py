"""The life of a municipal project."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Statut(models.TextChoices):
    PLANIFIE = "planifie", _("Planifié")
    EN_COURS = "en_cours", _("En cours")
    SUSPENDU = "suspendu", _("Suspendu")
    TERMINE = "termine", _("Terminé")
    ANNULE = "annule", _("Annulé")


TRANSITIONS = {
    Statut.PLANIFIE: {Statut.EN_COURS, Statut.ANNULE},
    Statut.EN_COURS: {Statut.SUSPENDU, Statut.TERMINE, Statut.ANNULE},
    # What stood still goes on before it is finished: its last works are reported.
    Statut.SUSPENDU: {Statut.EN_COURS, Statut.ANNULE},
    # What citizens were told is over stays over: what comes after is another project.
    Statut.TERMINE: set(),
    Statut.ANNULE: set(),
}

# Works may be under way when a mairie begins to publish them.
INITIAUX = {Statut.PLANIFIE, Statut.EN_COURS}
FINIS = {Statut.TERMINE, Statut.ANNULE}
