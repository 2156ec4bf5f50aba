"""The task queue: tries are counted before they are made; what has had all of them is parked."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_q.conf import Conf
from django_q.models import Failure, OrmQ
from django_q.tasks import async_task

from ecms.queue import Broker

pytestmark = pytest.mark.django_db
TASK = "ecms.tasks.send_mail"


@pytest.fixture
def broker():
    return Broker(list_key="ecms")


def lost() -> None:
    """Whoever took the tasks is gone, and their time has passed."""
    OrmQ.objects.update(lock=timezone.now() - timedelta(seconds=1))


def test_it_works(broker):
    async_task(TASK, 7)
    lost()
    ((pk, payload),) = broker.dequeue()
    assert OrmQ.objects.get().pk == pk
    assert OrmQ.objects.get().payload == payload
    assert OrmQ.objects.get().task["args"] == (7,)


def test_each_try_is_put_off_longer(broker):
    async_task(TASK, 7)
    waits = []
    for _ in range(3):
        lost()
        began = timezone.now()
        assert broker.dequeue()
        waits.append(round((OrmQ.objects.get().lock - began).total_seconds() / Conf.RETRY))
    assert waits == [1, 2, 4]


def test_one_that_never_came_back_is_parked(broker, caplog):
    async_task(TASK, 7, group="essai")
    for _ in range(Conf.MAX_ATTEMPTS):
        lost()
        assert broker.dequeue()
    lost()
    assert broker.dequeue() == []
    assert not OrmQ.objects.exists()
    parked = Failure.objects.get()
    assert (parked.func, parked.args, parked.group) == (TASK, (7,), "essai")
    assert parked.attempt_count == Conf.MAX_ATTEMPTS
    assert "Abandonnée" in parked.result
    assert f"Tâche abandonnée après {Conf.MAX_ATTEMPTS} essais : {TASK}" in caplog.text


def test_a_package_of_another_key_is_left_to_the_library(broker):
    OrmQ.objects.create(key="ecms", payload="x:y:z", lock=timezone.now() - timedelta(1))
    ((_pk, payload),) = broker.dequeue()
    assert payload == "x:y:z"


def test_a_failed_task_is_sent_again_from_the_admin(client, nadege, broker):
    async_task(TASK, 7)
    for _ in range(Conf.MAX_ATTEMPTS + 1):
        lost()
        broker.dequeue()
    failed = Failure.objects.get()
    client.force_login(nadege)
    address = "/admin/django_q/failure/"
    body = {"action": "relancer", "_selected_action": [failed.pk]}
    answer = client.post(address, body, follow=True)
    assert "1 tâche relancée." in answer.content.decode()
    assert not Failure.objects.exists()
    again = OrmQ.objects.get().task
    assert (again["func"], again["args"]) == (TASK, (7,))
    assert again["id"] != failed.pk
