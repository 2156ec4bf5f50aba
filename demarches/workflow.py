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

    @classmethod
    def finaux(cls) -> list[str]:
        """Nothing follows these."""
        return [cls.REJETEE.value, cls.REMISE.value, cls.ANNULEE.value]

    @classmethod
    def en_attente(cls) -> list[str]:
        """The mairie owes an answer; its delay runs."""
        return [cls.DEPOSEE.value, cls.EN_COURS.value, cls.VALIDEE.value]


D = StatutDemarche
TRANSITIONS_DEMARCHE: dict[StatutDemarche, set[StatutDemarche]] = {
    D.BROUILLON: {D.DEPOSEE, D.ANNULEE},
    D.DEPOSEE: {D.EN_COURS, D.ANNULEE},
    D.EN_COURS: {D.PIECE_DEMANDEE, D.VALIDEE, D.REJETEE, D.ANNULEE},
    # Rejected when the paper never came.
    D.PIECE_DEMANDEE: {D.EN_COURS, D.REJETEE, D.ANNULEE},
    # What is made on the spot, or needs no paper of ours, is handed over at once.
    D.VALIDEE: {D.PRETE, D.REMISE},
    D.PRETE: {D.REMISE},
    D.REJETEE: set(),
    D.REMISE: set(),
    D.ANNULEE: set(),
}


class StatutRendezVous(models.TextChoices):
    CONFIRME = "confirme", _("Confirmé")
    ANNULE = "annule", _("Annulé")
    HONORE = "honore", _("Honoré")
    ABSENT = "absent", _("Absent")


R = StatutRendezVous
TRANSITIONS_RENDEZ_VOUS: dict[StatutRendezVous, set[StatutRendezVous]] = {
    R.CONFIRME: {R.ANNULE, R.HONORE, R.ABSENT},
    # A slip of the agent's, put right.
    R.HONORE: {R.ABSENT},
    R.ABSENT: {R.HONORE},
    # Its place may be somebody else's by now.
    R.ANNULE: set(),
}


class StatutSignalement(models.TextChoices):
    SIGNALE = "signale", _("Signalé")
    EN_COURS = "en_cours", _("En cours")
    PLANIFIE = "planifie", _("Planifié")
    RESOLU = "resolu", _("Résolu")
    REJETE = "rejete", _("Rejeté")
    DOUBLON = "doublon", _("Doublon")

    @classmethod
    def ouverts(cls) -> list[str]:
        """Somebody still has to do something."""
        return [cls.SIGNALE.value, cls.EN_COURS.value, cls.PLANIFIE.value]


S = StatutSignalement
TRANSITIONS_SIGNALEMENT: dict[StatutSignalement, set[StatutSignalement]] = {
    S.SIGNALE: {S.EN_COURS, S.PLANIFIE, S.RESOLU, S.REJETE, S.DOUBLON},
    S.EN_COURS: {S.PLANIFIE, S.RESOLU, S.REJETE, S.DOUBLON},
    # Planned for another day.
    S.PLANIFIE: {S.PLANIFIE, S.EN_COURS, S.RESOLU, S.REJETE, S.DOUBLON},
    # Reopened, by whoever reported it or by an agent.
    S.RESOLU: {S.SIGNALE},
    S.REJETE: {S.SIGNALE},
    S.DOUBLON: {S.SIGNALE},
}


class Priorite(models.TextChoices):
    BASSE = "basse", _("Basse")
    NORMALE = "normale", _("Normale")
    HAUTE = "haute", _("Haute")
    URGENTE = "urgente", _("Urgente")
