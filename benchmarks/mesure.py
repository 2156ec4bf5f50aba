"""Measures side by side: what is compared runs in the same process, in alternating rounds."""

import logging
import random
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import django
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

ROUNDS = 40
WARM_UP = 5
COLUMNS = ("", "median ms", "p95 ms", "queries", "ratio")


@dataclass
class Contender:
    """One way of doing the same: `run` does it once. The first of a comparison is its reference."""

    name: str
    run: Callable[[], object]
    queries: str = ""
    milliseconds: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return statistics.median(self.milliseconds)

    @property
    def p95(self) -> float:
        return statistics.quantiles(self.milliseconds, n=20)[-1]


def prepare() -> None:
    """Load Django as a server has it: without the debugger, which keeps every query."""
    django.setup()
    logging.disable(logging.WARNING)
    settings.DEBUG = False
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.SECURE_SSL_REDIRECT = False


@contextmanager
def own_database() -> Iterator[None]:
    """An empty, migrated database for the run; it is dropped behind it."""
    before = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(before, verbosity=0)


def analyse() -> None:
    """Tell PostgreSQL how many rows there are now, as its own daemon would later."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def compare(*contenders: Contender, rounds: int = ROUNDS) -> None:
    """Run all of them in each round, in a new order each time."""
    for contender in contenders:
        for _again in range(WARM_UP):
            contender.run()
        with CaptureQueriesContext(connection) as captured:
            contender.run()
        contender.queries = contender.queries or str(len(captured))
    for _round in range(rounds):
        for contender in random.sample(contenders, len(contenders)):
            contender.milliseconds.append(_timed(contender.run))


def table(title: str, *contenders: Contender) -> str:
    """The figures as lines to print; the ratio is that of the medians to the first one's."""
    reference = contenders[0].median
    rows = [
        (c.name, f"{c.median:.2f}", f"{c.p95:.2f}", c.queries, f"{c.median / reference:.1f}")
        for c in contenders
    ]
    widths = [max(len(row[i]) for row in [COLUMNS, *rows]) for i in range(len(COLUMNS))]
    lines = [_line(row, widths) for row in [COLUMNS, *rows]]
    return "\n".join([title, *lines])


def _timed(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return (time.perf_counter() - start) * 1000


def _line(cells: tuple[str, ...], widths: list[int]) -> str:
    name, *figures = cells
    right = [cell.rjust(width) for cell, width in zip(figures, widths[1:], strict=True)]
    return "  ".join([name.ljust(widths[0]), *right])
