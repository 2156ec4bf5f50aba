"""What the task queue calls. Arguments are ids."""

from django_q.tasks import async_task

from demarches import recepisse
from demarches.services import rappels


def rappeler() -> None:
    """Every 15 minutes: from nine o'clock on, who has an appointment tomorrow is reminded."""
    rappels.rappeler_demain()


def faire_recepisse(pk: int) -> None:
    """Once a dossier is filed."""
    recepisse.etablir(pk)


def refaire_recepisses() -> None:
    """Every 15 minutes: the receipts whose task was lost are queued once more."""
    for pk in recepisse.manquants():
        async_task("demarches.tasks.faire_recepisse", pk)
