"""The verification report on the real database, whose schema the tests really change."""

import json
import os
import subprocess
import sys
from io import StringIO

import pytest
from django.conf import settings as project_settings
from django.core.management import call_command
from django.db import connection
from django.urls import path
from django.views.generic import View

from ecms.tests.served import Mailbox
from ecms.verification import documented, endpoints, verify
from ecms.verification.checklist import judge_allowed_hosts, judge_cors
from ecms.verification.connection import judge_tls
from ecms.verification.database import row
from ecms.verification.render import SYMBOLS, as_markdown
from ecms.verification.report import Line, Report, Section, Verdict
from ecms.verification.services import judge_backups, judge_logging, judge_mail, judge_rate_limits

SMTP = "django.core.mail.backends.smtp.EmailBackend"
KEY = "cle-tiree-au-hasard-Zq8vN3xW7rT1yB5mK9pL2sD6fG4hJ0"
PRODUCTION = {
    "DB_ENGINE": "ecms.db.embedded",
    "DB_PASSWORD": "root",
    "SECRET_KEY": KEY,
    "DEBUG": "False",
    "ALLOWED_HOSTS": "*",
    "API_BASE_URL": "https://api.mairie.cm/api/v1",
    "FRONTEND_URL": "https://mairie.cm",
    "EMAIL_HOST": "127.0.0.1",
    "EMAIL_PORT": "1",
    "EMAIL_HOST_USER": "postier",
    "EMAIL_HOST_PASSWORD": "mot-de-passe-du-postier",
}


@pytest.fixture(autouse=True)
def _in_the_demonstration(settings):
    """Whatever server the tests were pointed at."""
    settings.DEMO = True


class GetOnly(View):
    def get(self, request):
        """Whatever the document wanted, only this is allowed."""


# The root of the routes in the test of wrong endpoints: a wrong method, and no other address.
urlpatterns = [path("api/v1/auth/login", GetOnly.as_view())]


def line(report, code):
    return next(each for each in report.lines if each.code == code)


def failing(report):
    return {each.code for each in report.lines if each.verdict == Verdict.FAILURE}


