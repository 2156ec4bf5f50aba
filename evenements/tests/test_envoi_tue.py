"""A letter to 5,000 people, sent by processes that are killed in the middle.

The senders are processes of their own that run the task's function on the test database; the mail
server counts what it took, also what its client did not live to hear of.
"""

import os
import signal
import subprocess
import sys
import time

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.utils import timezone

from evenements.models import AbonneNewsletter, EnvoiNewsletter
from evenements.services import newsletters as services
from evenements.tests.factories import NewsletterFactory
from evenements.tests.serveur_smtp import ServeurSMTP
from evenements.workflow import StatutAbonne

pytestmark = [pytest.mark.served, pytest.mark.django_db(transaction=True)]

SUBSCRIBERS = 5000
# As the schedule does, but oftener, and with a shorter first delay than a minute. The database
# server is not killed here: its commits need not wait for the disk.
SENDER = """
import time
from datetime import timedelta
from django.db import connection
from evenements import tasks
from evenements.models import Newsletter
from evenements.services import envois
connection.cursor().execute("SET synchronous_commit TO off")
envois.PREMIER_DELAI = timedelta(seconds=1)
while Newsletter.objects.filter(statut__in=["planifiee", "en_cours"]).exists():
    tasks.envoyer_newsletters()
    time.sleep(0.1)
"""


def environment(server: ServeurSMTP) -> dict[str, str]:
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTEST", "EMAIL_", "RATE_"))
    }
    return {
        **inherited,
        "DEMO": "true",
        "SECRET_KEY": django_settings.SECRET_KEY,
        "DB_ENGINE": connection.settings_dict["ENGINE"],
        "DB_NAME": connection.settings_dict["NAME"],
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": str(server.port),
        "EMAIL_USE_TLS": "False",
        "RATE_NEWSLETTER": "1000000/h",
    }


@pytest.fixture
def start():
    """`start(server)` starts one more sender; those that are left are ended with the test."""
    started = []

    def begin(server):
        manage = str(django_settings.BASE_DIR / "manage.py")
        process = subprocess.Popen(
            [sys.executable, manage, "shell", "-c", SENDER],
            cwd=django_settings.BASE_DIR,
            env=environment(server),
        )
        started.append(process)
        return process

    yield begin
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()


def wait_for(condition, *, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def kill(process) -> None:
    assert process.poll() is None, "it was to die in the middle"
    os.kill(process.pid, signal.SIGKILL)
    process.wait()


def a_tenth_at_first():
    """Refuses a tenth of the recipients the first time that they are named."""
    refused = set()

    def refuse(address: str) -> str:
        if not address.split("@")[0].endswith("0") or address in refused:
            return ""
        refused.add(address)
        return "451 4.7.1 try again later"

    return refuse, refused


def test_each_receives_it_once_though_the_senders_are_killed(yaounde, start):
    AbonneNewsletter.objects.bulk_create(
        AbonneNewsletter(
            mairie=yaounde,
            email=f"abonne{n:05}@example.cm",
            jeton=f"jeton{n:05}",
            statut=StatutAbonne.CONFIRME,
            date_confirmation=timezone.now(),
        )
        for n in range(SUBSCRIBERS)
    )
    letter = services.envoyer(NewsletterFactory(mairie=yaounde))
    server = ServeurSMTP(keep=False)
    server.refuse, refused = a_tenth_at_first()
    server.start()
    try:
        senders = [start(server), start(server)]
        for victim, after in ((0, SUBSCRIBERS // 5), (1, SUBSCRIBERS // 2)):
            wait_for(lambda: server.accepted.total() > after, seconds=120)  # noqa: B023
            kill(senders[victim])
            senders[victim] = start(server)
        for sender in senders:
            assert sender.wait(timeout=180) == 0
    finally:
        server.stop()

    assert len(refused) == SUBSCRIBERS // 10
    assert len(server.accepted) == SUBSCRIBERS
    assert server.accepted.total() - SUBSCRIBERS <= 2
    assert max(server.accepted.values()) <= 2
    states = EnvoiNewsletter.objects.filter(newsletter=letter).values_list("statut", flat=True)
    assert list(states) == ["envoye"] * SUBSCRIBERS
    letter.refresh_from_db()
    assert letter.statut == "envoyee"
    assert letter.date_fin
