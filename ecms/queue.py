"""The task queue in PostgreSQL, for tasks that kill whoever takes them.

django-q counts the tries of a task by what its workers report. One that ends its process (memory,
`os._exit`, a fault in a C library) is never reported, and would be taken again for ever: here a try
is counted before it is made, each is put off longer than the one before, and after `max_attempts`
the task lies among the failed ones of the admin, where it can be sent again.
"""

import logging
import multiprocessing.queues
import signal
from datetime import timedelta

from django.db import transaction
from django.dispatch import receiver
from django.utils import timezone
from django.utils.translation import gettext as _
from django_q import queues
from django_q.brokers.orm import ORM
from django_q.conf import Conf
from django_q.models import Task
from django_q.signals import post_execute_in_worker, pre_execute
from django_q.signing import BadSignature, SignedPackage
from django_q.tasks import async_task
from django_q.utils import get_func_repr

logger = logging.getLogger("ecms.queue")
# In the package of a task, beside what django-q puts there.
TRIES = "essais"
LOOK_SECONDS = 1


class Broker(ORM):
    def timeout(self, task):
        """When a task that is taken now is taken again, if nobody says that it is done."""
        tries = _unpacked(task.payload).get(TRIES, 0)
        return timezone.now() + timedelta(seconds=Conf.RETRY * 2**tries)

    def dequeue(self):
        taken = super().dequeue() or []
        counted = [(pk, self._counted(pk, payload)) for pk, payload in taken]
        return [(pk, payload) for pk, payload in counted if payload]

    def _counted(self, pk: int, payload: str) -> str:
        """The package with this try counted; "" for one that has had all of them."""
        task = _unpacked(payload)
        if not task:
            # Of another key: django-q says so and drops it.
            return payload
        if task.get(TRIES, 0) >= Conf.MAX_ATTEMPTS:
            self._park(pk, task)
            return ""
        payload = SignedPackage.dumps({**task, TRIES: task.get(TRIES, 0) + 1})
        self.get_connection().filter(pk=pk).update(payload=payload)
        return payload

    def _park(self, pk: int, task: dict) -> None:
        now, function = timezone.now(), get_func_repr(task["func"])
        said = {
            "func": function,
            "hook": task.get("hook"),
            "args": task["args"],
            "kwargs": task["kwargs"],
            "group": task.get("group"),
            "cluster": Conf.CLUSTER_NAME,
            "started": now,
            "stopped": now,
            "success": False,
            "attempt_count": task[TRIES],
            "result": _("Abandonnée : le processus qui l'exécutait n'en est pas revenu."),
        }
        with transaction.atomic():
            # What an earlier try raised says more.
            Task.objects.get_or_create(id=task["id"], defaults={"name": task["name"], **said})
            self.delete(pk)
        logger.error("Tâche abandonnée après %s essais : %s", task[TRIES], function)


@transaction.atomic
def send_again(failed: Task, par=None) -> None:
    """A task that was given up has all its tries before it again, as a new one."""
    options = {"hook": failed.hook, "group": failed.group, "cluster": failed.cluster}
    async_task(failed.func, *(failed.args or ()), q_options=options, **(failed.kwargs or {}))
    Task.objects.filter(pk=failed.pk).delete()


def _unpacked(payload: str) -> dict:
    try:
        return SignedPackage.loads(payload)
    except (TypeError, BadSignature):
        return {}


def _get(queue):
    """`get` of the queues between the processes of a cluster. The library's own waits under a lock
    that all readers share: one that is killed while it waits would leave it locked, and the whole
    cluster idle for ever. Here the lock is held while a task that is there is taken."""
    while True:
        if queue._poll(LOOK_SECONDS):
            with queue._rlock:
                if queue._poll(0):
                    taken = queue._recv_bytes()
                    break
    queue._sem.release()
    queue.size.increment(-1)
    return multiprocessing.queues._ForkingPickler.loads(taken)


# A cluster makes its queues once it has its broker, which is here.
queues.Queue.get = _get


@receiver(post_execute_in_worker)
def _end_by_itself(**kwargs):
    """A worker that a task kept too long tells so and leaves, and is told to end besides: dying of
    that while it tells, it would leave the queue of results locked for all."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)


@receiver(pre_execute)
def _may_be_ended(**kwargs):
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
