"""Anonymous visitors' reading on a replica, where `DB_REPLICA_HOST` names one.

A replica is a little behind. What reads there is therefore opened to it one answer at a time
(`one_answer`), for answers that anybody's cache may hold anyway; the first write ends it,
and nothing reads there within a transaction. Everything else is the primary's.
"""

import logging
import time
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.db import DEFAULT_DB_ALIAS, OperationalError, connections

logger = logging.getLogger("ecms.replica")
REPLICA = "replica"
# How long the primary reads for a replica that did not answer, before it is asked again.
REST_SECONDS = 10

_resting_until = 0.0


@dataclass
class Answer:
    """What one answer may read, and whether it did: then it may be behind."""

    allowed: bool = False
    may_lag: bool = False


# What is no answer of the API stands here, and nobody allows it anything.
_answer: ContextVar[Answer] = ContextVar("answer", default=Answer())  # noqa: B039


class Router:
    """Never says None: Django would write a row to where it was read from."""

    def db_for_read(self, model, **hints) -> str:
        answer = _answer.get()
        if not answer.allowed or connections[DEFAULT_DB_ALIAS].in_atomic_block or not _answers():
            return DEFAULT_DB_ALIAS
        answer.may_lag = True
        return REPLICA

    def db_for_write(self, model, **hints) -> str:
        # Whoever has written reads what they wrote. Rows that are locked come by here too.
        _answer.get().allowed = False
        return DEFAULT_DB_ALIAS

    def allow_relation(self, one, other, **hints) -> bool:
        return True

    def allow_migrate(self, db, app_label, **hints) -> bool:
        return db == DEFAULT_DB_ALIAS


@contextmanager
def one_answer():
    """An answer that may be `allowed` the replica; a thread gives one after another."""
    token = _answer.set(Answer())
    try:
        yield _answer.get()
    finally:
        _answer.reset(token)


def _answers() -> bool:
    """Whether the replica can be read; one that cannot costs visitors one timeout, not a page."""
    global _resting_until
    if time.monotonic() < _resting_until:
        return False
    try:
        connections[REPLICA].close_if_health_check_failed()
        connections[REPLICA].ensure_connection()
    except OperationalError as error:
        _resting_until = time.monotonic() + REST_SECONDS
        logger.warning("the replica does not answer: %s", type(error).__name__)
        return False
    return True
