"""Which connection answers, where a replica is configured: here it is the same server."""

import os
import subprocess
import sys
import types
from contextlib import ExitStack, contextmanager

import pytest
from django.conf import settings as project
from django.contrib.auth import get_user_model
from django.core.cache import caches
from django.db import connection, connections, transaction
from rest_framework.response import Response
from rest_framework.views import APIView

from documents.models import Actualite
from documents.tests.factories import ActualiteFactory, DocumentOfficielFactory
from ecms.api.viewsets import ConditionalReads
from ecms.db import replica
from ecms.tests.test_checks import GOOD
from mairies.models import Mairie

# What is read on another connection must be committed.
pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "replica"])
LISTE = "/api/v1/actualites"


@pytest.fixture(scope="module", autouse=True)
def _alias(django_db_setup):
    """The connection `replica`, as DB_REPLICA_HOST makes it."""
    connections.databases["replica"] = {
        **connection.settings_dict,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            **connection.settings_dict["OPTIONS"],
            "options": "-c default_transaction_read_only=on",
        },
        "TEST": {**connection.settings_dict["TEST"], "MIRROR": "default"},
    }
    yield
    del connections["replica"]
    del connections.databases["replica"]


@pytest.fixture
def secours(settings):
    settings.DATABASE_ROUTERS = ["ecms.db.replica.Router"]
    replica._resting_until = 0.0
    yield connections["replica"]
    connections["replica"].close()


@contextmanager
def read():
    """The statements of meanwhile, by connection."""
    seen = {"default": [], "replica": []}
    with ExitStack() as stack:
        for alias, statements in seen.items():

            def note(execute, sql, params, many, context, statements=statements):
                statements.append(sql)
                return execute(sql, params, many, context)

            stack.enter_context(connections[alias].execute_wrapper(note))
        yield seen


def news(statements) -> list[str]:
    return [sql for sql in statements if "documents_actualite" in sql]


@pytest.fixture
def actualite(yaounde):
    return ActualiteFactory(mairie=yaounde, publiee=True)


def test_a_visitor_reads_the_replica(secours, api, actualite):
    with read() as seen:
        answer = api().get(LISTE)
    assert [row["id"] for row in answer.json()["results"]] == [actualite.pk]
    assert news(seen["replica"])
    assert not news(seen["default"])


def test_without_a_replica_nothing_asks_for_one(api, actualite):
    assert project.DATABASE_ROUTERS == []
    assert api().get(LISTE).status_code == 200


def test_whoever_is_signed_in_reads_the_primary(secours, api, actualite, awa, chantal, nadege):
    for somebody in (awa, chantal, nadege):
        client = api(somebody)
        with read() as seen:
            assert client.get(LISTE).status_code == 200
        assert news(seen["default"])
        assert seen["replica"] == []


def test_a_write_and_what_follows_it_are_the_primary_s(secours, api, awa, actualite):
    client = api(awa)
    with read() as seen:
        answer = client.patch(f"{LISTE}/{actualite.pk}", {"titre": "Le marché ouvre"})
    assert answer.status_code == 200
    assert seen["replica"] == []


def test_an_answer_that_wrote_reads_the_primary_from_there_on(secours, api, yaounde):
    """A download is counted: a write in the middle of a visitor's GET."""
    document = DocumentOfficielFactory(mairie=yaounde, publie=True)
    with read() as seen:
        answer = api().get(f"/api/v1/documents-officiels/{document.pk}/fichier")
    assert answer.status_code == 200
    assert any("documents_documentofficiel" in sql for sql in seen["replica"])
    assert any("INSERT" in sql for sql in seen["default"])
    assert not any("INSERT" in sql for sql in seen["replica"])


class Steps(ConditionalReads, APIView):
    """A visitor's GET that does `act` between two reads."""

    authentication_classes = permission_classes = []
    is_public = True
    act = None

    def get(self, request):
        before = Mairie.objects.using(None).db
        return Response([before, self.act(), Mairie.objects.all().db])


def steps(rf, act) -> list:
    view = Steps.as_view(act=types.MethodType(lambda _self: act(), Steps))
    return view(rf.get("/")).data


def written():
    return get_user_model().objects.filter(pk=0).update(is_staff=False)


