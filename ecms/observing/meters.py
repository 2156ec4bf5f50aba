"""What web processes count. A label is a route's pattern, a method, a class of status: never
anything that somebody typed, and never whom or what it was about."""

import os

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    disable_created_metrics,
    values,
)

from ecms.observing import processes

SHARED = processes.VARIABLE in os.environ
if SHARED:
    # Before the first of them is made: each takes the class that is there.
    values.ValueClass = values.MultiProcessValue(processes.place)

# When each was made: a line more for every one, which files do not have anyway.
disable_created_metrics()
REGISTRY = CollectorRegistry()
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
CLASSES = {number: f"{number}xx" for number in range(1, 6)}
# Nobody's address: one label for all that were asked for.
UNKNOWN = "unknown"

REQUESTS = Histogram(
    "ecms_request_duration_seconds",
    "Requests by route, and how long they took.",
    ["method", "route", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
    registry=REGISTRY,
)
QUERIES = Counter(
    "ecms_request_queries_total",
    "Statements sent to PostgreSQL by requests.",
    ["route"],
    registry=REGISTRY,
)
QUERY_SECONDS = Counter(
    "ecms_request_query_seconds_total",
    "Seconds that requests waited for PostgreSQL.",
    ["route"],
    registry=REGISTRY,
)
SLOW_QUERIES = Counter(
    "ecms_slow_queries_total",
    "Statements slower than SLOW_QUERY_MS.",
    ["route"],
    registry=REGISTRY,
)
PUBLIC_ANSWERS = Counter(
    "ecms_public_answers_total",
    "Answers that any cache may keep: given again (hit) or made (miss), whole or 304.",
    ["result", "status"],
    registry=REGISTRY,
)

_of_requests: dict[tuple, tuple] = {}
_of_answers: dict[tuple, Counter] = {}


def count_request(request, response, seconds: float, queries: int, query_seconds: float) -> None:
    """Some microseconds, once for each request."""
    route = getattr(request.resolver_match or request, "route", None)
    status = response.status_code
    key = (request.method, route, status // 100)
    # Looking a meter up by its labels costs more than to count.
    meters = _of_requests.get(key) or _meters_of(key)
    meters[0].observe(seconds)
    if queries:
        meters[1].inc(queries)
        meters[2].inc(query_seconds)
    if route and status in (200, 304) and "public" in response.headers.get("Cache-Control", ""):
        key = ("hit" if "Age" in response.headers else "miss", status)
        (_of_answers.get(key) or _answers_of(key)).inc()


def count_slow_query(route: str | None) -> None:
    SLOW_QUERIES.labels(route or UNKNOWN).inc()


def _meters_of(key: tuple) -> tuple:
    method, route, number = key
    route = route or UNKNOWN
    labels = (method if method in METHODS else "other", route, CLASSES.get(number, UNKNOWN))
    found = REQUESTS.labels(*labels), QUERIES.labels(route), QUERY_SECONDS.labels(route)
    if method in METHODS:
        _of_requests[key] = found
    return found


def _answers_of(key: tuple) -> Counter:
    found = _of_answers[key] = PUBLIC_ANSWERS.labels(key[0], str(key[1]))
    return found
