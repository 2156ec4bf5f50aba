"""Which programs of PostgreSQL are run, and what their command lines tell."""

import io

import pytest
from django.conf import settings as project
from django.db import connection
from django.db.backends.postgresql.client import DatabaseClient

from ecms.backups import programs
from ecms.backups.errors import BackupError


def test_the_embedded_engine_uses_the_programs_of_its_wheel(settings):
    if connection.settings_dict["ENGINE"] != settings.EMBEDDED:
        pytest.skip("the tests run on a server of the environment")
    words, environment = programs.command("pg_dump", "-Fc")
    assert "pginstall" in words[0]
    assert not [
        name
        for name in environment
        if name.startswith("PG") and name not in {"PGPASSWORD", "PGSSLMODE"}
    ]


def test_the_other_engine_uses_those_on_path_and_tells_no_password(settings, monkeypatch, tmp_path):
    settings.EMBEDDED = "none"
    words, environment = _command_of_a_server(monkeypatch, "pg_dump", "-Fc")
    where = ["-U", "mairie", "-h", "db.example", "-p", "5433", "--dbname", "ecms"]
    assert words[1:] == [*where, "-Fc"]
    assert "tres-secret" not in " ".join(words)
    assert environment["PGPASSWORD"] == "tres-secret"
    assert environment["PGSSLMODE"] == "verify-full"
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BackupError, match="postgresql-client"):
        _command_of_a_server(monkeypatch, "pg_dump")


def _command_of_a_server(monkeypatch, *words):
    """The settings of `DB_*`, with Django's own engine."""
    from_environment = {
        "ENGINE": project.POSTGRESQL, "NAME": "ecms", "USER": "mairie", "PASSWORD": "tres-secret",
        "HOST": "db.example", "PORT": "5433", "OPTIONS": {"sslmode": "verify-full"},
    }  # fmt: skip
    stand_in = type("Connection", (), {"settings_dict": from_environment, "client": DatabaseClient})
    monkeypatch.setattr(programs, "connection", stand_in)
    return programs.command(*words)


def test_what_an_older_server_does_not_know_is_left_out():
    """pg_restore 17 and later set a parameter of 17 on whatever server they restore to."""
    line = b"SET transaction_timeout = 0;\n"
    preamble = b"-- PostgreSQL database dump\nSET lock_timeout = 0;\n"
    body = b"SELECT 1;\n" * programs.BLOCK + line
    target = io.BytesIO()
    programs.pass_on(io.BytesIO(preamble + line + body), target)
    assert target.getvalue() == preamble + body


def test_a_client_older_than_the_server_is_refused():
    with pytest.raises(BackupError, match="installez les programmes clients de PostgreSQL 99"):
        programs.refuse_older_than(99, "pg_dump")
