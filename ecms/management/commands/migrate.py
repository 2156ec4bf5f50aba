"""`migrate` while people are served.

An ALTER that waits for a lock makes everybody who comes after it wait, readers too. So it waits for
half a second, gives way to those who queue behind it, and comes back a little later. What is done
CONCURRENTLY makes nobody wait, and has all the time it needs.
"""

import time
from contextlib import contextmanager

from django.core.management.base import CommandError, no_translations
from django.core.management.commands import migrate
from django.db import OperationalError, connections

from ecms.db.conflicts import GAVE_UP, LOCK_NOT_AVAILABLE, sqlstate

LOCK_MILLISECONDS = 500
TRIES = 10
LONGEST_PAUSE = 15


class Command(migrate.Command):
    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument(
            "--lock-timeout",
            type=int,
            default=LOCK_MILLISECONDS,
            metavar="MS",
            help="combien de temps attendre un verrou avant de laisser passer les lecteurs "
            "(%(default)s millisecondes)",
        )
        parser.add_argument(
            "--lock-tries",
            type=int,
            default=TRIES,
            metavar="N",
            help="combien de fois essayer, de plus en plus espacées (%(default)s)",
        )

    @no_translations
    def handle(self, *args, lock_timeout, lock_tries, **options):
        connection = connections[options["database"]]
        for number in range(1, lock_tries + 1):
            self.under_way = None
            try:
                with (
                    _session(connection, lock_timeout=f"{lock_timeout}ms"),
                    connection.execute_wrapper(_takes_its_time),
                ):
                    return super().handle(*args, **options)
            except OperationalError as error:
                if sqlstate(error) not in {LOCK_NOT_AVAILABLE, *GAVE_UP}:
                    raise
                self._refuse_half_done()
            if number < lock_tries:
                self._pause(min(2 ** (number - 1), LONGEST_PAUSE))
        raise CommandError(
            f"{self._what()} : ses verrous n'ont pas pu être pris en {lock_tries} essais. Rien "
            "n'en a été fait. Relancez migrate à un moment plus calme ; pg_stat_activity dit qui "
            "les tient."
        )

    def migration_progress_callback(self, action, migration=None, fake=False):
        if action in {"apply_start", "unapply_start"}:
            self.under_way = migration
        elif action in {"apply_success", "unapply_success"}:
            self.under_way = None
        super().migration_progress_callback(action, migration, fake)

    def _refuse_half_done(self) -> None:
        """What is not one transaction may have done a part: to begin anew would not end it."""
        if self.under_way is not None and not self.under_way.atomic:
            raise CommandError(
                f"{self._what()} : un verrou n'a pas pu être pris, et cette migration n'est pas "
                "une transaction. Voyez ce qui en a été fait (un index « INVALID » est à "
                "supprimer), puis relancez migrate."
            )

    def _pause(self, seconds: int) -> None:
        self.stderr.write(
            f"\n{self._what()} : d'autres tiennent ses verrous ; nouvel essai dans {seconds} s."
        )
        time.sleep(seconds)

    def _what(self) -> str:
        return str(self.under_way or "migrate")


def _takes_its_time(execute, sql, params, many, context):
    if "CONCURRENTLY" not in str(sql):
        return execute(sql, params, many, context)
    with _session(context["connection"], lock_timeout="0", statement_timeout="0"):
        return execute(sql, params, many, context)


@contextmanager
def _session(connection, **wanted: str):
    """Settings of the session, until the block ends."""
    with connection.cursor() as cursor:
        before = {name: _set(cursor, name, value) for name, value in wanted.items()}
    try:
        yield
    finally:
        # Where the session is lost, so are its settings.
        if connection.connection is not None and connection.is_usable():
            with connection.cursor() as cursor:
                for name, value in before.items():
                    _set(cursor, name, value)


def _set(cursor, name: str, value: str) -> str:
    """Set it, and return what it was."""
    cursor.execute(f"SHOW {name}")
    (before,) = cursor.fetchone()
    cursor.execute("SELECT set_config(%s, %s, false)", [name, value])
    return before
