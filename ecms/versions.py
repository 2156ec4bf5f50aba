"""Which public tables changed, known to every worker as soon as a change is committed.

A trigger of each watched table adds one line to `ecms_changement` per statement, whoever writes:
a view, the admin, a task, a command, SQL typed by hand. Lines are only added, so that writers never
wait for each other; a reader counts those it can see, which are those of committed changes.
"""

from contextlib import contextmanager
from datetime import timedelta

from django.apps import apps as installed
from django.db import connection, transaction
from django.utils import timezone

from ecms.db.prepared import Forgotten, Prepared, at_once, prepares

WATCHED = frozenset(
    {
        "mairies_mairie",
        "mairies_servicemunicipal",
        "documents_actualite",
        "documents_documentofficiel",
        "documents_faq",
        "documents_pagecms",
        "evenements_evenement",
        "evenements_inscriptionevenement",
        "projets_projet",
        "projets_miseajourprojet",
        "projets_documentprojet",
        "demarches_formulaire",
    }
)
# A transaction that writes longer than this ends by its time limits (`DATABASES`).
KEEP = timedelta(minutes=5)
# Two numbers: lines are forgotten in the order of their age, so that no pair comes back.
PLAN = Prepared("SELECT nom, count(*), sum(id)::bigint FROM ecms_changement GROUP BY nom")
# The trigger of each watched table, and the table that it writes to.
TRIGGER = "ecms_changement"
FUNCTION = """
CREATE OR REPLACE FUNCTION ecms_noter_changement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(current_setting('ecms.compteurs', true), '') <> 'on' THEN
        INSERT INTO ecms_changement (nom, date_creation) VALUES (TG_TABLE_NAME, clock_timestamp());
    END IF;
    RETURN NULL;
END $$
"""


def versions() -> dict[str, tuple[int, int]]:
    """What each watched table that changed lately is at: compared for equality, and no more."""
    return at_once(connection, _read)


def _read() -> dict[str, tuple[int, int]]:
    with connection.cursor() as cursor:
        try:
            if not prepares(connection):
                raise Forgotten
            PLAN.execute(cursor)
        except Forgotten:
            cursor.execute(PLAN.text)
        return {name: (count, total) for name, count, total in cursor.fetchall()}


def seen_by(request) -> dict[str, tuple[int, int]]:
    """The versions that this request found, which are read once."""
    if not hasattr(request, "table_versions"):
        request.table_versions = versions()
    return request.table_versions


def forget() -> int:
    """Drop the lines that no running transaction is older than; returns how many."""
    lines = installed.get_model("ecms", "Changement").objects
    return lines.filter(date_creation__lt=timezone.now() - KEEP).delete()[0]


@contextmanager
def counting():
    """A transaction that only moves counters of readings, which the public is not shown."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL ecms.compteurs = 'on'")
        yield


def install(apps=installed, **kwargs) -> None:
    """`post_migrate`: a trigger for each watched table. One that is there is not touched: making
    it takes a lock that writers wait for."""
    tables = {model._meta.db_table for model in apps.get_models()}
    if TRIGGER not in tables:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE t.tgname = %s AND pg_table_is_visible(c.oid)",
            [TRIGGER],
        )
        missing = (WATCHED & tables) - {table for (table,) in cursor.fetchall()}
    if not missing:
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(FUNCTION)
        for table in sorted(missing):
            cursor.execute(
                f"CREATE TRIGGER {TRIGGER} AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE"
                f' ON "{table}" FOR EACH STATEMENT EXECUTE FUNCTION ecms_noter_changement()'
            )
