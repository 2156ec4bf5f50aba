"""`manage.py purge`: every declared rule, by one process at a time."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from ecms import retention, tasks

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(monkeypatch):
    """What the only rule was asked for."""
    asked = []

    def rule(apply: bool) -> int:
        asked.append(apply)
        return 3

    monkeypatch.setattr(retention, "_rules", {})
    retention.declare("essais", rule)
    return asked


@pytest.fixture
def elsewhere(db):
    """Another process that is purging."""
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [retention.LOCK])
        yield
        # A closed connection is not yet a session that has ended.
        cursor.execute("SELECT pg_advisory_unlock(%s)", [retention.LOCK])
    other.close()


def run(*arguments, **options) -> str:
    out = io.StringIO()
    call_command("purge", *arguments, stdout=out, **options)
    return out.getvalue()


def test_it_applies_each_rule_and_says_how_many_rows(asked):
    assert run() == "essais : 3\n"
    assert asked == [True]


def test_a_dry_run_applies_none(asked):
    assert run("--dry-run") == "essais : 3\n"
    assert asked == [False]


def test_it_can_be_silent(asked):
    assert run(verbosity=0) == ""


def test_the_second_at_once_says_so_and_does_nothing(asked, elsewhere):
    with pytest.raises(CommandError, match="déjà en cours"):
        run()
    tasks.apply_retention()
    assert asked == []


def test_it_may_run_again_after_a_failure(asked):
    def broken(apply: bool) -> int:
        raise ValueError

    retention.declare("a", broken)
    with pytest.raises(ValueError):  # noqa: PT011
        run()
    retention.declare("a", lambda apply: 0)
    assert run() == "a : 0\nessais : 3\n"
