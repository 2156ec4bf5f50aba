"""Migrations while people are served: nobody waits behind them, and the old code goes on upon what
they made. R33, R34."""

import threading
import time
from contextlib import contextmanager

import pytest
from django.conf import settings

from documents.models import Actualite
from faults.processes import Process, wait_until

LATER = "faults.later.settings"
PATHS = ["/api/v1/actualites", "/api/v1/mairies", "/api/v1/evenements", "/api/v1/projets"]
READ = "SELECT count(*) FROM documents_actualite"
WRITTEN = "UPDATE documents_actualite SET titre = titre"
# For how many seconds it has been at it.
INDEXING = """
SELECT coalesce(max(extract(epoch FROM clock_timestamp() - query_start)), 0)::float
  FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX CONCURRENTLY%' AND state = 'active'
"""


@pytest.fixture
def migrate(site):
    """`migrate(*arguments)` starts the command, on what the next release would migrate."""
    manage = str(settings.BASE_DIR / "manage.py")
    environment = {**site.environment, "DJANGO_SETTINGS_MODULE": LATER}

    def start(*arguments: str) -> Process:
        log = site.folder / f"migrate-{len(site.processes)}.log"
        return site.process(Process([manage, "migrate", "later", *arguments], environment, log))

    yield start
    undone = start("zero")
    assert undone.wait(60) == 0, undone.said()


@contextmanager
def under_way(postgres, sql: str):
    """Somebody did that in a transaction that goes on."""
    somebody = postgres.connect()
    somebody.autocommit = False
    with somebody.cursor() as cursor:
        cursor.execute(sql)
    try:
        yield
    finally:
        somebody.close()


@contextmanager
def plain_reads(postgres):
    """Somebody else reads it all the while: how many seconds each read took."""
    seconds, over = [], threading.Event()
    connection = postgres.connect()

    def run():
        with connection.cursor() as cursor:
            while not over.wait(0.02):
                began = time.monotonic()
                cursor.execute(READ)
                seconds.append(time.monotonic() - began)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield seconds
    finally:
        over.set()
        thread.join()
        connection.close()


def columns(postgres) -> int:
    return postgres.value(
        "SELECT count(*) FROM information_schema.columns WHERE column_name = 'faults_epinglee'"
    )


def test_a_migration_gives_way_and_the_old_release_goes_on(site, news, awa, token_of, migrate):
    web, token = site.web(), token_of(awa)
    with web.load(*PATHS, rate=50) as asked:
        wait_until(lambda: asked.statuses()[200] > 20)
        with under_way(site.postgres, READ), plain_reads(site.postgres) as seconds:
            refused = migrate("--lock-tries", "1")
            assert refused.wait(60) == 1
            assert "later.0001_elargir" in refused.said()
            assert columns(site.postgres) == 0
            migrating = migrate("0001")
            wait_until(lambda: "nouvel essai" in migrating.said())
        assert migrating.wait(60) == 0, migrating.said()
        assert columns(site.postgres) == 1

        # An index made beside those who write waits for them, and nobody waits for it.
        with under_way(site.postgres, WRITTEN):
            migrating = migrate()
            wait_until(lambda: site.postgres.value(INDEXING) > 1)
        assert migrating.wait(60) == 0, migrating.said()

        # The old code reads and writes upon the new tables.
        done = time.monotonic()
        written = web.post("/api/v1/actualites", {"titre": "A", "contenu": "<p>A</p>"}, token=token)
        wait_until(lambda: asked.statuses(since=done)[200] > 50)
        beside = site.web(DJANGO_SETTINGS_MODULE=LATER)
        assert [beside.get(path).status for path in PATHS] == [200] * len(PATHS)
    assert max(seconds) < 1
    assert set(asked.statuses()) == {200}, asked.errors
    assert written.status == 201, written.body
    assert Actualite.objects.filter(pk=written.json["id"]).exists()
