"""Servers side by side, driven in turn by the same load (`wrk`): requests per second, time, CPU."""

import os
import re
import statistics
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

CONNECTIONS, SECONDS, ROUNDS = 8, 4, 5
TICKS = os.sysconf("SC_CLK_TCK")
FOUND = {
    "per_second": re.compile(r"Requests/sec:\s+([\d.]+)"),
    "p50": re.compile(r"50%\s+([\d.]+)(us|ms|s)"),
    "p99": re.compile(r"99%\s+([\d.]+)(us|ms|s)"),
    "refused": re.compile(r"Non-2xx or 3xx responses: (\d+)"),
}
MILLISECONDS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


@dataclass
class Served:
    """One way of serving `path`: `application` is a WSGI application, `environment` what is set
    for it beside the database, `headers` what each request says."""

    name: str
    application: str
    path: str
    environment: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    rounds: list[dict[str, float]] = field(default_factory=list)

    def median(self, figure: str) -> float:
        return statistics.median(one[figure] for one in self.rounds)


def compare(*contenders: Served) -> None:
    """Serve all of them, and drive one after the other in each round."""
    with ExitStack() as stack:
        running = [(each, *stack.enter_context(_serving(each))) for each in contenders]
        for _again in range(ROUNDS):
            for each, url, process in running:
                each.rounds.append(_driven(each, url, process))


def table(title: str, *contenders: Served) -> str:
    """Medians of the rounds; the ratio is to the requests per second of the first."""
    floor = contenders[0].median("per_second")
    lines = [
        title,
        f"{'':34}{'req/s':>9}{'± %':>6}{'p50 ms':>9}{'p99 ms':>9}{'CPU ms':>9}{'ratio':>7}",
    ]
    for each in contenders:
        rates = [one["per_second"] for one in each.rounds]
        noise = 100 * (max(rates) - min(rates)) / 2 / each.median("per_second")
        figures = [each.median(name) for name in ("p50", "p99", "cpu")]
        told = "".join(f"{figure:9.2f}" for figure in figures)
        rate = each.median("per_second")
        lines.append(f"{each.name:34}{rate:9.0f}{noise:6.0f}{told}{rate / floor:7.2f}")
    return "\n".join(lines)


@contextmanager
def _serving(each: Served) -> Iterator[tuple[str, subprocess.Popen]]:
    """`each` behind the server of production, with its workers."""
    address = f"127.0.0.1:{free_port()}"
    process = subprocess.Popen(  # noqa: S603 our own programs
        [sys.executable, "-m", "gunicorn", each.application],
        cwd=settings.BASE_DIR,
        env={
            **os.environ,
            "BIND": address,
            "DB_NAME": connection.settings_dict["NAME"],
            "LOG_LEVEL": "WARNING",
            **each.environment,
        },
    )
    try:
        _wait(f"http://{address}{each.path}", each)
        yield f"http://{address}{each.path}", process
    finally:
        process.terminate()
        process.wait(40)


def _wait(url: str, each: Served) -> None:
    for _again in range(300):
        try:
            # Our own server, on loopback.
            asked = urllib.request.Request(url, headers=each.headers)  # noqa: S310
            with urllib.request.urlopen(asked, timeout=5):  # noqa: S310
                return
        except urllib.error.HTTPError as error:
            if error.code == 304:
                return
            raise SystemExit(f"{each.name}: {error.code}") from None
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"{each.name} does not answer.")


def _driven(each: Served, url: str, process: subprocess.Popen) -> dict[str, float]:
    headers = [part for name, value in each.headers.items() for part in ("-H", f"{name}: {value}")]
    before = _cpu(process.pid)
    output = subprocess.run(  # noqa: S603 our own program
        ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "--latency", *headers, url],  # noqa: S607
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    if FOUND["refused"].search(output):
        raise SystemExit(f"{each.name}: {output}")
    per_second = float(FOUND["per_second"].search(output)[1])
    cpu = (_cpu(process.pid) - before) * 1000 / (per_second * SECONDS)
    return {
        "per_second": per_second,
        "cpu": cpu,
        "p50": _time(output, "p50"),
        "p99": _time(output, "p99"),
    }


def _time(output: str, name: str) -> float:
    found = FOUND[name].search(output)
    return float(found[1]) * MILLISECONDS[found[2]]


def _cpu(pid: int) -> float:
    """Seconds of CPU of a server and its workers; those of PostgreSQL are not among them."""
    total = 0
    for task in [pid, *_children(pid)]:
        fields = Path(f"/proc/{task}/stat").read_text().rsplit(")", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICKS


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
