"""Numbers that a clerk reads aloud, and secrets that a person may have to type."""

import secrets
from collections.abc import Callable

from django.db import IntegrityError, models, transaction
from django.utils import timezone

from ecms.slugs import violated_constraint

# Without I, L, O, U, 0 and 1, which are mistaken for each other on paper and on the phone.
ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
TRIES = 5


def new_number(prefix: str) -> str:
    """A number such as `D-2026-7K3F-9QXM`: the year is Douala's, the rest is random and says
    nothing of how many there are. Unique by its column's constraint: see `save_with_number`."""
    return f"{prefix}-{timezone.localdate().year}-{_letters(4)}-{_letters(4)}"


def new_secret() -> str:
    """Sixteen characters, 78 bits, to be written with dashes or without: see `read_secret`."""
    return _letters(16)


def read_secret(typed: object) -> str:
    """What somebody typed or pasted, as it is stored; "" when it cannot be a secret."""
    if not isinstance(typed, str) or len(typed) > 64:
        return ""
    return "".join(c for c in typed.upper() if c.isascii() and c.isalnum())


def read_number(typed: str) -> str:
    """A number as it is stored: any case, blanks around it."""
    return typed.strip().upper()


def show_secret(secret: str) -> str:
    """A secret in groups of four, as it is printed and mailed."""
    return "-".join(secret[i : i + 4] for i in range(0, len(secret), 4))


def save_with_number(
    instance: models.Model, prefix: str, *, make: Callable[[str], str] = new_number
) -> None:
    """Save a new row under a number of its own, in `numero_suivi`.

    The unique constraint decides: a number that is taken is drawn again. Any other violation is
    raised as it is.
    """
    for _try in range(TRIES):
        instance.numero_suivi = make(prefix)
        try:
            with transaction.atomic():
                return instance.save(force_insert=True)
        except IntegrityError as error:
            if "numero_suivi" not in (violated_constraint(error) or ""):
                raise
    raise IntegrityError(f"no free number for {prefix}")


def _letters(count: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(count))
