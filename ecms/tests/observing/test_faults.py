"""Faults of served processes, as a Sentry gets them: a server of our own, on loopback."""

import gzip
import json
import threading
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.db import connection
from django_q.tasks import async_task

from ecms.tests.served import Mailbox, served

CANARIES = {
    "nom": "Ngonoserin",
    "prenom": "Awaserin",
    "email": "awaserin@exemple.cm",
    "telephone": "+237677123456",
    "cni": "112233445566",
    "code": "493817",
}
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI3In0.c2VyaW4tc2lnbmF0dXJl"


class Sentry:
    """Keeps what it is sent; with `silent` it takes the call and never answers."""

    def __init__(self, *, silent: bool = False):
        self.received, self.calls = [], 0
        self._end = threading.Event()
        sentry = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                sentry.calls += 1
                if silent:
                    sentry._end.wait(60)
                    return
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.headers.get("Content-Encoding") == "gzip":
                    body = gzip.decompress(body)
                sentry.received.append(f"{self.headers}\n{body.decode()}")
                self.send_response(200)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, *args):
                """Nothing on standard error."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.dsn = f"http://key@127.0.0.1:{self._server.server_port}/1"

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_error):
        self._end.set()
        self._server.shutdown()
        self._server.server_close()

    def events(self, count: int, *, seconds: float = 20) -> list[dict]:
        deadline = time.monotonic() + seconds
        while len(self.received) < count and time.monotonic() < deadline:
            time.sleep(0.05)
        assert len(self.received) >= count, self.received
        return [json.loads(text.splitlines()[-1]) for text in self.received]


@contextmanager
def broken_registration():
    """PostgreSQL refuses each account with a sentence that quotes it."""
    with connection.cursor() as cursor:
        cursor.execute("""
            CREATE FUNCTION essai_panne() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE 'refused: %', row_to_json(NEW); END $$;
            CREATE TRIGGER essai_panne BEFORE INSERT ON users_utilisateur
            FOR EACH ROW EXECUTE FUNCTION essai_panne();
        """)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION essai_panne CASCADE")


def register(root: str) -> tuple[int, float]:
    """The status of a registration, and the seconds that it took."""
    body = {
        "username": "awaserin-7",
        "email": CANARIES["email"],
        "password": "Secret-entre-nous-9",
        "first_name": CANARIES["prenom"],
        "last_name": CANARIES["nom"],
        "telephone": CANARIES["telephone"],
        "consentement": True,
    }
    request = urllib.request.Request(
        f"{root}/api/v1/auth/register?cni={CANARIES['cni']}",
        json.dumps(body).encode(),
        {
            "Content-Type": "application/json",
            "Cookie": f"code={CANARIES['code']}",
            "X-Request-ID": "request-0099",
            "X-Code": CANARIES["code"],
            "User-Agent": "the-agent-of-awaserin",
        },
    )
    begun = time.monotonic()
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, time.monotonic() - begun
    except urllib.error.HTTPError as error:
        error.close()
        return error.code, time.monotonic() - begun


def nobody_is_in(text: str) -> None:
    for canary in (
        *CANARIES.values(),
        TOKEN,
        "677123456",
        "Secret-entre-nous",
        "the-agent",
        "cni=",
    ):
        assert canary not in text


@pytest.mark.django_db(transaction=True)
def test_a_fault_arrives_and_nobody_is_in_it(tmp_path, monkeypatch, capfd):
    with Sentry() as sentry, broken_registration():
        monkeypatch.setenv("SENTRY_DSN", sentry.dsn)
        monkeypatch.setenv("RELEASE", "v1.2.3")
        monkeypatch.setenv("LOG_FORMAT", "json")
        with Mailbox() as mailbox, served(mailbox, tmp_path) as root:
            assert register(root)[0] == 500
            (event,) = sentry.events(1)
            async_task("ecms.tasks.send_mail", f"{CANARIES['email']} {TOKEN}")
            _first, of_the_task = sentry.events(2)
    nobody_is_in("".join(sentry.received))
    logs = capfd.readouterr().err
    assert "RaiseException" in logs
    assert "builtins.ValueError" in logs
    nobody_is_in(logs)
    assert event["transaction"] == "api/v1/auth/register"
    assert event["tags"] == {"request_id": "request-0099", "sqlstate": "P0001"}
    assert event["environment"] == "demonstration"
    assert event["release"] == "v1.2.3"
    kinds = [each["type"] for each in event["exception"]["values"]]
    assert "RaiseException" in kinds
    assert [each for each in event["exception"]["values"] if "value" in each] == []
    frames = [f for each in event["exception"]["values"] for f in each["stacktrace"]["frames"]]
    assert "users.services" in " ".join(frame["module"] for frame in frames)
    assert not [frame for frame in frames if "vars" in frame]
    assert not {"request", "user", "breadcrumbs", "extra", "logentry"} & event.keys()
    assert of_the_task["transaction"] == "ecms.tasks.send_mail"
    assert of_the_task["exception"]["values"][-1]["type"] == "ValueError"


@pytest.mark.django_db(transaction=True)
def test_a_silent_sentry_slows_nobody(tmp_path, monkeypatch):
    with Sentry(silent=True) as sentry, broken_registration():
        monkeypatch.setenv("SENTRY_DSN", sentry.dsn)
        monkeypatch.setenv("RATE_REGISTER_ADDRESS", "1000/h")
        with Mailbox() as mailbox, served(mailbox, tmp_path) as root:
            register(root)
            found = [register(root) for _ in range(30)]
    assert sentry.calls >= 1
    assert {status for status, _seconds in found} == {500}
    assert sorted(seconds for _status, seconds in found)[-2] < 1
