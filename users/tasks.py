"""What the task queue calls. Arguments are ids: they are kept in clear with the results."""

from datetime import timedelta

from django.utils import timezone

from users.models import Session, TokenVerification
from users.services import codes, export

# Failures count over twenty-four hours, and a closed flow looks back twice as far.
KEEP_CODES = timedelta(days=7)
KEEP_SESSIONS = timedelta(days=30)


def purge() -> None:
    """Every five minutes: digits of expired codes, then codes, sessions and archives of data that
    are over."""
    codes.blank_expired()
    now = timezone.now()
    TokenVerification.objects.filter(date_creation__lt=now - KEEP_CODES).delete()
    Session.objects.filter(expires_at__lt=now - KEEP_SESSIONS).delete()
    export.forget_archives(apply=True)


def prepare_export(pk: int) -> None:
    """Once somebody asked for what is held about them."""
    export.prepare_archive(pk)
