"""`/metrics`: who may read it, what web processes count, and what no label ever holds."""

from datetime import timedelta

import pytest
from django.core.cache import caches
from django.test import Client
from django.utils import timezone

from documents.tests.factories import ActualiteFactory
from ecms.tests.observing.reading import TOKEN, figures, of, scrape
from ecms.tests.test_backup_keeping import fake

LIST = "/api/v1/actualites"
ROUTE = "api/v1/actualites$"


@pytest.fixture(autouse=True)
def _configured(settings):
    settings.METRICS_TOKEN = TOKEN


def counted(client) -> dict:
    return figures(scrape(client))


def more(before: dict, after: dict, name: str, **labels: str) -> float:
    return (of(after, name, **labels) or 0) - (of(before, name, **labels) or 0)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer another-token"},
        {"Authorization": f"Basic {TOKEN}"},
        {"Authorization": TOKEN},
        {"Authorization": "Bearer \xe9"},
    ],
)
def test_without_the_token_there_is_no_such_page(db, headers):
    absent = Client().get("/nowhere")
    answer = Client().get("/metrics", headers=headers)
    assert answer.status_code == absent.status_code == 404
    assert answer.content == absent.content


def test_nothing_but_a_get_of_that_address_is_answered(db):
    headers = {"Authorization": f"Bearer {TOKEN}"}
    for address in ("/metrics/", "/metrics/1", "/api/metrics", "/METRICS"):
        assert Client().get(address, headers=headers).status_code == 404
    assert Client().post("/metrics", headers=headers).status_code == 404


def test_without_a_token_in_the_settings_nobody_reads_it(db, settings):
    settings.METRICS_TOKEN = ""
    for given in ("", "Bearer", "Bearer "):
        assert Client().get("/metrics", headers={"Authorization": given}).status_code == 404


def test_it_is_for_no_cache_and_asks_for_no_host(db):
    headers = {"Authorization": f"Bearer {TOKEN}", "Host": "web:8000"}
    answer = Client().get("/metrics", headers=headers)
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_request_is_counted_by_route(client, yaounde):
    labels = {"method": "GET", "route": ROUTE, "status": "2xx"}
    before = counted(client)
    for _ in range(3):
        client.get(LIST)
    after = counted(client)
    assert more(before, after, "ecms_request_duration_seconds_count", **labels) == 3
    assert more(before, after, "ecms_request_duration_seconds_sum", **labels) > 0
    inside = {**labels, "le": "10.0"}
    assert more(before, after, "ecms_request_duration_seconds_bucket", **inside) == 3
    assert more(before, after, "ecms_request_queries_total", route=ROUTE) >= 3
    assert more(before, after, "ecms_request_query_seconds_total", route=ROUTE) > 0


def test_what_nobody_serves_has_one_label_and_a_strange_method_another(client, db):
    before = counted(client)
    for name in ("awa", "brice"):
        client.get(f"/api/v1/{name}")
        client.generic(name.upper(), LIST)
    after = counted(client)
    name = "ecms_request_duration_seconds_count"
    assert more(before, after, name, method="GET", route="unknown", status="4xx") == 2
    assert more(before, after, name, method="other", route=ROUTE, status="4xx") == 2
    assert not [key for key in after if "AWA" in str(key) or "brice" in str(key)]


def test_nobody_is_in_a_label(client, api, awa, yaounde):
    row = ActualiteFactory(mairie=yaounde, publiee=True, titre="Un titre de journal")
    api(awa).get(f"/api/v1/actualites/{row.pk}?search=ngono@exemple.cm")
    client.get("/api/v1/mairies/yaounde?q=677123456", REMOTE_ADDR="203.0.113.9")
    client.get("/flux/yaounde/evenements.ics", headers={"User-Agent": "the-agent"})
    client.post(
        "/api/v1/auth/login", {"username": "ngono@exemple.cm", "password": "Secret-9-Secret"}
    )
    text = scrape(client)
    for secret in (
        "ngono",
        "677123456",
        "203.0.113",
        "the-agent",
        "Secret",
        "journal",
        awa.username,
    ):
        assert secret not in text
    values = {value for key in figures(text) for _label, value in key[1:]}
    assert "yaounde" not in values
    assert not [value for value in values if f"/{row.pk}" in value]


def test_public_answers_are_hits_or_misses(client, yaounde, settings):
    settings.PUBLIC_CACHE = "public"
    caches["public"].clear()
    before = counted(client)
    tag = client.get(LIST).headers["ETag"]
    client.get(LIST)
    client.get(LIST, headers={"If-None-Match": tag})
    after = counted(client)
    name = "ecms_public_answers_total"
    assert more(before, after, name, result="miss", status="200") == 1
    assert more(before, after, name, result="hit", status="200") == 1
    assert more(before, after, name, result="hit", status="304") == 1


def test_what_is_somebodys_is_no_public_answer(client, api, awa, yaounde):
    before = counted(client)
    api(awa).get("/api/v1/auth/profile")
    client.get("/health/live")
    after = counted(client)
    name = "ecms_public_answers_total"
    assert sum(value for key, value in after.items() if key[0] == name) == sum(
        value for key, value in before.items() if key[0] == name
    )


def test_what_this_is(client, db, settings):
    settings.RELEASE = "v1.2.3"
    assert 'release="v1.2.3"' in scrape(client)
    assert of(counted(client), "ecms_database_up") == 1


def test_the_age_of_the_last_backup(client, db, settings, tmp_path):
    assert "ecms_backup" not in scrape(client)
    settings.BACKUP_DIR = tmp_path / "absent"
    assert of(counted(client), "ecms_backup_readable") == 0
    settings.BACKUP_DIR = tmp_path
    found = counted(client)
    assert of(found, "ecms_backup_readable") == 1
    assert of(found, "ecms_backup_age_seconds") is None
    fake(tmp_path, timezone.now() - timedelta(hours=3))
    assert of(counted(client), "ecms_backup_age_seconds") == pytest.approx(3 * 3600, abs=60)