def locked():
    with transaction.atomic():
        return len(Mairie.objects.select_for_update().filter(pk=0))


def test_after_a_write_or_a_lock(secours, rf):
    assert steps(rf, written) == ["replica", 0, "default"]
    assert steps(rf, locked) == ["replica", 0, "default"]


def test_within_a_transaction(secours, rf):
    def inside():
        with transaction.atomic():
            return Mairie.objects.all().db

    assert steps(rf, inside) == ["replica", "default", "replica"]


def test_a_row_that_came_from_the_replica_is_saved_in_the_primary(secours, rf, actualite):
    def renamed():
        row = Actualite.objects.get(pk=actualite.pk)
        came_from = row._state.db
        row.save(update_fields=["titre"])
        return came_from

    assert steps(rf, renamed) == ["replica", "replica", "default"]


def test_nothing_is_allowed_beyond_the_answer(secours, rf, api, actualite):
    """Tasks, commands and the admin are no answers of the API."""
    assert steps(rf, lambda: 0)[0] == "replica"
    assert Mairie.objects.all().db == "default"
    with read() as seen:
        api().get("/admin/login/")
    assert seen["replica"] == []


def test_an_answer_that_may_not_lag(secours, api, actualite):
    with read() as seen:
        api().get("/api/v1/creneaux?service=1&du=2030-01-01&au=2030-01-02")
    assert seen["replica"] == []


def test_what_may_be_behind_is_not_kept(secours, settings, api, actualite):
    """The public cache knows the primary's versions: an older answer would pass for a new one."""
    settings.PUBLIC_CACHE = "public"
    caches["public"].clear()
    api().get(LISTE)
    with read() as seen:
        api().get(LISTE)
    caches["public"].clear()
    assert news(seen["replica"])


def test_no_statement_can_write_there(secours):
    with pytest.raises(Exception, match="read-only transaction"), secours.cursor() as cursor:
        cursor.execute("DELETE FROM mairies_mairie")


def test_a_replica_that_is_gone(secours, api, actualite, caplog, monkeypatch):
    """The primary answers, and the replica is left alone for a while."""
    secours.close()
    monkeypatch.setitem(secours.settings_dict, "NAME", "no_such_database")
    with read() as seen:
        answer = api().get(LISTE)
    assert answer.status_code == 200
    assert news(seen["default"])
    assert "the replica does not answer" in caplog.text
    caplog.clear()
    assert api().get(LISTE).status_code == 200
    assert "does not answer" not in caplog.text


def test_a_connection_that_was_cut(secours, api, actualite):
    """As after a restart of the replica: noticed before it is used, and opened anew."""
    api().get(LISTE)
    pid = secours.connection.info.backend_pid
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
    secours.health_check_enabled, secours.health_check_done = True, False
    with read() as seen:
        assert api().get(LISTE).status_code == 200
    assert news(seen["replica"])


def test_nothing_is_migrated_there():
    router = replica.Router()
    assert router.allow_migrate("default", "mairies")
    assert not router.allow_migrate("replica", "mairies")
    assert router.allow_relation(None, None)


SAID = """
import django; django.setup()
from django.conf import settings
from django.db import router
from mairies.models import Mairie
found = settings.DATABASES.get("replica", {})
print([found.get("HOST"), found.get("PORT"), found.get("USER"), found.get("NAME"),
       "read_only=on" in found.get("OPTIONS", {}).get("options", ""), len(router.routers),
       "read_only=on" in settings.DATABASES["default"]["OPTIONS"]["options"]])
"""


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({}, [None, None, None, None, False, 0, False]),
        (
            {"DB_REPLICA_HOST": "10.0.0.9", "DB_REPLICA_PORT": "6432"},
            ["10.0.0.9", "6432", "ecms_user", "ecms_db", True, 1, False],
        ),
    ],
)
def test_the_environment(variables, said):
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTEST", "DB_", "EMAIL_"))
    }
    done = subprocess.run(
        [sys.executable, "-c", SAID],
        cwd=project.BASE_DIR,
        env={**inherited, **GOOD, "DJANGO_SETTINGS_MODULE": "ecms.settings", **variables},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == str(said)
