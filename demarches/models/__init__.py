"""What citizens ask of a mairie: procedures, dossiers, appointments, problem reports."""

from demarches.models.demarches import DemarcheAdministrative
from demarches.models.formulaires import Formulaire
from demarches.models.rendez_vous import RendezVous
from demarches.models.signalements import Signalement
from demarches.models.suivi import PieceJointe, Suivi

__all__ = [
    "DemarcheAdministrative",
    "Formulaire",
    "PieceJointe",
    "RendezVous",
    "Signalement",
    "Suivi",
]
