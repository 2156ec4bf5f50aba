"""Logs: one JSON line per request, by which nobody is known."""

import io
import json
import logging

import pytest
from django.conf import settings as project
from django.test import Client
from django.utils.module_loading import import_string

from documents.tests.factories import ActualiteFactory
from ecms.logging import RequestIdFilter


@pytest.fixture
def lines():
    """What is logged from here on, as production writes it."""
    described = dict(project.LOGGING["formatters"]["json"])
    make, form = import_string(described.pop("()")), described.pop("format")
    handler = logging.StreamHandler(io.StringIO())
    handler.addFilter(RequestIdFilter())
    handler.setFormatter(make(form, **described))
    logging.getLogger().addHandler(handler)
    yield lambda: [json.loads(line) for line in handler.stream.getvalue().splitlines()]
    logging.getLogger().removeHandler(handler)


def test_it_works(lines, yaounde):
    row = ActualiteFactory(mairie=yaounde, publiee=True)
    answer = Client().get(
        f"/api/v1/actualites/{row.pk}?search=awa@exemple.cm",
        headers={"User-Agent": "the-agent", "X-Request-ID": "request-0001"},
        REMOTE_ADDR="203.0.113.9",
    )
    (line,) = lines()
    assert line["request_id"] == answer.headers["X-Request-ID"] == "request-0001"
    assert (line["method"], line["status"], line["level"]) == ("GET", 200, "INFO")
    assert line["logger"] == "ecms.request"
    assert line["route"].startswith("api/v1/")
    assert line["ms"] > 0
    assert line["time"]
    text = json.dumps(line)
    for secret in ("awa", "exemple.cm", "203.0.113.9", "the-agent", "?", f"/{row.pk}"):
        assert secret not in text.replace("(?P", "")


def test_whoever_signs_in_is_not_in_the_line(lines, api, chantal):
    body = {"username": chantal.email, "password": "Secret-entre-nous-9"}
    api().post("/api/v1/auth/login", body)
    api(chantal).get("/api/v1/auth/profile")
    text = json.dumps(lines())
    for secret in (chantal.email, chantal.username, "Secret-entre-nous", "Bearer"):
        assert secret not in text


def test_an_unknown_address_is_not_quoted(lines, db):
    Client().get("/api/v1/awa@exemple.cm")
    (line,) = lines()
    assert line["route"] is None
    assert line["status"] == 404
    assert "awa" not in json.dumps(line)


def test_what_is_said_outside_a_request_has_no_id(lines):
    logging.getLogger("ecms.tasks").warning("Une tâche.")
    (line,) = lines()
    assert line["request_id"] == "-"
    assert line["message"] == "Une tâche."
