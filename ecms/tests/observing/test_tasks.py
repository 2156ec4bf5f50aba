"""A task's lines name the request that queued it; its outcome is counted, no text of it told."""

import json
import logging
import time
from multiprocessing import Value
from queue import Queue

import pytest
from django_q.models import OrmQ, Task
from django_q.monitor import monitor
from django_q.signing import SignedPackage
from django_q.tasks import async_task
from django_q.worker import worker

from ecms.models import Compteur
from ecms.observing.context import route
from ecms.requests import request_id

OURS = "ecms.tests.observing.test_tasks"
seen = []


def well(number: int) -> None:
    seen.append((request_id.get(), route()))


def badly(words: str) -> None:
    logging.getLogger("ecms.essai").warning("before")
    raise ValueError(f"{words} is no number")


def slowly() -> None:
    time.sleep(5)


def work_off() -> None:
    """As a cluster would, in this process."""
    tasks, results = Queue(), Queue()
    for row in OrmQ.objects.order_by("pk"):
        tasks.put({**SignedPackage.loads(row.payload), "ack_id": row.pk})
    tasks.put("STOP")
    worker(tasks, results, Value("f", -1), 1)
    results.put("STOP")
    monitor(results)


@pytest.fixture
def asked(db):
    """Queued by the request `request-0042`."""
    seen.clear()
    token = request_id.set("request-0042")
    yield lambda name, *args: async_task(f"{OURS}.{name}", *args, sync=True)
    request_id.reset(token)


def test_it_works(asked, lines):
    asked("well", 1)
    assert seen == [("request-0042", f"{OURS}.well")]
    assert request_id.get() == "request-0042"
    assert route() is None
    (line,) = [line for line in lines() if line["logger"] == "ecms.task"]
    assert line["request_id"] == "request-0042"
    assert line["function"] == f"{OURS}.well"
    assert line["outcome"] == "success"
    assert line["ms"] >= 0
    counted = Compteur.objects.get()
    assert (counted.nom, counted.sujet, counted.issue, counted.nombre) == (
        "tache", f"{OURS}.well", "success", 1,
    )  # fmt: skip
    assert counted.secondes > 0


def test_what_the_clock_queues_goes_by_its_own_id(db):
    seen.clear()
    task = async_task(f"{OURS}.well", 1, sync=True)
    assert seen == [(task, f"{OURS}.well")]
    assert request_id.get() == "-"


def test_what_a_failed_task_says_is_kept_out(transactional_db, lines):
    OrmQ.objects.all().delete()
    token = request_id.set("request-0043")
    async_task(f"{OURS}.badly", "Awa Ngono")
    request_id.reset(token)
    work_off()
    before, ended, _of_django_q = lines()
    assert before["request_id"] == ended["request_id"] == "request-0043"
    assert ended["level"] == "ERROR"
    assert ended["outcome"] == "failure"
    assert "builtins.ValueError" in ended["raised"]
    assert "in badly" in ended["raised"]
    assert "ValueError" in Task.objects.get().result
    assert "Awa" not in json.dumps(lines()) + Task.objects.get().result
    assert Compteur.objects.get().issue == "failure"
    assert request_id.get() == "-"


def test_a_task_that_takes_too_long_has_failed(transactional_db, lines):
    OrmQ.objects.all().delete()
    async_task(f"{OURS}.slowly")
    work_off()
    assert lines()[0]["outcome"] == "failure"
    assert "TimeoutException" in lines()[0]["raised"]
    assert Compteur.objects.get().issue == "failure"
