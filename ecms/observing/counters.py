"""Counters of what task workers do, in PostgreSQL: nobody can ask a worker for its own."""

from contextlib import suppress

from django.db import DatabaseError, InterfaceError, connection, transaction

# Each alone in its transaction, so that workers wait for each other no longer than it takes.
ADD = """
INSERT INTO ecms_compteur (nom, sujet, issue, nombre, secondes, date_creation, date_modification)
VALUES (%s, %s, %s, 1, %s, clock_timestamp(), clock_timestamp())
ON CONFLICT (nom, sujet, issue) DO UPDATE SET
    nombre = ecms_compteur.nombre + 1,
    secondes = ecms_compteur.secondes + excluded.secondes,
    date_modification = excluded.date_modification
"""


def add(name: str, subject: str, outcome: str, seconds: float = 0) -> None:
    """Count one more. What it counts has happened: where this fails, a figure is wrong, no more."""
    with (
        suppress(DatabaseError, InterfaceError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(ADD, [name, subject[:120], outcome, seconds])
