"""The verification report on the real database, whose schema the tests really change."""

import pytest
from django.db import connection
from django.urls import path
from django.views.generic import View

from ecms.tests.reports import SMTP, execute, failing, line
from ecms.tests.served import Mailbox
from ecms.verification import documented, endpoints, verify
from ecms.verification.checklist import judge_allowed_hosts, judge_cors
from ecms.verification.connection import judge_tls
from ecms.verification.database import row
from ecms.verification.report import Verdict
from ecms.verification.services import judge_backups, judge_logging, judge_mail, judge_rate_limits


@pytest.fixture(autouse=True)
def _in_the_demonstration(settings):
    """Whatever server the tests were pointed at."""
    settings.DEMO = True


class GetOnly(View):
    def get(self, request):
        """Whatever the document wanted, only this is allowed."""


# The root of the routes in the test of wrong endpoints: a wrong method, and no other address.
urlpatterns = [path("api/v1/auth/login", GetOnly.as_view())]


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
