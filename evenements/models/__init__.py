"""The agenda of a mairie, who comes, and the newsletters that it sends."""

from evenements.models.evenements import Evenement
from evenements.models.inscriptions import InscriptionEvenement
from evenements.models.newsletters import AbonneNewsletter, EnvoiNewsletter, Newsletter

__all__ = [
    "AbonneNewsletter",
    "EnvoiNewsletter",
    "Evenement",
    "InscriptionEvenement",
    "Newsletter",
]
