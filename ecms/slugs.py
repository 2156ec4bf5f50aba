from django.db import IntegrityError, transaction
from django.utils.text import slugify

MAX_TRIES = 200


def slug_of(text: str, *, default: str, max_length: int = 80) -> str:
    """An ASCII slug that is never digits only, so that it is never taken for an id."""
    for letter, ascii_letters in {"œ": "oe", "Œ": "Oe", "æ": "ae", "Æ": "Ae", "’": " "}.items():
        text = text.replace(letter, ascii_letters)
    slug = slugify(text)[:max_length].strip("-")
    if not slug or slug.isdigit():
        return f"{default}-{slug}".strip("-")
    return slug


def save_with_slug(instance, text: str, *, constraint: str, field: str = "slug") -> None:
    """Save `instance` under a slug made of `text`, or the next free one of the same name.

    The unique constraint whose name begins with `constraint` decides: two rows saved at the same
    moment get two slugs. Any other violation is raised as it is.
    """
    base = slug_of(text, default=instance._meta.model_name)
    for number in range(1, MAX_TRIES):
        setattr(instance, field, base if number == 1 else f"{base}-{number}")
        try:
            with transaction.atomic():
                return instance.save()
        except IntegrityError as error:
            if not (violated_constraint(error) or "").startswith(constraint):
                raise
    raise IntegrityError(f"no free slug for {base}")


def violated_constraint(error: IntegrityError) -> str | None:
    """The name of the constraint that PostgreSQL refused, None when it names none."""
    diagnostic = getattr(error.__cause__, "diag", None)
    return diagnostic and diagnostic.constraint_name
