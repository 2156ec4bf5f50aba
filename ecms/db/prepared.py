"""Statements that PostgreSQL plans once per connection: planning a list takes it longer than
reading one page of it."""

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError

from ecms.db.conflicts import sqlstate

# Of one connection: some tens of kilobytes each in its backend.
AT_MOST = 200
# What was prepared is not there, or not as it was: a table has changed under its plan, or somebody
# between us and PostgreSQL changes backends (then `DB_PREPARES` is to be false).
FORGOTTEN = {"0A000", "26000", "42P05"}


class Prepared:
    """One statement: `text` as SQL with `$1`, `$2`… for what differs from time to time. `reads` are
    its tables, for whoever watches what is executed."""

    def __init__(self, text: str, reads: Iterable[str] = ()):
        self.text = text
        self.name = f"ecms_{hashlib.blake2b(text.encode(), digest_size=12).hexdigest()}"
        self.tables = " ".join(f'"{table}"' for table in sorted(reads))

    def execute(self, cursor, values: Sequence = ()) -> None:
        """Raises `Forgotten` when the statement must be run without being prepared."""
        known = _of(cursor.db)
        given = f"({', '.join(['%s'] * len(values))})" if values else ""
        run, new = f"EXECUTE {self.name}{given} /* {self.tables} */", self.name not in known
        if new:
            dropped = (
                f"DEALLOCATE {known.popitem(last=False)[0]}; " if len(known) >= AT_MOST else ""
            )
            text = self.text.replace("%", "%%") if values else self.text
            run = f"{dropped}PREPARE {self.name} AS {text}; {run}"
            known[self.name] = None
        known.move_to_end(self.name)
        try:
            cursor.execute(run, tuple(values) or None)
        except DatabaseError as error:
            known.clear()
            if sqlstate(error) not in FORGOTTEN:
                raise
            cursor.execute("DEALLOCATE ALL")
            raise Forgotten from error


class Forgotten(Exception):
    """PostgreSQL does not know the statement any more, or not as it was."""


def prepares(connection) -> bool:
    """Whether a statement may be prepared now: in a transaction, a failure would end it."""
    return settings.DB_PREPARES and not connection.in_atomic_block


def at_once(connection, read: Callable):
    """What `read()` returns, without asking first whether the connection is still good: if it is
    not, this very statement shows it, and is run on a new one. For what only reads."""
    asked = connection.connection is None or connection.health_check_done
    if asked or connection.in_atomic_block:
        return read()
    connection.health_check_done = True
    try:
        return read()
    except (OperationalError, InterfaceError):
        if connection.connection is None or connection.is_usable():
            raise
        connection.close()
        return read()


def _of(connection) -> OrderedDict[str, None]:
    """The names of what this connection has prepared, those used longest ago first."""
    of, known = getattr(connection, "prepared_by_ecms", (None, None))
    if of is not connection.connection:
        known = OrderedDict()
        connection.prepared_by_ecms = (connection.connection, known)
    return known
