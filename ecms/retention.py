"""What is kept no longer than the law and the mairie say. Each app declares its own rules;
`manage.py purge` and the daily task apply them all."""

from collections.abc import Callable
from contextlib import contextmanager

from django.db import connection, models

# An arbitrary number of ours: PostgreSQL's advisory locks are told apart by it.
LOCK = 0x45434D53
Rule = Callable[[bool], int]
Forgetting = Callable[[models.Model], None]
_rules: dict[str, Rule] = {}
_forgetting: list[Forgetting] = []


class AlreadyRunning(Exception):
    """Another process applies the rules at this moment."""


def declare(name: str, rule: Rule) -> None:
    """Register a rule under the name that the report gives it.

    `rule(apply)` returns how many rows are past their limit; with `apply` it has dealt with them,
    in transactions of its own, so that being cut short and run again does no harm.
    """
    _rules[name] = rule


def with_account(function: Forgetting) -> Forgetting:
    """Register what else is forgotten with an account: called in the transaction that ends it."""
    _forgetting.append(function)
    return function


def forget(account: models.Model) -> None:
    """Whoever this account is asked to be forgotten."""
    for function in _forgetting:
        function(account)


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
