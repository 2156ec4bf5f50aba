"""Telling those who are registered that an event was moved or cancelled: each once of each
change, however often the task runs and however many workers do."""

from django.db import transaction

from evenements.mails.inscriptions import prevenir as ecrire
from evenements.models import Evenement, InscriptionEvenement
from evenements.services.inscriptions import verrouiller_evenement
from evenements.workflow import StatutEvenement, StatutInscription

LOT = 200
A_PREVENIR = [StatutInscription.CONFIRMEE, StatutInscription.EN_ATTENTE]


def prevenir(evenement_pk: int) -> int:
    """Queue the mails about the latest change of an event; returns how many people it concerns."""
    total = 0
    while nombre := _prevenir_un_lot(evenement_pk):
        total += nombre
    return total


@transaction.atomic
def _prevenir_un_lot(evenement_pk: int) -> int:
    """A batch is marked in the transaction that queues its mails: both are there, or neither."""
    if not Evenement.objects.filter(pk=evenement_pk).exists():
        return 0
    evenement = verrouiller_evenement(evenement_pk)
    a_prevenir = evenement.inscriptions.filter(statut__in=A_PREVENIR, avis__lt=evenement.sequence)
    lot = list(a_prevenir.select_related("participant").order_by("pk")[:LOT])
    rows = InscriptionEvenement.objects.filter(pk__in=[inscription.pk for inscription in lot])
    rows.update(avis=evenement.sequence)
    annule = evenement.statut == StatutEvenement.ANNULE
    for inscription in lot:
        ecrire(inscription, "evenement_annule" if annule else "evenement_change")
    return len(lot)
