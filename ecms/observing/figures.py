"""What the database says when Prometheus asks: the queue, the mails, the work by the clock, the
connections, and what the task workers counted there (`ecms.observing.counters`).

They are the installation's and not the process's: every process tells the same.
"""

import logging
from datetime import timedelta

from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection, transaction
from django.db.models import Count, Min, Q
from django.utils import timezone
from django_q.models import OrmQ, Schedule
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

from ecms.models import Compteur, Courriel
from ecms.observing.bounded import Bounded

logger = logging.getLogger("ecms.metrics")
# Of one statement; and of all that is asked, the connection included.
STATEMENT_MS, SECONDS = 1000, 2
NEWSLETTER = "evenements/newsletter"
CONNECTIONS = """
SELECT (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),
       current_setting('max_connections')::int
       - current_setting('superuser_reserved_connections')::int,
       pg_database_size(current_database())
"""


class Database:
    def collect(self):
        found = asked()
        yield GaugeMetricFamily(
            "ecms_database_up",
            "Whether PostgreSQL told this process the rest in time.",
            value=int(found is not None),
        )
        yield from found or []


def read() -> list | None:
    """None when PostgreSQL does not say it all."""
    now = timezone.now()
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT set_config('statement_timeout', %s, true)", [str(STATEMENT_MS)]
                )
            return [
                *_connections(),
                *_queue(now),
                *_mails(now),
                *_schedules(now),
                *_counted(),
            ]
    except (DatabaseError, InterfaceError) as error:
        logger.warning("the database does not tell its figures: %s", type(error).__name__)
        return None


asked = Bounded(read, SECONDS)


def _gauge(name: str, text: str, labels: list[str], rows) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, text, labels=labels)
    for *values, value in rows:
        family.add_metric(values, value)
    return family


def _counter(name: str, text: str, labels: list[str], rows) -> CounterMetricFamily:
    family = CounterMetricFamily(name, text, labels=labels)
    for *values, value in rows:
        family.add_metric(values, value)
    return family


def _since(now, moment) -> float:
    return max((now - moment).total_seconds(), 0) if moment else 0


def _connections() -> list:
    with connection.cursor() as cursor:
        cursor.execute(CONNECTIONS)
        used, most, size = cursor.fetchone()
    return [
        _gauge("ecms_database_connections", "Connections to PostgreSQL.", [], [(used,)]),
        _gauge("ecms_database_connections_max", "As many as it takes of us.", [], [(most,)]),
        _gauge("ecms_database_bytes", "Size of the database.", [], [(size,)]),
    ]


def _queue(now) -> list:
    # A task that a worker has taken is hidden until a time that is to come.
    waiting = Q(lock__lte=now)
    rows = OrmQ.objects.values("key").annotate(
        waiting=Count("pk", filter=waiting),
        taken=Count("pk", filter=~waiting),
        oldest=Min("lock", filter=waiting),
    )
    found = {row["key"]: row for row in rows}
    clusters = [settings.Q_CLUSTER["name"], *settings.Q_CLUSTER["ALT_CLUSTERS"]]
    empty = {"waiting": 0, "taken": 0, "oldest": None}
    known = {name: found.get(name, empty) for name in clusters}
    return [
        _gauge(
            "ecms_queue_tasks",
            "Tasks in the queue of a cluster.",
            ["cluster", "state"],
            [
                (name, state, row[state])
                for name, row in known.items()
                for state in ("waiting", "taken")
            ],
        ),
        _gauge(
            "ecms_queue_oldest_seconds",
            "How long the oldest task has waited for a worker.",
            ["cluster"],
            [(name, _since(now, row["oldest"])) for name, row in known.items()],
        ),
    ]


def _mails(now) -> list:
    waiting = Courriel.objects.filter(statut=Courriel.Statut.EN_ATTENTE)
    rows = (
        waiting.order_by()
        .values_list("gabarit")
        .annotate(
            new=Count("pk", filter=Q(tentatives=0)),
            deferred=Count("pk", filter=Q(tentatives__gt=0)),
            due=Min("prochain_essai"),
        )
    )
    envois = apps.get_model("evenements", "EnvoiNewsletter").objects.filter(statut="a_envoyer")
    letters = envois.aggregate(
        new=Count("pk", filter=Q(tentatives=0)),
        deferred=Count("pk", filter=Q(tentatives__gt=0)),
        due=Min("prochain_essai"),
    )
    rows = [*rows, (NEWSLETTER, letters["new"], letters["deferred"], letters["due"])]
    return [
        _gauge(
            "ecms_mails_waiting",
            "Mails that have not left: never tried (new), or put off (deferred).",
            ["kind", "state"],
            [
                (kind, state, number)
                for kind, new, deferred, _due in rows
                for state, number in (("new", new), ("deferred", deferred))
            ],
        ),
        _gauge(
            "ecms_mails_overdue_seconds",
            "How long the next try of a mail has been due.",
            ["kind"],
            [(kind, _since(now, due)) for kind, _new, _deferred, due in rows],
        ),
    ]


def _schedules(now) -> list:
    jobs = Schedule.objects.filter(next_run__isnull=False).values_list(
        "func", "next_run", "minutes"
    )
    return [
        _gauge(
            "ecms_schedule_late_seconds",
            "How long a job by the clock has been due and not begun.",
            ["function"],
            [(function, _since(now, due)) for function, due, _minutes in jobs],
        ),
        _gauge(
            "ecms_schedule_period_seconds",
            "How often a job is done by the clock.",
            ["function"],
            [
                (function, timedelta(minutes=minutes or 0).total_seconds())
                for function, _due, minutes in jobs
            ],
        ),
    ]


def _counted() -> list:
    tasks, mails = ([], [])
    for each in Compteur.objects.all():
        (tasks if each.nom == Compteur.TACHE else mails).append(each)
    labels = ["function", "outcome"]
    return [
        _counter(
            "ecms_tasks",
            "Tasks that ended, by outcome.",
            labels,
            [(each.sujet, each.issue, each.nombre) for each in tasks],
        ),
        _counter(
            "ecms_task_seconds",
            "Seconds that tasks took.",
            labels,
            [(each.sujet, each.issue, each.secondes) for each in tasks],
        ),
        _gauge(
            "ecms_task_last_timestamp_seconds",
            "When a task last ended so.",
            labels,
            [(each.sujet, each.issue, each.date_modification.timestamp()) for each in tasks],
        ),
        _counter(
            "ecms_mails",
            "Tries to send a mail, by outcome: refused is for good, deferred is not.",
            ["kind", "outcome"],
            [(each.sujet, each.issue, each.nombre) for each in mails],
        ),
    ]
