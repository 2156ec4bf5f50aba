"""The application does what docs/openapi.yaml says, whoever asks, and whatever they send."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import schemathesis
from django.conf import settings
from django.db import connection, transaction
from schemathesis import GenerationMode, checks
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi import checks as openapi

from contract.cases import drawn, edges
from contract.said import UNREACHED, bodies
from ecms.wsgi import application

PEOPLE = ("visitor", "citizen", "reader", "agent", "national")
# Who acts on rows: each row, in each state, is asked for by them.
HANDLERS = {"citizen", "agent"}
# How many requests of each kind; more find more, and take longer.
EXAMPLES = int(os.environ.get("CONTRACT_EXAMPLES", "3"))
EDGES = 3 * EXAMPLES
SHOWN = 600
CHECKS = [
    checks.not_a_server_error,
    openapi.status_code_conformance,
    openapi.content_type_conformance,
    openapi.response_headers_conformance,
    openapi.response_schema_conformance,
]

schema = schemathesis.openapi.from_path(settings.BASE_DIR / "docs" / "openapi.yaml")
schema.app = application
# Whose token is sent is told below.
schema.config.generation.update(with_security_parameters=False)
OPERATIONS = {found.ok().label: found.ok() for found in schema.get_all_operations()}


@pytest.mark.parametrize("label", OPERATIONS)
def test_it_answers_as_the_schema_says(label, town):
    operation, broken, answered = OPERATIONS[label], {}, set()
    for who, case in _asked(operation, town):
        with _undone():
            response = case.call(headers=town.headers(who))
            # Other methods are tried too, and OPTIONS is always right.
            if case.method == operation.method.upper():
                answered.add(response.status_code)
            for failure in _failures(case, response):
                broken.setdefault(_kind(failure, response), _told(who, case, response, failure))
    if label not in UNREACHED and not any(200 <= status < 300 for status in answered):
        broken["reached"] = f"no 2xx: {sorted(answered)}"
    if broken:
        pytest.fail("\n\n".join([f"{label}: {len(broken)}", *broken.values()]), pytrace=False)


def _asked(operation, town) -> Iterator[tuple]:
    """Who asks what: each person what is right; for the rest they take turns."""
    turn = 0
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
        for case in edges(operation, mode, EDGES):
            who, turn = PEOPLE[turn % len(PEOPLE)], turn + 1
            yield who, town.meant(case, who, turn)
    for case in drawn(operation, GenerationMode.NEGATIVE, EXAMPLES):
        who, turn = PEOPLE[turn % len(PEOPLE)], turn + 1
        yield who, town.meant(case, who, turn)
    right = drawn(operation, GenerationMode.POSITIVE, EXAMPLES)
    for who in PEOPLE:
        for turn, case in enumerate(right):
            yield who, town.meant(case, who, turn, knowing=True)
        for case in right[:1]:
            yield from ((who, each) for each in _meant(operation, town, who, case))


def _meant(operation, town, who: str, case) -> Iterator:
    """About each row in turn, what is known to get through."""
    if said := bodies(town, who).get(operation.label):
        has_file = any(isinstance(value, bytes) for value in said.values())
        case.body = said
        case.media_type = "multipart/form-data" if has_file else "application/json"
    rows = town.rows(operation.full_path, who)
    if rows and who in HANDLERS:
        for row in rows:
            case.path_parameters = row
            yield case
    elif said:
        yield town.meant(case, who, 0)


@contextmanager
def _undone():
    """The next request finds everything as this one did."""
    around = transaction.atomic()
    # As Django's own test case does: what wants to commit by itself is content with this one.
    around._from_testcase = True
    with around:
        yield
        connection.check_constraints()
        transaction.set_rollback(True)


def _failures(case, response) -> list[Failure]:
    try:
        case.validate_response(response, checks=CHECKS)
    except FailureGroup as group:
        return list(group.exceptions)
    except Failure as failure:
        return [failure]
    return []


def _kind(failure: Failure, response) -> tuple:
    where = getattr(failure, "instance_path", None) or getattr(failure, "validation_message", "")
    return type(failure).__name__, response.status_code, str(where)


def _sent(case) -> str:
    return f"{case.method} {case.formatted_path} {case.query} {case.body!r:.{SHOWN}}"


def _told(who: str, case, response, failure: Failure) -> str:
    return (
        f"{failure.title} ({response.status_code}), asked by {who}:\n{failure.message}\n"
        f"{_sent(case)}\n{response.content[:SHOWN].decode(errors='replace')}"
    )
