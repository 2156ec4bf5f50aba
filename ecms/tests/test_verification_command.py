"""The command: its two formats, its exit code, what it never shows, where it still answers."""

import json

import pytest
from django.db import connection

from ecms.tests.reports import (
    KEY,
    PRODUCTION,
    execute,
    line,
    run,
    run_elsewhere,
    verdicts,
)
from ecms.verification import verify
from ecms.verification.render import SYMBOLS, as_markdown
from ecms.verification.report import Line, Report, Section, Verdict


@pytest.fixture(autouse=True)
def _in_the_demonstration(settings):
    """Whatever server the tests were pointed at."""
    settings.DEMO = True


def test_secrets_never_appear(db, settings, monkeypatch):
    secrets = [KEY, "mot-de-passe-de-la-base", "mot-de-passe-du-courriel"]
    settings.SECRET_KEY = secrets[0]
    settings.EMAIL_HOST_PASSWORD = secrets[2]
    monkeypatch.setitem(connection.settings_dict, "PASSWORD", secrets[1])
    for form in ("md", "json"):
        written = run("--format", form)[1]
        assert not [secret for secret in secrets if secret in written]


@pytest.mark.parametrize(
    "weak", ["your-secret-key-here", "courte", "a" * 60, "django-insecure-" + KEY]
)
def test_a_weak_key_is_never_ok(db, settings, weak):
    settings.SECRET_KEY = weak
    report = verify()
    assert line(report, "variables.SECRET_KEY").verdict == Verdict.WARNING
    assert line(report, "checklist.secret_key").verdict == Verdict.WARNING
    settings.DEMO = False
    assert line(verify(), "checklist.secret_key").verdict == Verdict.FAILURE


def test_both_formats_say_the_same(db):
    written = json.loads(run("--format", "json")[1])
    markdown = run("--format", "md")[1]
    for part in written["sections"]:
        table = markdown.partition(f"## {part['title']}\n")[2].partition("\n---\n")[0]
        for each in part["lines"]:
            symbol = SYMBOLS[Verdict(each["verdict"])]
            assert f"| {each['label']} | {symbol} " in table


def test_a_bar_or_a_newline_does_not_break_the_table():
    report = Report([Section("a", "A", [Line("a.b", "b", Verdict.OK, "un | deux\ntrois")])])
    assert "| un \\| deux trois |" in as_markdown(report)


def test_exit_codes(db):
    assert run()[0] == 0
    assert run("--fail-on-warning")[0] == 1
    execute("DROP TABLE documents_faq CASCADE")
    code, written = run("--format", "json")
    assert code == 1
    assert json.loads(written)["verdict"] == "echec"


@pytest.mark.parametrize(
    ("verdict", "holds", "without_warning"),
    [
        (Verdict.OK, True, True),
        (Verdict.INFO, True, True),
        (Verdict.TO_CONFIRM, True, False),
        (Verdict.WARNING, True, False),
        (Verdict.FAILURE, False, False),
    ],
)
def test_what_holds(verdict, holds, without_warning):
    report = Report([Section("a", "A", [Line("a.b", "b", verdict, "")])])
    assert report.holds() is holds
    assert report.holds(without_warning=True) is without_warning


def test_the_demonstration_says_so(db):
    report = verify()
    found = line(report, "checklist.credentials")
    assert found.verdict == Verdict.WARNING
    assert found.evidence.startswith("démonstration")
    assert "**démonstration**" in as_markdown(report)


def test_production_with_the_example_values_fails():
    done = run_elsewhere(PRODUCTION, "--format", "json")
    assert (done.returncode, done.stderr) == (1, "")
    assert json.loads(done.stdout)["environment"] == "production"
    found = verdicts(done.stdout)
    expected = {
        "checks.deployment.ecms.E010",
        "checks.deployment.ecms.E011",
        "checks.deployment.ecms.E012",
        "checklist.credentials",
        "checklist.allowed_hosts",
        "checklist.email",
        "variables.DB_PASSWORD",
    }
    assert {code for code in expected if found.get(code) != "echec"} == set()
    held = {"checklist.debug", "checklist.secret_key", "checklist.cors", "variables.SECRET_KEY"}
    assert {found[code] for code in held} == {"ok"}
    assert KEY not in done.stdout
    assert PRODUCTION["EMAIL_HOST_PASSWORD"] not in done.stdout


def test_an_unreachable_server_is_reported_and_not_thrown():
    variables = {**PRODUCTION, "DB_ENGINE": "django.db.backends.postgresql"}
    variables |= {"DB_HOST": "127.0.0.1", "DB_PORT": "1"}
    done = run_elsewhere(variables, "--format", "json")
    assert (done.returncode, done.stderr) == (1, "")
    found = verdicts(done.stdout)
    assert found["connection.server"] == "echec"
    assert found["deployment.access"] == "echec"
    assert found["endpoints./api/v1/auth/login"] == "ok"
    assert "PostgreSQL ne peut être joint" in done.stdout


def test_a_database_without_a_name_is_reported():
    variables = {**PRODUCTION, "DB_ENGINE": "django.db.backends.postgresql", "DB_NAME": ""}
    done = run_elsewhere(variables, "--format", "json")
    assert (done.returncode, done.stderr) == (1, "")
    assert verdicts(done.stdout)["variables.DB_NAME"] == "echec"
