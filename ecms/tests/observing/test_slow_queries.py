"""A slow statement is told, by its text and never by its values."""

import pytest
from django.db import connection, connections
from django.test import Client

from documents.tests.factories import ActualiteFactory
from ecms.observing import queries
from ecms.observing.context import doing
from ecms.observing.queries import tally, without_values


def told(lines) -> list[dict]:
    return [line for line in lines() if line["logger"] == "ecms.query"]


def run(sql: str, params=None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


def test_it_works(db, settings, lines):
    settings.SLOW_QUERY_MS = 50
    run("SELECT 1")
    token = doing.set("demarches.tasks.rappeler")
    run("SELECT pg_sleep(0.06), %s", ["awa@exemple.cm"])
    doing.reset(token)
    (line,) = told(lines)
    assert line["level"] == "WARNING"
    assert line["sql"] == "SELECT pg_sleep(0.06), %s"
    assert line["ms"] >= 60
    assert line["route"] == "demarches.tasks.rappeler"
    assert line["request_id"] == "-"
    assert "awa" not in str(line)


def test_it_names_the_route_and_the_request(yaounde, settings, lines):
    ActualiteFactory(mairie=yaounde, publiee=True)
    settings.SLOW_QUERY_MS = 50
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE documents_actualite RENAME TO lente;"
            "CREATE VIEW documents_actualite AS SELECT *"
            " FROM lente, LATERAL (SELECT pg_sleep(0.06)::text AS p) AS pause"
        )
    Client().get("/api/v1/actualites", headers={"X-Request-ID": "request-0007"})
    line = told(lines)[0]
    assert line["route"] == "api/v1/actualites$"
    assert line["request_id"] == "request-0007"
    assert "documents_actualite" in line["sql"]


@pytest.mark.parametrize("limit", [0, 5000])
def test_what_is_fast_enough_is_not_told(db, settings, lines, limit):
    settings.SLOW_QUERY_MS = limit
    run("SELECT pg_sleep(0.01)")
    assert told(lines) == []


@pytest.mark.parametrize(
    ("sql", "text"),
    [
        ("SELECT 'awa@exemple.cm'", "SELECT '?'"),
        ("SELECT 'l''eau', 'x'", "SELECT '?', '?'"),
        ("SELECT 'une\nligne' , 677123456", "SELECT '?' , ?"),
        ("SELECT $a$Awa's$a$, $$b$$", "SELECT '?', '?'"),
        ('SELECT "T3"."id" LIMIT 21', 'SELECT "T3"."id" LIMIT 21'),
        ("WHERE id IN (%s, %s, %s, %s, %s)", "WHERE id IN (%s, …)"),
        ("SELECT 'not closed, awa", "SELECT '?'"),
    ],
)
def test_values_in_the_text_are_blanked(sql, text):
    assert without_values(sql) == text


def test_a_text_is_bounded():
    assert len(without_values("SELECT " + "colonne, " * 100_000)) <= queries.LONGEST_TEXT + 1


def test_statements_are_counted_whatever_wraps_them(db):
    """`execute_wrapper` takes the last of the list away, also of a connection made within it."""
    fresh = connections["default"].copy()
    seen = []

    def note(execute, sql, params, many, context):
        seen.append(sql)
        return execute(sql, params, many, context)

    before = tally.count
    try:
        with fresh.execute_wrapper(note), fresh.cursor() as cursor:
            cursor.execute("SELECT 1")
        with fresh.cursor() as cursor:
            cursor.execute("SELECT 2")
    finally:
        fresh.close()
    assert seen == ["SELECT 1"]
    assert tally.count - before == 2
    assert tally.seconds > 0
