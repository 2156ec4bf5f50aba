"""Servers side by side, as in production, over one loaded database; and what they cost."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.db import connection

from evenements.tests.serveur_smtp import free_port

TICKS = os.sysconf("SC_CLK_TCK")
DJANGO = "django.core.wsgi:get_wsgi_application()"
WAIT_SECONDS = 60


@dataclass(frozen=True)
class Server:
    """`application` is a WSGI application, `environment` what is set for it beside the database,
    `options` are gunicorn's."""

    application: str
    environment: dict[str, str] = field(default_factory=dict)
    options: tuple[str, ...] = ()
    database: str = ""


@dataclass(frozen=True)
class Running:
    server: Server
    url: str
    process: subprocess.Popen

    def cpu(self) -> float:
        """Seconds of CPU of its processes, those that have been replaced too."""
        return cpu_of(self.process.pid) + sum(map(cpu_of, children(self.process.pid)))


FLOOR = Server("benchmarks.plancher")
ORDINARY = Server(DJANGO, {"DJANGO_SETTINGS_MODULE": "benchmarks.ordinaire.settings"})
ECMS = Server("ecms.wsgi")
ECMS_WITHOUT_CACHE = Server("ecms.wsgi", {"PUBLIC_CACHE": "false"})


@contextmanager
def serving(*servers: Server) -> Iterator[list[Running]]:
    with ExitStack() as stack:
        yield [stack.enter_context(_serving(each)) for each in servers]


@contextmanager
def _serving(server: Server) -> Iterator[Running]:
    address = f"127.0.0.1:{free_port()}"
    process = subprocess.Popen(  # noqa: S603 our own programs
        [sys.executable, "-m", "gunicorn", server.application, *server.options],
        cwd=settings.BASE_DIR,
        env={**os.environ, "BIND": address, **environment_of(server)},
    )
    try:
        _wait(f"http://{address}/", process)
        yield Running(server, f"http://{address}", process)
    finally:
        process.terminate()
        process.wait(40)


def environment_of(server: Server) -> dict[str, str]:
    name = server.database or connection.settings_dict["NAME"]
    return {"DB_NAME": name, "LOG_LEVEL": "ERROR", **server.environment}


def _wait(url: str, process: subprocess.Popen) -> None:
    """Any answer shows that it serves."""
    until = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            # Our own server, on loopback.
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"{process.args} does not answer.")


def postgresql_cpu() -> float | None:
    """Seconds of CPU of PostgreSQL, all its processes; None where it runs on another machine."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = cursor.fetchone()[0]
    try:
        if not Path(f"/proc/{backend}/comm").read_text().startswith("postgres"):
            return None
        postmaster = int(_stat(backend)[1])
    except OSError:
        return None
    return cpu_of(postmaster) + sum(map(cpu_of, children(postmaster)))


def cpu_of(pid: int) -> float:
    """Of a process, and of its children that have ended."""
    try:
        return sum(int(figure) for figure in _stat(pid)[11:15]) / TICKS
    except OSError:
        return 0


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _stat(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
