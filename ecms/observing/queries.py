"""Every statement is counted and timed, on every connection; a slow one is told in the log.

The line has the text of the statement and never a value: those that the ORM passes apart are left
out, those that somebody wrote into the text are blanked.
"""

import logging
import re
import threading
from time import perf_counter

from django.conf import settings
from django.db.backends.signals import connection_created

from ecms.observing import context, meters

logger = logging.getLogger("ecms.query")
LONGEST_TEXT = 2000
LITERAL = re.compile(r"'(?:[^']|'')*(?:'|$)|\$(\w*)\$.*?\$\1\$", re.DOTALL)
NUMBER = re.compile(r"\b\d{5,}\b")
LIST = re.compile(r"(%s|%\(\w+\)s)(, (%s|%\(\w+\)s)){3,}")


class Tally(threading.local):
    """Of this thread since it began: who wants those of a request takes the difference."""

    count = 0
    seconds = 0.0


tally = Tally()


def install() -> None:
    connection_created.connect(_watch, dispatch_uid="ecms.observing.queries")


def _watch(sender, connection, **kwargs) -> None:
    """The first in its list: `execute_wrapper` takes the last one away at its end, and a connection
    may be made within one."""
    if _measure not in connection.execute_wrappers:
        connection.execute_wrappers.insert(0, _measure)


def _measure(execute, sql, params, many, context_):
    start = perf_counter()
    try:
        return execute(sql, params, many, context_)
    finally:
        seconds = perf_counter() - start
        tally.count += 1
        tally.seconds += seconds
        if 0 < settings.SLOW_QUERY_MS <= seconds * 1000:
            _tell(str(sql), seconds)


def _tell(sql: str, seconds: float) -> None:
    route, ms = context.route(), round(seconds * 1000, 1)
    meters.count_slow_query(route)
    told = {"route": route, "ms": ms, "sql": without_values(sql)}
    logger.warning("slow query, %s ms: %s", ms, told["sql"], extra=told)


def without_values(sql: str) -> str:
    # A cut before the blanking could leave half a literal without its end.
    text = NUMBER.sub("?", LITERAL.sub("'?'", sql[: 20 * LONGEST_TEXT]))
    text = " ".join(LIST.sub("%s, …", text).split())
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}…"
