"""A task is told of like a request: under the id of the request that queued it, in a line of the
log and in the counters."""

import logging
import sys
import time
from contextvars import ContextVar

import django_q.worker
from django.dispatch import receiver
from django_q.conf import ErrorReporter
from django_q.signals import post_execute, post_execute_in_worker, pre_enqueue, pre_execute
from django_q.utils import get_func_repr

from ecms.models import Compteur
from ecms.observing import counters
from ecms.observing.context import doing
from ecms.observing.raised import without_text
from ecms.requests import request_id

logger = logging.getLogger("ecms.task")
_raised: ContextVar[str] = ContextVar("raised", default="")


class Reporter:
    """Called while the exception of a failed task is at hand."""

    def report(self) -> None:
        _raised.set(without_text(sys.exc_info()[1]))


# Django-q takes reporters from the entry points of installed packages alone, which we are not.
django_q.worker.error_reporter = ErrorReporter([Reporter()])


@receiver(pre_enqueue, dispatch_uid="ecms.observing.tasks")
def _named(sender, task, **kwargs) -> None:
    task["request_id"] = request_id.get()


@receiver(pre_execute, dispatch_uid="ecms.observing.tasks")
def _begun(sender, func, task, **kwargs) -> None:
    # What the clock queued has no request: its own id tells its lines from others'.
    named = task.get("request_id", "-")
    task["tokens"] = (
        request_id.set(named if named != "-" else task["id"]),
        doing.set(get_func_repr(task["func"])),
    )
    task["begun"] = time.perf_counter()


@receiver(post_execute_in_worker, dispatch_uid="ecms.observing.tasks")
def _ended(sender, func, task, **kwargs) -> None:
    """In the worker: its lines are those of the task until here."""
    begun, tokens = task.pop("begun", None), task.pop("tokens", None)
    if begun is None:
        return
    task["seconds"] = time.perf_counter() - begun
    function, outcome = get_func_repr(task["func"]), _outcome(task)
    told = {"function": function, "outcome": outcome, "task_id": task["id"]}
    told["ms"] = round(task["seconds"] * 1000, 1)
    if outcome == "success":
        logger.info("%s %s", function, outcome, extra=told)
    else:
        # Kept with the failed task, and told by django-q in its own line.
        task["result"] = told["raised"] = _raised.get()
        logger.error("%s %s", function, outcome, extra=told)
    named, did = tokens
    doing.reset(did)
    request_id.reset(named)


@receiver(post_execute, dispatch_uid="ecms.observing.tasks")
def _counted(sender, task, **kwargs) -> None:
    """In the one process of a cluster that writes results: a worker that waits here would hold up
    whoever watches over it."""
    function = get_func_repr(task["func"])
    counters.add(Compteur.TACHE, function, _outcome(task), task.get("seconds", 0))


def _outcome(task) -> str:
    return "success" if task.get("success") else "failure"
