"""What a citizen takes along of the history of their dossiers."""

from demarches.models import Suivi
from ecms import portability

# Not who of the mairie acted: a citizen reads which side it was.
COLONNES = [
    "id",
    "demarche_id",
    "nature",
    "origine",
    "ancien_statut",
    "nouveau_statut",
    "message",
    "date_creation",
]


@portability.also("demarches.suivi")
def suivis(utilisateur):
    """What was told to them, and what they wrote; the mairie's notes are not theirs."""
    lignes = Suivi.objects.filter(demarche__demandeur=utilisateur, est_visible=True)
    return lignes.order_by("pk").values(*COLONNES)
