"""Web workers that are killed, told to leave or reloaded while they answer."""

import http.client
import os
import signal
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest
from django.utils import timezone

from documents.models import Actualite, DocumentOfficiel
from ecms import embedded_pg, orphelins
from ecms.tests.client import multipart
from ecms.tests.files import files_in, small_pdf
from faults.processes import wait_until

NEWS, DOCUMENTS, LISTE = "/api/v1/actualites", "/api/v1/documents-officiels", "/api/v1/mairies"
SLOW = "Lenteur voulue"
# A worker that takes the place of one that died, on two cores that others use too.
SOON_SECONDS = 10


@contextmanager
def slow_rows(postgres, table: str, seconds: float):
    """Rows whose title says so take that long to be inserted."""
    with (
        closing(postgres.connect(user=embedded_pg.SUPERUSER)) as session,
        session.cursor() as cursor,
    ):
        cursor.execute(
            "CREATE OR REPLACE FUNCTION lenteur() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN PERFORM pg_sleep({seconds}); RETURN NEW; END $$"
        )
        cursor.execute(
            f"CREATE TRIGGER lenteur BEFORE INSERT ON {table} FOR EACH ROW "
            f"WHEN (NEW.titre LIKE '{SLOW}%') EXECUTE FUNCTION lenteur()"
        )
        try:
            yield
        finally:
            cursor.execute(f"DROP TRIGGER lenteur ON {table}")


def is_sleeping(postgres) -> bool:
    return postgres.value("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'") > 0


def news_item(title: str) -> dict:
    return {"titre": title, "contenu": "<p>Lundi.</p>"}


def paper(title: str, content: bytes) -> tuple[bytes, dict]:
    """A document as a form: its bytes, and the header that announces them."""
    body, kind = multipart({"titre": title, "annee": "2026", "fichier": content})
    return body, {"Content_Type": kind}


@pytest.fixture
def agent(awa, token_of):
    return token_of(awa)


def test_a_worker_that_is_killed_while_it_writes(site, postgres, agent):
    """Nothing half done, and the next one is there at once."""
    web, before = site.web(WEB_WORKERS="1"), Actualite.objects.count()
    (worker,) = web.workers()
    with slow_rows(postgres, "documents_actualite", 4), ThreadPoolExecutor(1) as pool:
        writer = pool.submit(web.post, NEWS, news_item(SLOW), token=agent)
        wait_until(lambda: is_sleeping(postgres))
        os.kill(worker, signal.SIGKILL)
        killed = time.monotonic()
        with pytest.raises((OSError, http.client.HTTPException)):
            writer.result()
        wait_until(lambda: web.status_of(LISTE) == 200, seconds=SOON_SECONDS)
        assert time.monotonic() - killed < SOON_SECONDS
        wait_until(lambda: not is_sleeping(postgres))
    assert web.workers() != [worker]
    assert Actualite.objects.count() == before
    assert web.post(NEWS, news_item("Le marché rouvre"), token=agent).status == 201
    assert Actualite.objects.count() == before + 1


def test_a_worker_that_is_killed_in_the_middle_of_an_upload(site, agent):
    """A large body is half here: neither a row, nor a file, nor what it was received into."""
    (site.folder / "tmp").mkdir()
    web = site.web(WEB_WORKERS="1", TMPDIR=str(site.folder / "tmp"))
    before = DocumentOfficiel.objects.count()
    body, headers = paper("Budget", b"%PDF-1.4\n" + bytes(6_000_000) + b"%%EOF")
    with closing(socket.create_connection(("127.0.0.1", web.port))) as connection:
        head = (
            f"POST {DOCUMENTS} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {agent}\r\n"
            f"Content-Type: {headers['Content_Type']}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        connection.sendall(head.encode() + body[: len(body) * 2 // 3])
        (worker,) = web.workers()
        wait_until(lambda: has_received(worker, site.folder / "tmp", 3_000_000))
        os.kill(worker, signal.SIGKILL)
        with suppress(ConnectionError):
            assert connection.recv(1) == b""
    wait_until(lambda: web.status_of(LISTE) == 200, seconds=SOON_SECONDS)
    assert DocumentOfficiel.objects.count() == before
    assert files_in(site.private) == files_in(site.media) == files_in(site.folder / "tmp") == []
    assert web.post(DOCUMENTS, body, token=agent, **headers).status == 201
    assert files_in(site.folder / "tmp") == []


def has_received(pid: int, folder: Path, size: int) -> bool:
    """Whether a process has an open file of that size in a folder, with a name there or without."""
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):
            if str(entry.readlink()).startswith(str(folder)) and entry.stat().st_size >= size:
                return True
    return False


