from collections.abc import Iterator
from string import ascii_lowercase

from django.db import IntegrityError, transaction
from django.utils.crypto import get_random_string
from django.utils.text import slugify

NUMBERED = 20
LETTERS = str.maketrans({"œ": "oe", "Œ": "Oe", "æ": "ae", "Æ": "Ae", "’": " ", "'": " "})


def slug_of(text: str, *, default: str, max_length: int = 80) -> str:
    """An ASCII slug that is never digits only, so that it is never taken for an id."""
    slug = slugify(text.translate(LETTERS))[:max_length].strip("-")
    if not slug or slug.isdigit():
        return f"{default}-{slug}".strip("-")
    return slug


def save_with_slug(instance, text: str, *, constraint: str, field: str = "slug") -> None:
    """Save `instance` under a slug made of `text`, or the next free one of the same name.

    The unique constraint whose name begins with `constraint` decides: two rows saved at the same
    moment get two slugs. Any other violation is raised as it is.
    """
    base = slug_of(text, default=instance._meta.model_name)
    for suffix in _suffixes():
        setattr(instance, field, base + suffix)
        try:
            with transaction.atomic():
                return instance.save()
        except IntegrityError as error:
            if not (violated_constraint(error) or "").startswith(constraint):
                raise
    raise IntegrityError(f"no free slug for {base}")


def _suffixes() -> Iterator[str]:
    """Nothing, then small numbers; a title that has come back for years gets random letters."""
    yield ""
    yield from (f"-{number}" for number in range(2, NUMBERED))
    yield from (f"-{get_random_string(8, ascii_lowercase)}" for _try in range(3))


def violated_constraint(error: IntegrityError) -> str | None:
    """The name of the constraint that PostgreSQL refused, None when it names none."""
    diagnostic = getattr(error.__cause__, "diag", None)
    return diagnostic and diagnostic.constraint_name
