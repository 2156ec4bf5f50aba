"""What a backup knows of the database besides its dump, and the session that it works in."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps
from django.db import connection
from django.db.models import FileField

from ecms import retention
from ecms.backups.errors import AlreadyRunning

LOCK = retention.LOCK + 1


@contextmanager
def alone() -> Iterator:
    """A cursor of a session of its own, which nobody else can have at the same time on this
    database. Raises `AlreadyRunning`."""
    session = connection.copy()
    try:
        with session.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
            cursor.execute("SET idle_in_transaction_session_timeout = 0")
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
            if not cursor.fetchone()[0]:
                raise AlreadyRunning(
                    "Une sauvegarde ou une restauration de cette base est déjà en cours."
                )
            yield cursor
    finally:
        session.close()


@contextmanager
def snapshot(cursor) -> Iterator[str]:
    """A transaction that sees the database as it is now, and the name by which pg_dump sees the
    same."""
    cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    try:
        yield _one(cursor, "SELECT pg_export_snapshot()")
    finally:
        cursor.execute("ROLLBACK")


def server_version(cursor) -> int:
    return _one(cursor, "SELECT current_setting('server_version_num')::int / 10000")


def tables(cursor) -> list[str]:
    return _column(
        cursor, "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
    )


def counts(cursor) -> dict[str, int]:
    """How many rows each table has."""
    quoted = {name: connection.ops.quote_name(name) for name in tables(cursor)}
    return {
        name: _one(cursor, f"SELECT count(*) FROM {table}")  # noqa: S608 the catalogue's own name
        for name, table in quoted.items()
    }


def sequences(cursor) -> dict[str, int]:
    """Where each sequence is now; they are of no transaction, nor of a snapshot."""
    cursor.execute(
        "SELECT sequencename, coalesce(last_value, 0) FROM pg_sequences"
        " WHERE schemaname = 'public' ORDER BY sequencename"
    )
    return dict(cursor.fetchall())


def migrations(cursor) -> dict[str, str]:
    """The last migration that was applied, by app."""
    cursor.execute("SELECT app, name FROM django_migrations ORDER BY id")
    return dict(cursor.fetchall())


def now(cursor):
    return _one(cursor, "SELECT now()")


def named_files(cursor) -> Iterator[tuple[object, str]]:
    """The files that rows name, each with its storage. The tables may be older than the models:
    one backs up before one migrates."""
    cursor.execute(
        "SELECT table_name, column_name FROM information_schema.columns"
        " WHERE table_schema = 'public'"
    )
    there = set(cursor.fetchall())
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if not isinstance(field, FileField) or model._meta.proxy:
                continue
            if (model._meta.db_table, field.column) not in there:
                continue
            table, column = map(connection.ops.quote_name, (model._meta.db_table, field.column))
            cursor.execute(f"SELECT {column} FROM {table} WHERE {column} <> ''")  # noqa: S608 ours
            for (name,) in cursor.fetchall():
                yield field.storage, name


def others(cursor) -> list[str]:
    """The programs that are connected to this database besides us."""
    return _column(
        cursor,
        "SELECT DISTINCT coalesce(nullif(application_name, ''), '?') FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        " AND backend_type = 'client backend' ORDER BY 1",
    )


# In the transaction that loads the dump; what belongs to an extension stays.
EMPTY = """
DO $$ DECLARE item record; BEGIN
  FOR item IN
    SELECT format('public.%I', c.relname) AS name,
           CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW'
                          WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS kind
      FROM pg_class c
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
       AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype IN ('e', 'i'))
     ORDER BY c.relkind = 'S'
  LOOP EXECUTE format('DROP %s IF EXISTS %s CASCADE', item.kind, item.name); END LOOP;
  FOR item IN
    SELECT p.oid::regprocedure::text AS name FROM pg_proc p
     WHERE p.pronamespace = 'public'::regnamespace
       AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
  LOOP EXECUTE format('DROP ROUTINE IF EXISTS %s CASCADE', item.name); END LOOP;
END $$;
"""


def _one(cursor, sql: str):
    cursor.execute(sql)
    return cursor.fetchone()[0]


def _column(cursor, sql: str) -> list:
    cursor.execute(sql)
    return [value for (value,) in cursor.fetchall()]
