"""How long a thread waits for PostgreSQL (faults/test_postgresql.py holds a whole one)."""

import socket
import time

import psycopg2
import pytest
from django.db import OperationalError, connection

from ecms.db import waiting


@pytest.fixture(autouse=True)
def _little_patience(monkeypatch):
    monkeypatch.setattr(waiting, "_patience", 200)
    monkeypatch.setattr(waiting, "_in_doubt", False)
    monkeypatch.setattr(waiting, "_next_patient", 0.0)


@pytest.fixture
def silent():
    """The port of somebody who takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_statement_that_takes_its_time_is_waited_for(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT 7 FROM pg_sleep(1)")
        assert cursor.fetchone() == (7,)
    assert not waiting._in_doubt


def test_a_server_that_says_nothing_is_given_up(silent):
    began = time.monotonic()
    with pytest.raises(psycopg2.OperationalError, match="did not answer for 0.2 seconds"):
        psycopg2.connect(host="127.0.0.1", port=silent, user="ecms_user", dbname="ecms_db")
    assert time.monotonic() - began < 2
    assert waiting._in_doubt


def test_the_first_answer_ends_the_doubt(db, monkeypatch):
    monkeypatch.setattr(waiting, "_in_doubt", True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    assert not waiting._in_doubt


def test_a_refusal_is_told_as_libpq_tells_it(silent):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        with pytest.raises(psycopg2.OperationalError, match="Connection refused"):
            psycopg2.connect(host="127.0.0.1", port=port, user="ecms_user", dbname="ecms_db")


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_was_given_up_is_opened_anew(monkeypatch):
    """A statement that nobody works at: the server cannot be reached beside."""
    monkeypatch.setattr(waiting, "_is_there", lambda info, seconds: False)
    with pytest.raises(OperationalError, match="did not answer"), connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(5)")
    connection.close_if_unusable_or_obsolete()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
