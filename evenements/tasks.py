"""What the task queue calls."""

from evenements.services import avis, envois


def envoyer_newsletters() -> None:
    """Every minute, on the cluster of the mailings: what is due of the letters."""
    envois.tournee()


def prevenir(evenement_pk: int) -> None:
    """Tell those who are registered that an event was moved or cancelled."""
    avis.prevenir(evenement_pk)
