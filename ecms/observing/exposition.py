"""The answer to Prometheus: what web processes counted, what the database says, what this is."""

import os
import platform
import secrets

import django
from django.conf import settings
from django.http import HttpResponse
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.multiprocess import MultiProcessCollector

from ecms.backups import keeping
from ecms.observing import figures, meters, processes
from ecms.observing.bounded import Bounded

# A folder on a disk of the network may hang.
BACKUP_SECONDS = 2
backups = Bounded(keeping.state, BACKUP_SECONDS)


class Installation:
    """What this is, and how old its last backup."""

    def collect(self):
        yield InfoMetricFamily(
            "ecms_build",
            "What is running.",
            value={
                "release": settings.RELEASE,
                "python": platform.python_version(),
                "django": django.get_version(),
            },
        )
        yield from _backups()


def _backups():
    if settings.BACKUP_DIR is None:
        return
    state = backups() or keeping.State(readable=False)
    yield GaugeMetricFamily(
        "ecms_backup_readable",
        "Whether this process can look into BACKUP_DIR.",
        value=int(state.readable),
    )
    if state.last:
        yield GaugeMetricFamily(
            "ecms_backup_age_seconds",
            "Since the last backup.",
            value=state.age.total_seconds(),
        )


def may_read(request) -> bool:
    scheme, _space, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    known = secrets.compare_digest(token.strip().encode(), settings.METRICS_TOKEN.encode())
    return known and scheme.lower() == "bearer" and request.method == "GET"


def answer() -> HttpResponse:
    registry = CollectorRegistry()
    if meters.SHARED:
        MultiProcessCollector(registry, os.environ[processes.VARIABLE])
    else:
        registry.register(meters.REGISTRY)
    for collector in (figures.Database(), Installation()):
        registry.register(collector)
    return HttpResponse(
        generate_latest(registry),
        content_type=CONTENT_TYPE_PLAIN_0_0_4,
        headers={"Cache-Control": "private, no-store"},
    )
