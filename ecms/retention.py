"""What is kept no longer than the law and the mairie say. Each app declares its own rules;
`manage.py purge` and the daily task apply them all."""

from collections.abc import Callable
from contextlib import contextmanager

from django.db import connection, transaction

from ecms.portability import Person

# An arbitrary number of ours: PostgreSQL's advisory locks are told apart by it.
LOCK = 0x45434D53
Rule = Callable[[bool], int]
Forgetting = Callable[[Person], None]
_rules: dict[str, Rule] = {}
_forgetting: list[Forgetting] = []
_guards: list[Forgetting] = []


class AlreadyRunning(Exception):
    """Another process applies the rules at this moment."""


def declare(name: str, rule: Rule) -> None:
    """Register a rule under the name that the report gives it.

    `rule(apply)` returns how many rows are past their limit; with `apply` it has dealt with them,
    in transactions of its own, so that being cut short and run again does no harm.
    """
    _rules[name] = rule


def with_person(function: Forgetting) -> Forgetting:
    """Register what is forgotten of a person who asks for it: called in one transaction with all
    that is registered."""
    _forgetting.append(function)
    return function


def unless(function: Forgetting) -> Forgetting:
    """Register what stands in the way of being forgotten: a function that raises `DomainError`."""
    _guards.append(function)
    return function


@transaction.atomic
def check(person: Person) -> None:
    """Raises `DomainError` while something of theirs is under way; what is not stays so until the
    surrounding transaction ends."""
    for function in _guards:
        function(person)


def forget(person: Person) -> None:
    """Whoever this is asks to be forgotten."""
    for function in _forgetting:
        function(person)


def run(*, apply: bool) -> dict[str, int]:
    """Apply every rule, or only count. Returns how many rows by rule.

    Raises `AlreadyRunning` rather than do it twice at once.
    """
    with _alone():
        return {name: rule(apply) for name, rule in sorted(_rules.items())}


@contextmanager
def _alone():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            raise AlreadyRunning
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
