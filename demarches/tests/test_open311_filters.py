"""What Open311 may be asked, and how it says no."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from demarches.models import Signalement
from demarches.open311.filters import WINDOW
from demarches.tests.factories import PieceJointeFactory, SignalementFactory, SuiviFactory
from demarches.tests.open311 import BASE, ask, numbers, said

HOSTILE = [
    "\x01\x1b", "\udc80", "'\";--", "<x>&", "%", "0", "-1", "1e999", "nan", "inf", "9" * 400,
    "٣", "1.5", "[]", "{}", "null", "true", "../../etc/passwd", "a" * 3000, ",", ",,,a",
    "0000-00-00", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "2026-02-30",
    "2026-11-22T25:00:00Z", "2026-W01-1", "2026-11-22T10:00:00+99:99", "😀",
]  # fmt: skip
PARAMETERS = [
    *("jurisdiction_id", "service_request_id", "service_code", "status"),
    *("start_date", "end_date", "page", "page_size"),
]


@pytest.fixture
def report(yaounde):
    return SignalementFactory(mairie=yaounde)


def age(report, days: float):
    moment = timezone.now() - timedelta(days=days)
    Signalement.objects.filter(pk=report.pk).update(date_creation=moment)
    return report


def test_filters(report, yaounde, douala):
    light = SignalementFactory(mairie=douala, categorie="eclairage")
    assert numbers() == [light.numero_suivi, report.numero_suivi]
    assert numbers({"jurisdiction_id": "douala"}) == [light.numero_suivi]
    assert numbers({"service_code": "voirie"}) == [report.numero_suivi]
    assert len(numbers({"service_code": "voirie,eclairage"})) == 2
    assert numbers({"service_code": "bruit"}) == []


def test_empty_parameters_are_none(report):
    assert numbers(dict.fromkeys(PARAMETERS, "")) == [report.numero_suivi]


def test_numbers_override_the_other_filters(report, yaounde):
    old = age(SignalementFactory(mairie=yaounde), days=400)
    query = {"service_request_id": f"{old.numero_suivi}, {report.numero_suivi.lower()},S-0"}
    assert len(numbers(query)) == 2
    assert len(numbers({**query, "status": "closed", "service_code": "eau"})) == 2
    assert numbers({**query, "jurisdiction_id": "yaounde", "page_size": 1}) == [report.numero_suivi]


def test_by_default_the_last_ninety_days(report, yaounde):
    recent = age(SignalementFactory(mairie=yaounde), days=89)
    old = age(SignalementFactory(mairie=yaounde), days=91)
    assert numbers() == [report.numero_suivi, recent.numero_suivi]
    start = (timezone.now() - timedelta(days=120)).isoformat()
    assert numbers({"start_date": start}) == [recent.numero_suivi, old.numero_suivi]
    end = (timezone.now() - timedelta(days=90)).isoformat()
    assert numbers({"end_date": end}) == [old.numero_suivi]
    assert numbers({"start_date": start, "end_date": end}) == [old.numero_suivi]
    too_long = {"start_date": (timezone.now() - WINDOW - timedelta(days=1)).isoformat()}
    said(ask("requests.xml", {**too_long, "end_date": timezone.now().isoformat()}), 400)


@pytest.mark.parametrize(
    "moment",
    [
        *("2026-11-20T09:00:00+01:00", "2026-11-20T08:00:00Z", "2026-11-20T09:00:00"),
        *("2026-11-20T09:00:00 01:00", "2026-11-20T09:00+01:00"),
    ],
)
def test_moments_in_many_forms(report, moment, time_machine):
    time_machine.move_to("2026-11-21T00:00:00Z")
    exactly = "2026-11-20T08:00:00Z"
    Signalement.objects.update(date_creation=exactly)
    assert numbers({"start_date": moment}) == [report.numero_suivi]
    assert numbers({"end_date": moment}) == [report.numero_suivi]
    assert numbers({"start_date": "2026-11-20"}) == [report.numero_suivi]
    assert numbers({"end_date": "2026-11-20"}) == []


def test_pages(yaounde):
    made = [SignalementFactory(mairie=yaounde).numero_suivi for _ in range(5)][::-1]
    assert numbers({"page_size": 2}) == made[:2]
    assert numbers({"page_size": 2, "page": 3}) == made[4:]
    assert numbers({"page": 2}) == []
    assert numbers({"page_size": 5000}) == made
    for bad in ("0", "-1", "x", "1.5", "9" * 30, "²"):
        said(ask("requests.json", {"page": bad}), 400)
        said(ask("requests.xml", {"page_size": bad}), 400)


def test_a_thousand_at_most(yaounde):
    SignalementFactory.create_batch(
        1001, mairie=yaounde, signaleur=None, date_creation=timezone.now()
    )
    assert len(numbers()) == len(numbers({"page_size": 1001})) == 1000
    assert len(numbers({"page": 2})) == 1


def test_constant_queries(yaounde, django_assert_num_queries):
    def add():
        row = SignalementFactory(mairie=yaounde)
        PieceJointeFactory(mairie=yaounde, de_signalement=True, signalement=row)
        SuiviFactory(mairie=yaounde, demarche=None, signalement=row, nature="statut")

    add()
    with CaptureQueriesContext(connection) as one:
        numbers({"jurisdiction_id": "yaounde"})
    for _ in range(4):
        add()
    with django_assert_num_queries(len(one)):
        assert len(numbers({"jurisdiction_id": "yaounde"})) == 5
    assert len(one) == 3


# Errors and hostile questions ---------------------------------------------------------------------


def test_errors_are_in_the_format_that_was_asked(db):
    for suffix in ("json", "xml"):
        content_type = {"json": "application/json", "xml": "text/xml"}[suffix]
        for path, status in (("requests", 400), ("requests/S-1", 404), ("rien", 404)):
            answer = ask(f"{path}.{suffix}", {"status": "x"})
            said(answer, status)
            assert answer.headers["Content-Type"].startswith(content_type)
        answer = Client().delete(f"{BASE}/requests.{suffix}")
        said(answer, 405)
        assert set(answer.headers["Allow"].split(", ")) >= {"GET", "POST"}
        assert answer.headers["Content-Type"].startswith(content_type)


def test_a_format_that_we_do_not_speak_is_a_406(db):
    for path in ("requests.yaml", "services.html", "requests/S-1.csv", "discovery.json5"):
        said(ask(path), 406)
    said(ask("requests", Accept="text/html"), 406)


@pytest.mark.parametrize(
    "path",
    [
        *("", "rien", "requests/", "requests/a/b", "requests/a/b.json", "tokens/1.xml", "a.b.json"),
        *("requests.", "requests..json", f"requests/{'9' * 400}.json", "services/é.json", "%0a"),
    ],
)
def test_other_addresses_are_404(db, path):
    assert ask(path).status_code in {404, 406}


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"])
def test_other_methods(db, method):
    for path in ("requests.xml", "services.json", "discovery.xml"):
        said(Client().generic(method, f"{BASE}/{path}"), 405)


def test_head(report):
    answer = Client().head(f"{BASE}/requests.xml")
    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize("parameter", PARAMETERS)
def test_hostile_values(report, parameter):
    for value in HOSTILE:
        for suffix in ("json", "xml"):
            answer = ask(f"requests.{suffix}", {parameter: value.encode(errors="surrogatepass")})
            assert answer.status_code in {200, 400, 404}, (value, answer.content)
            if answer.status_code != 200:
                said(answer, answer.status_code)
    assert ask(f"requests.json?{parameter}=%00").status_code == 400
    assert ask(f"requests.json?{parameter}=a&{parameter}[]=b").status_code in {200, 400, 404}
