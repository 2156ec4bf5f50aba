"""The life of a mairie's space and of the request that opens it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class StatutMairie(models.TextChoices):
    NON_ACTIVEE = "non_activee", _("Non activée")
    ACTIVE = "active", _("Active")
    SUSPENDUE = "suspendue", _("Suspendue")


class StatutDemande(models.TextChoices):
    EN_ATTENTE = "en_attente", _("En attente")
    VALIDEE = "validee", _("Validée")
    REJETEE = "rejetee", _("Rejetée")


TRANSITIONS_MAIRIE = {
    StatutMairie.NON_ACTIVEE: {StatutMairie.ACTIVE},
    StatutMairie.ACTIVE: {StatutMairie.SUSPENDUE},
    StatutMairie.SUSPENDUE: {StatutMairie.ACTIVE},
}

# Both ends are final: whoever was refused files a new request.
TRANSITIONS_DEMANDE = {
    StatutDemande.EN_ATTENTE: {StatutDemande.VALIDEE, StatutDemande.REJETEE},
    StatutDemande.VALIDEE: set(),
    StatutDemande.REJETEE: set(),
}
