"""Task workers that are killed, and tasks that kill them.

Where nothing else is said the cluster runs with the times of faults/quick.py: a task is given 2
seconds, taken again after 3, and given up after 2 tries.
"""

import os
import signal
import socket
import struct
from contextlib import closing, suppress
from pathlib import Path

from django.db import transaction
from django.utils import timezone
from django_q.models import Failure, OrmQ, Task
from django_q.tasks import async_task

from demarches.models import DemarcheAdministrative
from demarches.tests.factories import DemarcheAdministrativeFactory
from ecms import mail
from ecms.models import Courriel
from ecms.tests.files import files_in
from evenements.tests.serveur_smtp import ServeurSMTP
from faults.processes import children_of, wait_until
from users.tests.factories import UtilisateurFactory

QUICK = {"DJANGO_SETTINGS_MODULE": "faults.quick"}
GOOD = 40


def queued(function: str) -> list[OrmQ]:
    return [row for row in OrmQ.objects.all() if row.func() == function]


def processes_of(tasks) -> list[int]:
    """Those of a cluster that do something: workers, what fetches tasks, what notes results."""
    return [pid for sentinel in tasks.children() for pid in children_of(sentinel)]


def speaker(port: int, pids: list[int]) -> int:
    """Which of `pids` has a connection from or to a port of 127.0.0.1; 0 where none has."""
    end = f"{struct.unpack('=I', socket.inet_aton('127.0.0.1'))[0]:08X}:{port:04X}"
    lines = Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]
    inodes = {fields[9] for fields in map(str.split, lines) if end in fields[1:3]}
    for pid in pids:
        with suppress(OSError):
            for entry in Path(f"/proc/{pid}/fd").iterdir():
                if str(entry.readlink()).removeprefix("socket:[").rstrip("]") in inodes:
                    return pid
    return 0


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def test_poison_is_parked_and_lets_the_others_pass(site):
    done = site.folder / "done"
    poison = ["faults.poison.raises", "faults.poison.dies", "faults.poison.sleeps"]
    for function in poison:
        async_task(function)
    for number in range(GOOD):
        async_task("faults.poison.good", str(done), number)
    tasks = site.tasks(TASK_WORKERS="2", **QUICK)

    def good_ones() -> set[str]:
        return set(done.read_text(encoding="utf-8").split()) if done.exists() else set()

    wait_until(lambda: len(good_ones()) == GOOD, seconds=45)
    wait_until(lambda: Failure.objects.filter(func__in=poison).count() == 3, seconds=60)
    wait_until(lambda: not any(queued(function) for function in poison), seconds=60)
    assert set(Failure.objects.values_list("attempt_count", flat=True)) == {2}
    parked = Failure.objects.get(func="faults.poison.dies")
    assert "Abandonnée" in parked.result
    assert "faults.poison.dies" in tasks.said(), "the operator is told"
    # It may have lost one more worker at this moment, and would wait for it.
    tasks.kill()


def test_a_cluster_goes_on_whichever_process_of_it_is_killed(site):
    """Idle workers wait for the queue: one that is killed there must not take it along."""
    done = site.folder / "done"
    tasks = site.tasks(**QUICK)
    victims = wait_until(lambda: len(found := processes_of(tasks)) >= 3 and found)
    for number, victim in enumerate(victims):
        wait_until(lambda: len(processes_of(tasks)) >= 3)
        kill(victim)
        async_task("faults.poison.good", str(done), number)
        wait_until(lambda n=number: done.exists() and f"{n}\n" in done.read_text(), seconds=30)
    tasks.kill()


def verification() -> Courriel:
    account = UtilisateurFactory(non_verifie=True)
    return mail.queue_mail("users/verification", to=account.email, utilisateur=account.pk)


def a_minute_has_passed() -> None:
    """A try that was claimed and not ended (mail.LONGEST_TRY) is due again then."""
    Courriel.objects.filter(statut="en_attente").update(prochain_essai=timezone.now())


def test_a_worker_that_is_killed_at_the_mail_server(site):
    """Killed on the wire, before the message was taken: it is sent by the next one, once."""
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        port = silent.getsockname()[1]
        environment = {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(port), "EMAIL_USE_TLS": "False"}
        site.environment.pop("EMAIL_BACKEND")
        tasks = site.tasks(**environment, **QUICK)
        courriel = verification()
        address = courriel.destinataire
        worker = wait_until(lambda: speaker(port, processes_of(tasks)))
        kill(worker)
    server = ServeurSMTP(port).start()
    try:
        assert mail.LONGEST_TRY.total_seconds() < 90, "the task comes again after 90 seconds"
        a_minute_has_passed()
        wait_until(lambda: server.accepted[address], seconds=30)
        wait_until(lambda: not queued(mail.TASK))
        assert server.accepted[address] == 1
        courriel.refresh_from_db()
        assert (courriel.statut, courriel.tentatives) == ("envoye", 2)
        tasks.kill()
    finally:
        server.stop()


def test_killed_between_the_commit_and_the_sending(site):
    """The mail is a row: also when its task is lost, and the cluster with it."""
    site.environment.pop("EMAIL_BACKEND")
    server = ServeurSMTP().start()
    environment = {"EMAIL_HOST": "127.0.0.1", "EMAIL_USE_TLS": "False", **QUICK}
    environment["EMAIL_PORT"] = str(server.port)
    try:
        courriel = verification()
        address = courriel.destinataire
        rolled_back()
        OrmQ.objects.all().delete()
        site.tasks(**environment).kill()
        assert not server.accepted[address]
        site.tasks(**environment)
        async_task("ecms.tasks.send_due_mails")
        wait_until(lambda: server.accepted[address], seconds=40)
        wait_until(lambda: not queued("ecms.tasks.send_due_mails"))
        assert dict(server.accepted) == {address: 1}
    finally:
        server.stop()


def test_sigterm_lets_a_task_end(site):
    done = site.folder / "done"
    tasks = site.tasks()
    async_task("faults.poison.slow", str(done), 3)
    wait_until(done.exists)
    tasks.terminate()
    assert tasks.wait() == 0
    assert done.read_text(encoding="utf-8") == "begun\nended\n"
    assert not queued("faults.poison.slow")


def rolled_back() -> None:
    """A mail of a transaction that failed was never there."""
    with suppress(ZeroDivisionError), transaction.atomic():
        verification()
        raise ZeroDivisionError


WAITS = """
SELECT coalesce(max(client_port), 0) FROM pg_stat_activity
 WHERE wait_event_type = 'Lock' AND state = 'active' AND application_name = 'ecms'
"""


def test_a_worker_that_is_killed_while_it_makes_a_receipt(site, settings):
    settings.PRIVATE_ROOT = site.private
    demarche = DemarcheAdministrativeFactory()
    tasks = site.tasks(**QUICK)
    with closing(site.postgres.connect()) as other, other.cursor() as cursor:
        cursor.execute("BEGIN")
        table = DemarcheAdministrative._meta.db_table
        cursor.execute(f"SELECT 1 FROM {table} WHERE id = %s FOR UPDATE", [demarche.pk])
        async_task("demarches.tasks.faire_recepisse", demarche.pk)
        port = wait_until(lambda: site.postgres.value(WAITS))
        kill(wait_until(lambda: speaker(port, processes_of(tasks))))
    made = Task.objects.filter(func="demarches.tasks.faire_recepisse", success=True)
    wait_until(made.exists)
    demarche.refresh_from_db()
    (receipt,) = files_in(site.private)
    assert receipt == Path(demarche.recepisse.name).name
