"""What the task queue calls. Arguments are ids: they are kept in clear with the results."""

from contextlib import suppress
from datetime import timedelta

from django.contrib.sessions.models import Session as AdminSession
from django.utils import timezone

from ecms import erasures, hits, limits, mail, retention, versions
from ecms.api import idempotency
from ecms.models import Courriel

KEEP_MAILS = timedelta(days=30)


def send_mail(pk: int) -> None:
    mail.deliver(pk)


def send_due_mails() -> None:
    """Every minute: what a dead mail server or a killed worker left behind."""
    for pk in mail.due():
        mail.deliver(pk)


def fold_hits() -> None:
    hits.fold()


def forget_changes() -> None:
    versions.forget()


def purge() -> None:
    """Every hour: what is over and says nothing any more."""
    limits.purge()
    idempotency.purge()
    AdminSession.objects.filter(expire_date__lt=timezone.now()).delete()
    done = Courriel.objects.exclude(statut=Courriel.Statut.EN_ATTENTE)
    done.filter(date_modification__lt=timezone.now() - KEEP_MAILS).delete()


def apply_retention() -> None:
    """Every day: what `manage.py purge` does. Another worker, or an operator, may be at it."""
    with suppress(retention.AlreadyRunning):
        retention.run(apply=True)


def export_erasures() -> None:
    """Every five minutes: the list of erasures, beside the backups that do not know them."""
    erasures.export_beside_backups()
