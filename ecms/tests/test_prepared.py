"""What a connection keeps prepared, and what happens when it is not there any more."""

import psycopg2
import pytest
from django.db import DataError, OperationalError, connection, transaction

from ecms.db import prepared
from ecms.db.prepared import Forgotten, Prepared, at_once, prepares
from ecms.versions import versions

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def table():
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE preuve (id int, mot text)")
        cursor.execute("INSERT INTO preuve VALUES (1, 'un'), (2, 'deux')")
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE preuve; DEALLOCATE ALL")
    connection.close()


def rows(plan, *values):
    with connection.cursor() as cursor:
        plan.execute(cursor, values)
        return cursor.fetchall()


def known() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_prepared_statements")
        return {name for (name,) in cursor.fetchall()}


def run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def test_it_is_prepared_once():
    plan = Prepared("SELECT mot FROM preuve WHERE id = $1")
    assert [rows(plan, n) for n in (1, 2, 1)] == [[("un",)], [("deux",)], [("un",)]]
    assert plan.name in known()


def test_values_are_never_read_as_sql():
    plan = Prepared("SELECT $1::text, '100 %'")
    for value in ("x'); DROP TABLE preuve; --", "\\", "%s", "$1", "'", "%(a)s", "E'\\''"):
        assert rows(plan, value) == [(value, "100 %")]


@pytest.mark.parametrize("change", ["ALTER TABLE preuve ADD autre int", "DISCARD ALL"])
def test_what_is_gone_is_said_and_then_prepared_anew(change):
    plan, other = Prepared("SELECT * FROM preuve ORDER BY id"), Prepared("SELECT 1")
    rows(plan), rows(other)
    run(change)
    with pytest.raises(Forgotten):
        rows(plan)
    assert [row[:2] for row in rows(plan)] == [(1, "un"), (2, "deux")]
    assert rows(other) == [(1,)]


def test_a_name_that_is_taken_is_no_fault():
    plan = Prepared("SELECT 7")
    run(f"PREPARE {plan.name} AS SELECT 8")
    with pytest.raises(Forgotten):
        rows(plan)
    assert rows(plan) == [(7,)]


def test_another_fault_is_told_and_harms_nobody():
    plan = Prepared("SELECT 1 / $1::int")
    assert rows(plan, 1) == [(1,)]
    with pytest.raises(DataError):
        rows(plan, 0)
    with pytest.raises(Forgotten):
        rows(plan, 1)
    assert rows(plan, 1) == [(1,)]


def test_a_connection_keeps_a_bounded_number(monkeypatch):
    monkeypatch.setattr(prepared, "AT_MOST", 3)
    run("DEALLOCATE ALL")
    connection.close()
    plans = [Prepared(f"SELECT {n}") for n in range(5)]
    for _again in range(2):
        assert [rows(plan) for plan in plans] == [[(n,)] for n in range(5)]
    assert known() == {plan.name for plan in plans[-3:]}


def test_a_new_connection_knows_nothing():
    plan = Prepared("SELECT 1")
    rows(plan)
    connection.close()
    assert rows(plan) == [(1,)]


def test_in_a_transaction_nothing_is_prepared(settings):
    assert prepares(connection)
    with transaction.atomic():
        assert not prepares(connection)
    settings.DB_PREPARES = False
    assert not prepares(connection)


def _cut() -> None:
    """End the backend of this thread, as a restart of PostgreSQL does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    with psycopg2.connect(**_dsn()) as other, other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    other.close()


def _dsn() -> dict:
    return {
        name: value
        for name, value in connection.get_connection_params().items()
        if name in {"dbname", "user", "password", "host", "port"}
    }


def test_a_connection_that_was_cut_is_replaced_on_the_way():
    before = versions()
    _cut()
    # As at the beginning of a request.
    connection.close_if_unusable_or_obsolete()
    assert versions() == before
    assert rows(Prepared("SELECT 1")) == [(1,)]


def test_a_refusal_is_not_run_twice():
    runs = []

    def refused():
        runs.append(1)
        run("SELECT 1 / 0")

    connection.close_if_unusable_or_obsolete()
    with pytest.raises(DataError):
        at_once(connection, refused)
    run("SET statement_timeout = 100")
    connection.health_check_done = False
    with pytest.raises(OperationalError, match="timeout"):
        at_once(connection, lambda: (runs.append(1), run("SELECT pg_sleep(5)")))
    assert len(runs) == 2
    connection.close()