def execute(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


def run(*options):
    """The command's exit code and what it wrote."""
    out = StringIO()
    try:
        call_command("verify_deployment", *options, stdout=out)
    except SystemExit as end:
        return end.code, out.getvalue()
    return 0, out.getvalue()


def run_elsewhere(variables, *options):
    """The command in a process that has only these variables and no test about it."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", "verify_deployment", *options],
        cwd=project_settings.BASE_DIR,
        env={**kept, "PYTHONIOENCODING": "utf-8", **variables},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def verdicts(written):
    content = json.loads(written)
    return {each["code"]: each["verdict"] for part in content["sections"] for each in part["lines"]}


def test_everything_holds_on_a_migrated_database(db):
    report = verify()
    assert failing(report) == set()
    assert report.holds()
    assert not report.holds(without_warning=True)


def test_the_sections_follow_the_document(db):
    numbers = [section.title.partition(".")[0] for section in verify().sections]
    assert numbers == [str(number) for number in range(1, 12)]


def test_codes_are_unique(db):
    codes = [each.code for each in verify().lines]
    assert len(codes) == len(set(codes))


def test_the_document_is_kept_whole():
    assert len(documented.ALL_TABLES) == 30
    assert len(documented.UTILISATEUR.columns) == 17
    assert len(documented.UTILISATEUR.columns + documented.UTILISATEUR.additional) == 27
    assert len(documented.TOKEN_VERIFICATION.columns) == 7
    assert len(documented.MIGRATIONS) == 4
    assert len(documented.ENDPOINTS) == 10


def test_nothing_is_left_behind(db):
    query = "SELECT (SELECT count(*) FROM ecms_limitcounter), (SELECT count(*) FROM ecms_courriel)"
    with connection.cursor() as cursor:
        cursor.execute(query)
        before = cursor.fetchone()
        verify()
        cursor.execute(query)
        assert cursor.fetchone() == before


def test_a_missing_table_fails(db):
    execute("DROP TABLE documents_faq CASCADE")
    assert failing(verify()) == {
        "tables.documents_faq",
        "tables.total",
        "tables.models",
        "connectivity.tables",
        "deployment.database",
        "deployment.models",
    }


def test_a_table_nobody_explains_is_a_warning(db):
    execute("CREATE TABLE mystere (id bigint)")
    found = line(verify(), "tables.mystere")
    assert found.verdict == Verdict.WARNING
    assert line(verify(), "tables.users_session").verdict == Verdict.OK


@pytest.mark.parametrize(
    ("change", "code", "reason"),
    [
        ("ALTER COLUMN avatar_url TYPE varchar(200)", "avatar_url", "character varying(200)"),
        ("ALTER COLUMN email SET NOT NULL", "email", "NULL permis : True"),
        ("ALTER COLUMN last_name DROP NOT NULL", "last_name", "NULL permis : False"),
        ("ALTER COLUMN role_user TYPE text", "role_user", "text trouvé"),
        ("ALTER COLUMN id DROP IDENTITY", "id", "identité"),
        ("DROP CONSTRAINT users_utilisateur_username_key", "username", "unique"),
    ],
)
def test_a_changed_column_fails(db, change, code, reason):
    execute(f"ALTER TABLE users_utilisateur {change}")
    report = verify()
    assert failing(report) == {f"schema.users_utilisateur.{code}"}
    assert reason in line(report, f"schema.users_utilisateur.{code}").evidence


def test_a_missing_column_fails_in_the_schema_and_in_the_models(db):
    execute("ALTER TABLE users_tokenverification DROP COLUMN expire_at")
    assert failing(verify()) == {
        "schema.users_tokenverification.expire_at",
        "schema.users_tokenverification",
        "tables.models",
        "deployment.models",
    }


def test_a_column_of_nobody_is_seen(db):
    execute("ALTER TABLE users_utilisateur ADD COLUMN citoyen boolean")
    report = verify()
    assert line(report, "schema.users_utilisateur.citoyen").verdict == Verdict.WARNING
    assert "28 colonnes" in line(report, "schema.users_utilisateur").evidence
    assert "citoyen est de trop" in line(report, "tables.models").evidence


def test_another_default_in_the_model_fails(db, django_user_model, monkeypatch):
    field = django_user_model._meta.get_field("role_user")
    monkeypatch.setattr(field, "_get_default", lambda: "AGENT")
    found = line(verify(), "schema.users_utilisateur.role_user")
    assert found.verdict == Verdict.FAILURE
    assert "'CITOYEN' documenté, 'AGENT' trouvé" in found.evidence


def test_an_unapplied_migration_fails(db):
    execute("DELETE FROM django_migrations WHERE app = 'users' AND name = '0004_add_otp_fields'")
    report = verify()
    assert failing(report) == {
        "migrations.users.0004_add_otp_fields",
        "migrations.pending",
        "migrations.history",
        "deployment.migrations",
    }
    assert "0004_add_otp_fields" in line(report, "migrations.pending").evidence


def test_a_wrong_endpoint_fails(settings):
    settings.ROOT_URLCONF = __name__
    lines = {each.code: each for each in endpoints.section().lines}
    assert {each.verdict for each in lines.values()} == {Verdict.FAILURE}
    assert "GetOnly" in lines["endpoints./api/v1/auth/login"].evidence
    assert "aucune vue" in lines["endpoints./api/v1/auth/profile"].evidence


def test_the_methods_are_those_of_the_view():
    lines = {each.code: each for each in endpoints.section().lines}
    assert lines["endpoints./api/v1/auth/register"].evidence.endswith(": POST")
    assert "GET, PUT" in lines["endpoints./api/v1/auth/profile"].evidence


def test_pooling_that_is_off_fails(db, monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)
    assert {"connection.pooling", "deployment.pooling"} == failing(verify())


def test_a_refused_write_fails_and_the_rest_is_still_measured(db):
    execute("SET LOCAL transaction_read_only = on")
    report = verify()
    assert line(report, "connectivity.write").verdict == Verdict.FAILURE
    assert line(report, "tables.total").verdict == Verdict.OK


def test_a_counter_that_counts_nothing_fails(db):
    execute("ALTER TABLE ecms_limitcounter DISABLE TRIGGER USER")
    assert judge_rate_limits()[0] == Verdict.OK
    execute("CREATE RULE rien AS ON INSERT TO ecms_limitcounter DO INSTEAD NOTHING")
    report = verify()
    # The checklist line is a warning in the demonstration.
    assert line(report, "checklist.rate_limiting").verdict != Verdict.OK


@pytest.mark.parametrize("rates", [{"connexion_compte": (0, 60)}, {"connexion_compte": (10**6, 1)}])
def test_closed_and_wide_rates_are_rates(db, settings, rates):
    settings.RATES = rates
    assert judge_rate_limits()[0] == Verdict.OK


def test_no_rates_at_all_fail(db, settings):
    settings.RATES = {}
    assert judge_rate_limits()[0] == Verdict.FAILURE


def test_backups_are_never_taken_for_granted(db):
    assert judge_backups()[0] == Verdict.TO_CONFIRM


def test_tls_says_what_the_connection_really_is(db):
    (is_encrypted,) = row("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
    is_local = connection.connection.info.host.startswith("/")
    verdict, evidence = judge_tls()
    assert (verdict == Verdict.OK) == (is_encrypted or is_local)
    assert ("chiffrée" in evidence) == is_encrypted
    assert ("socket locale" in evidence) == (is_local and not is_encrypted)


@pytest.mark.parametrize(
    ("hosts", "verdict"),
    [
        ([], Verdict.FAILURE),
        (["*"], Verdict.FAILURE),
        (["mairie.cm", "www.yourdomain.com"], Verdict.FAILURE),
        (["localhost", "testserver"], Verdict.FAILURE),
        (["mairie.cm", "localhost"], Verdict.OK),
    ],
)
def test_allowed_hosts(settings, hosts, verdict):
    settings.ALLOWED_HOSTS = hosts
    assert judge_allowed_hosts()[0] == verdict


@pytest.mark.parametrize(
    ("origins", "verdict"),
    [
        ([], Verdict.FAILURE),
        (["https://ailleurs.cm"], Verdict.FAILURE),
        (["https://ecms.test", "http://ailleurs.cm"], Verdict.FAILURE),
        (["https://ecms.test"], Verdict.OK),
    ],
)
def test_cors(settings, origins, verdict):
    settings.FRONTEND_URL = "https://ecms.test/accueil"
    settings.CORS_ALLOWED_ORIGINS = origins
    assert judge_cors()[0] == verdict


def test_a_mail_server_is_really_asked(settings):
    settings.EMAIL_BACKEND = SMTP
    with Mailbox() as mailbox:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", mailbox.port
        settings.EMAIL_USE_TLS = False
        assert judge_mail() == (Verdict.WARNING, f"127.0.0.1:{mailbox.port} répond, en clair")
        settings.EMAIL_USE_TLS = True  # which this server does not speak
        assert judge_mail()[0] == Verdict.FAILURE
        settings.EMAIL_USE_SSL = True  # which cannot be asked for with the other
        assert judge_mail()[0] == Verdict.FAILURE


def test_a_mail_server_that_does_not_answer_fails(settings):
    settings.EMAIL_BACKEND = SMTP
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    assert judge_mail()[0] == Verdict.FAILURE


def test_mail_that_goes_nowhere_fails(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    assert judge_mail()[0] == Verdict.FAILURE


def test_logging(settings):
    assert judge_logging()[0] == Verdict.OK
    settings.LOGGING = {}
    assert judge_logging()[0] == Verdict.FAILURE


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
