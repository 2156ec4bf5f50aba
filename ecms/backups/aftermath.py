"""What is undone once a backup is back: promises of its moment that time has overtaken. Each app
declares its own."""

from collections.abc import Callable

from django.contrib.sessions.models import Session as AdminSession
from django_q.models import OrmQ

Undoing = Callable[[], int]
_undoings: dict[str, Undoing] = {}


def declare(name: str, undoing: Undoing) -> None:
    """Register what `restore` runs, and reports as `name` with the count that it returns."""
    _undoings[name] = undoing


def run() -> dict[str, int]:
    return {name: undoing() for name, undoing in sorted(_undoings.items())}


def _end_admin_sessions() -> int:
    return AdminSession.objects.all().delete()[0]


def _empty_queue() -> int:
    """What the schedules find again, they queue again; the rest has been done since, or is mail
    (`ecms.mail.drop_waiting`)."""
    return OrmQ.objects.all().delete()[0]


declare("sessions de l'admin fermées", _end_admin_sessions)
declare("tâches en file abandonnées", _empty_queue)
