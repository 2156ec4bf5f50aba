"""The lives of an event, of a registration, of a newsletter, of its deliveries and subscribers."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class StatutEvenement(models.TextChoices):
    BROUILLON = "brouillon", _("Brouillon")
    PUBLIE = "publie", _("Publié")
    REPORTE = "reporte", _("Reporté")
    ANNULE = "annule", _("Annulé")


E = StatutEvenement
TRANSITIONS_EVENEMENT: dict[StatutEvenement, set[StatutEvenement]] = {
    E.BROUILLON: {E.PUBLIE},
    # Taken back as long as nobody is registered.
    E.PUBLIE: {E.BROUILLON, E.REPORTE, E.ANNULE},
    # Confirmed at its new date, put off again, or given up.
    E.REPORTE: {E.PUBLIE, E.REPORTE, E.ANNULE},
    # People were told: what takes place after all is a new event.
    E.ANNULE: set(),
}


class StatutInscription(models.TextChoices):
    CONFIRMEE = "confirmee", _("Confirmée")
    EN_ATTENTE = "en_attente", _("En liste d'attente")
    ANNULEE = "annulee", _("Annulée")
    PRESENTE = "presente", _("Présente")
    ABSENTE = "absente", _("Absente")

    @classmethod
    def vivants(cls) -> list[str]:
        """Everything but cancelled."""
        return [statut.value for statut in cls if statut != cls.ANNULEE]

    @classmethod
    def placees(cls) -> list[str]:
        """Those hold a place."""
        return [cls.CONFIRMEE.value, cls.PRESENTE.value, cls.ABSENTE.value]


P = StatutInscription
TRANSITIONS_INSCRIPTION: dict[StatutInscription, set[StatutInscription]] = {
    P.CONFIRMEE: {P.ANNULEE, P.PRESENTE, P.ABSENTE},
    P.EN_ATTENTE: {P.CONFIRMEE, P.ANNULEE},
    # A slip of the agent's, put right.
    P.PRESENTE: {P.ABSENTE},
    P.ABSENTE: {P.PRESENTE},
    P.ANNULEE: set(),
}


class StatutNewsletter(models.TextChoices):
    BROUILLON = "brouillon", _("Brouillon")
    PLANIFIEE = "planifiee", _("Planifiée")
    EN_COURS = "en_cours", _("En cours d'envoi")
    ENVOYEE = "envoyee", _("Envoyée")


N = StatutNewsletter
TRANSITIONS_NEWSLETTER: dict[StatutNewsletter, set[StatutNewsletter]] = {
    N.BROUILLON: {N.PLANIFIEE},
    # Planned for another moment, taken back, or on its way.
    N.PLANIFIEE: {N.PLANIFIEE, N.BROUILLON, N.EN_COURS},
    N.EN_COURS: {N.ENVOYEE},
    N.ENVOYEE: set(),
}


class StatutEnvoi(models.TextChoices):
    A_ENVOYER = "a_envoyer", _("À envoyer")
    ENVOYE = "envoye", _("Envoyé")
    REFUSE = "refuse", _("Refusé")
    # Unsubscribed before it left.
    ABANDONNE = "abandonne", _("Abandonné")


class StatutAbonne(models.TextChoices):
    EN_ATTENTE = "en_attente", _("En attente de confirmation")
    CONFIRME = "confirme", _("Confirmé")
    DESINSCRIT = "desinscrit", _("Désinscrit")
    REJETE = "rejete", _("Adresse rejetée")


A = StatutAbonne
TRANSITIONS_ABONNE: dict[StatutAbonne, set[StatutAbonne]] = {
    A.EN_ATTENTE: {A.CONFIRME, A.DESINSCRIT},
    A.CONFIRME: {A.DESINSCRIT, A.REJETE},
    # Asked for again.
    A.DESINSCRIT: {A.EN_ATTENTE},
    A.REJETE: {A.EN_ATTENTE, A.DESINSCRIT},
}
