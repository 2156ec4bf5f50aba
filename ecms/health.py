"""How the installation does: what `/health/ready` and the national administrator are told."""

from datetime import datetime, timedelta

from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count, Min, Q
from django.utils import timezone
from django_q.models import Failure, OrmQ, Schedule, Task

from ecms.models import Courriel

# A task that waited this long says that no worker takes any.
LATE_SECONDS = 300
LAST_FAILURES = 5
# The tables of migrations and the size of the base are looked at no more often.
KEPT_SECONDS = 60
KEY = "ecms.health"


def pending_migrations() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def late_tasks() -> bool:
    """Whether a task waits for a worker, or a job of the clock for whoever queues it: with the last
    cluster gone nothing is queued any more, and an empty queue says that all is well."""
    limit = timezone.now() - timedelta(seconds=LATE_SECONDS)
    waits = OrmQ.objects.filter(lock__lt=limit).exists()
    return waits or Schedule.objects.filter(next_run__lt=limit).exists()


def health() -> dict:
    """The queue, the mails, the scheduled jobs, the last failures and the database, as they were
    within the last minute."""
    found = cache.get(KEY)
    if found is None:
        found = _measured(timezone.now())
        cache.set(KEY, found, KEPT_SECONDS)
    return found


def _measured(now: datetime) -> dict:
    return {
        "file": _queue(now),
        "courriels": _mails(now),
        "planifications": _schedules(now),
        "echecs": _failures(),
        "base": _database(),
    }


def _queue(now: datetime) -> dict:
    found = OrmQ.objects.aggregate(nombre=Count("pk"), plus_ancienne=Min("lock"))
    oldest = found["plus_ancienne"]
    age = max(int((now - oldest).total_seconds()), 0) if oldest else None
    return {
        "nombre": found["nombre"],
        "attente_secondes": age,
        "en_retard": age is not None and age > LATE_SECONDS,
    }


def _mails(now: datetime) -> dict:
    waiting = Courriel.objects.filter(statut=Courriel.Statut.EN_ATTENTE)
    late = Q(prochain_essai__lt=now - timedelta(seconds=LATE_SECONDS))
    found = waiting.aggregate(en_attente=Count("pk"), en_retard=Count("pk", filter=late))
    week = now - timedelta(days=7)
    refused = Courriel.objects.filter(statut=Courriel.Statut.REFUSE, date_modification__gte=week)
    return {**found, "refuses_7_jours": refused.count()}


def _schedules(now: datetime) -> list[dict]:
    """The jobs done by the clock: the last time that one was kept of, and whether it is late."""
    jobs = list(Schedule.objects.order_by("func"))
    last = Task.objects.in_bulk([job.task for job in jobs if job.task])
    return [
        {
            "fonction": job.func,
            "prochaine": job.next_run,
            "derniere": last[job.task].stopped if job.task in last else None,
            "reussie": last[job.task].success if job.task in last else None,
            "en_retard": bool(
                job.next_run and job.next_run < now - timedelta(seconds=LATE_SECONDS)
            ),
        }
        for job in jobs
    ]


def _failures() -> list[dict]:
    rows = Failure.objects.order_by("-stopped").values_list("func", "stopped")[:LAST_FAILURES]
    return [{"fonction": function, "date": stopped} for function, stopped in rows]


def _database() -> dict:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_version'), pg_database_size(current_database())"
        )
        version, size = cursor.fetchone()
    return {"version": version, "octets": size, "migrations_en_attente": pending_migrations()}
