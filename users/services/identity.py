"""That it is really the owner who asks for what cannot be undone, or shows everything."""

from datetime import timedelta

from django.utils import timezone

from users.models import Session, Utilisateur
from users.services import accounts, second_factor

# Whoever signed in so long ago may have left their telephone on a table.
RECENT = timedelta(hours=1)


class CodeNeeded(Exception):
    """The password is right, and the account has a second factor."""


def confirm(account: Utilisateur, *, password: str, code: str, address: str) -> None:
    """Ask once more for the password, and for a code if there is a second factor. Raises
    `WrongPassword`, `CodeNeeded`, `WrongCode` or `TooManyAttempts`."""
    accounts.confirm_password(account, password, address=address)
    if not second_factor.exists(account):
        return
    if not code:
        raise CodeNeeded
    second_factor.verify(account, code, address=address)


def is_recent(session: Session) -> bool:
    """Whether the owner was asked for all of it a short while ago, at the door."""
    return session.created_at > timezone.now() - RECENT