def test_a_worker_that_is_killed_after_it_stored_the_file(site, postgres, agent, settings):
    """The one moment in which a file is written and its row is not committed: no row stays, and
    the file is swept away a day later."""
    settings.PRIVATE_ROOT, settings.MEDIA_ROOT = site.private, site.media
    web, before = site.web(WEB_WORKERS="1"), DocumentOfficiel.objects.count()
    body, headers = paper(SLOW, small_pdf())
    with slow_rows(postgres, "documents_documentofficiel", 3), ThreadPoolExecutor(1) as pool:
        writer = pool.submit(web.post, DOCUMENTS, body, token=agent, **headers)
        wait_until(lambda: is_sleeping(postgres))
        (worker,) = web.workers()
        os.kill(worker, signal.SIGKILL)
        with pytest.raises((OSError, http.client.HTTPException)):
            writer.result()
        wait_until(lambda: not is_sleeping(postgres))
    assert DocumentOfficiel.objects.count() == before
    (orphan,) = site.private.rglob("*.pdf")
    assert orphelins.sweep(apply=True) == 0, "somebody may be about to commit it"
    a_day_ago = timezone.now().timestamp() - orphelins.AGE_SECONDS - 60
    os.utime(orphan, (a_day_ago, a_day_ago))
    assert orphelins.sweep(apply=True) == 1
    assert files_in(site.private) == []


def test_sigterm_lets_a_request_end(site, postgres, agent):
    web = site.web(WEB_WORKERS="1")
    with slow_rows(postgres, "documents_actualite", 4), ThreadPoolExecutor(1) as pool:
        writer = pool.submit(web.post, NEWS, news_item(f"{SLOW} 2"), token=agent)
        wait_until(lambda: is_sleeping(postgres))
        web.terminate()
        assert writer.result().status == 201
        assert web.wait(30) == 0
    assert web.status_of("/health/live") == 0
    assert Actualite.objects.filter(titre=f"{SLOW} 2").exists()


def test_sigterm_under_load_loses_nothing(site, agent):
    """What was answered is done, and what was not answered was not done: nobody has to wonder."""
    web, answered, over = site.web(), [], threading.Event()

    def write(writer: int) -> None:
        for number in range(1000):
            title = f"Sous la charge {writer}-{number}"
            try:
                status = web.post(NEWS, news_item(title), token=agent).status
            except (OSError, http.client.HTTPException):
                return
            answered.append((title, status))
            if over.is_set():
                return

    with ThreadPoolExecutor(6) as pool:
        for writer in range(6):
            pool.submit(write, writer)
        wait_until(lambda: len(answered) > 30)
        web.terminate()
        assert web.wait(30) == 0
        over.set()
    assert {status for _title, status in answered} == {201}
    written = Actualite.objects.filter(titre__startswith="Sous la charge")
    assert set(written.values_list("titre", flat=True)) == {title for title, _status in answered}


def test_reloads_lose_no_request(site, news):
    web = site.web()
    with web.load(LISTE, NEWS, threads=4, rate=30) as asked:
        for reload in range(3):
            wait_until(lambda n=reload: len(asked.answers) > 30 * (n + 1))
            old = set(web.workers())
            os.kill(web.pid, signal.SIGHUP)
            wait_until(lambda old=old: len(new := set(web.workers())) == 2 and not new & old)
        wait_until(lambda: len(asked.answers) >= 150)
    assert set(asked.statuses()) == {200}, asked.errors
