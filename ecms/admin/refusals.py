"""What a service or the database refuses, in the words of whoever filled the form."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from rest_framework import exceptions as api

from ecms.api.errors import DEFAULTS, constraint_named, named_fields
from ecms.exceptions import DomainError
from ecms.files import is_full
from ecms.slugs import violated_constraint

# What a service refuses, and what else a form is shown again for.
SAID = (DomainError, ValidationError, api.ValidationError)
REFUSALS = (*SAID, IntegrityError, OSError)


def refusal(error: Exception) -> ValidationError:
    """What `error` says to whoever filled the form; raised again when it says nothing."""
    if isinstance(error, ValidationError):
        return error
    if isinstance(error, DomainError):
        return ValidationError(str(error.message))
    if isinstance(error, api.ValidationError):
        return ValidationError(list(_sentences(error.detail)))
    if isinstance(error, OSError):
        if not is_full(error):
            raise error
        return ValidationError(str(DEFAULTS[507][1]))
    constraint = constraint_named(violated_constraint(error))
    if constraint is None:
        raise error
    message = str(constraint.get_violation_error_message())
    named = named_fields(constraint)
    return ValidationError({name: [message] for name in named} if named else message)


def _sentences(detail):
    """What a service said in the words of the API, however it is nested."""
    if isinstance(detail, dict | list):
        for inner in detail.values() if isinstance(detail, dict) else detail:
            yield from _sentences(inner)
    else:
        yield str(detail)


def refusing(form_class, refused: ValidationError):
    """`form_class` as it is shown again, with what was typed and what was refused."""

    class Refusing(form_class):
        def clean(self):
            cleaned = super().clean()
            said = refused.message_dict if hasattr(refused, "error_dict") else {}
            for name, messages_ in (said or {None: refused.messages}).items():
                self.add_error(name if name in self.fields else None, messages_)
            return cleaned

    return Refusing
