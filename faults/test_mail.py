"""A mail server that is away, silent, busy or of another opinion: requests do not notice, mails
wait and leave once."""

import socket
import statistics

import pytest
from django.utils import timezone
from django_q.tasks import async_task

from ecms.models import Courriel
from ecms.tests.served import free_port
from evenements.tests.serveur_smtp import ServeurSMTP
from faults.processes import wait_until
from users.tests.factories import UtilisateurFactory

FORGOT, VERIFY = "/api/v1/auth/password/forgot", "/api/v1/auth/email/verify/send"
OPEN = {"RATE_MAIL_ADDRESS": "10000/h"}


@pytest.fixture
def wired(site):
    """`wired(port)`: the processes that are started from now on send there."""

    def wire(port: int) -> None:
        site.environment.pop("EMAIL_BACKEND", None)
        site.environment.update(
            EMAIL_HOST="127.0.0.1", EMAIL_PORT=str(port), EMAIL_USE_TLS="False", **OPEN
        )

    return wire


def asked(web) -> tuple[str, float]:
    """One person's forgotten password: where the code goes, and how long the answer took."""
    account = UtilisateurFactory()
    answer = web.post(FORGOT, {"email": account.email})
    assert answer.status == 200, answer.body
    return account.email, answer.seconds


def tried(address: str) -> Courriel | None:
    return Courriel.objects.filter(destinataire=address, tentatives__gte=1).first()


def minutes_pass() -> None:
    """Those until the next try, and that of `send_due_mails`."""
    Courriel.objects.filter(statut="en_attente").update(prochain_essai=timezone.now())
    async_task("ecms.tasks.send_due_mails")


def test_refused(site, wired, token_of):
    port = free_port()
    wired(port)
    web, _tasks = site.web(), site.tasks()
    away = [asked(web) for _ in range(15)]
    unverified = UtilisateurFactory(non_verifie=True)
    assert web.post(VERIFY, {}, token=token_of(unverified)).status == 200
    addresses = {address for address, _seconds in away} | {unverified.email}
    # Tried, and kept.
    wait_until(lambda: all(tried(address) for address in addresses))
    assert {tried(address).statut for address in addresses} == {"en_attente"}

    server = ServeurSMTP(port).start()
    try:
        there = [asked(web) for _ in range(15)]
        took = [statistics.median(seconds for _a, seconds in some) for some in (away, there)]
        assert took[0] < 3 * took[1] + 0.2, "a dead server changes no answer's time"
        minutes_pass()
        everybody = addresses | {address for address, _seconds in there}
        wait_until(lambda: set(server.accepted) >= everybody, seconds=60)
        # Nothing is left that could be sent again.
        wait_until(lambda: not Courriel.objects.filter(statut="en_attente").exists())
        assert set(server.accepted.values()) == {1}
    finally:
        server.stop()


def test_a_server_that_is_silent(site, wired):
    """The sender waits for EMAIL_TIMEOUT, one mail after the other; nobody else does."""
    with socket.create_server(("127.0.0.1", 0), backlog=100) as silent:
        wired(silent.getsockname()[1])
        web, _tasks = site.web(), site.tasks(EMAIL_TIMEOUT="2")
        with web.load("/api/v1/mairies", threads=2, rate=10) as reading:
            waiting = [asked(web) for _ in range(3)]
            for address, seconds in waiting:
                assert seconds < 2
                failed = wait_until(lambda a=address: ended(a), seconds=30)
                assert failed.statut == "en_attente"
                assert "Timeout" in failed.derniere_erreur or "SMTP" in failed.derniere_erreur
        assert set(reading.statuses()) == {200}
        # Work of another kind passes between two of them.
        done = site.folder / "done"
        async_task("faults.poison.good", str(done), 1)
        wait_until(done.exists)


def ended(address: str) -> Courriel | None:
    return Courriel.objects.filter(destinataire=address).exclude(derniere_erreur="").first()


def test_a_server_that_is_busy_or_refuses(site, wired):
    server = ServeurSMTP().start()
    try:
        wired(server.port)
        web, _tasks = site.web(), site.tasks()
        server.refuse = lambda address: "451 4.7.1 later"
        later, _seconds = asked(web)
        wait_until(lambda: ended(later))
        assert ended(later).statut == "en_attente"

        server.refuse = lambda address: "" if address == later else "550 5.1.1 nobody"
        never, _seconds = asked(web)
        refused = Courriel.objects.filter(statut="refuse")
        before = refused.count()
        wait_until(lambda: not Courriel.objects.filter(destinataire=never).exists())
        wait_until(lambda: refused.count() >= max(before, 1))
        minutes_pass()
        wait_until(lambda: server.accepted[later], seconds=40)
        wait_until(lambda: not Courriel.objects.filter(destinataire=later).exists())
        assert dict(server.accepted) == {later: 1}
    finally:
        server.stop()
