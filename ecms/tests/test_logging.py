"""Logs: one JSON line per request, by which nobody is known."""

import json
import logging

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.utils.log import log_response

from documents.tests.factories import ActualiteFactory
from ecms.observing.context import doing
from ecms.tests.logged import logged


@pytest.fixture
def lines():
    with logged() as so_far:
        yield so_far


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


def test_an_exception_is_told_by_its_kind_and_its_place(lines):
    try:
        try:
            raise KeyError("awa@exemple.cm")
        except KeyError as error:
            raise ValueError("Awa Ngono, 677 12 34 56") from error
    except ValueError:
        logging.getLogger("ecms.essai").exception("Un essai.")
    (line,) = lines()
    assert "builtins.ValueError" in line["exc_info"]
    assert "builtins.KeyError" in line["exc_info"]
    assert "test_an_exception_is_told" in line["exc_info"]
    # The source is told, and has the words of this test.
    told = [text for text in line["exc_info"].splitlines() if not text.startswith("    ")]
    assert not [text for text in told if "Awa" in text or "exemple.cm" in text]


def test_django_names_no_address_of_a_request_that_failed(lines):
    token = doing.set("api/v1/fichiers/<str:token>")
    request = RequestFactory().get("/api/v1/fichiers/a-secret?cni=112233445566")
    log_response(
        "%s: %s", "Internal Server Error", request.path,
        response=HttpResponse(status=500), request=request,
    )  # fmt: skip
    doing.reset(token)
    (line,) = lines()
    assert line["message"] == "Internal Server Error: api/v1/fichiers/<str:token>"
    assert "a-secret" not in json.dumps(line)
    assert "112233445566" not in json.dumps(line)
