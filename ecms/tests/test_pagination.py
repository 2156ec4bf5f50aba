"""Pages: their price does not depend on how many rows there are."""

import functools

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from documents.tests.factories import ActualiteFactory
from ecms.api import pagination
from mairies.models import Mairie
from mairies.tests.factories import MairieFactory, ServiceMunicipalFactory

ADDRESS = "/api/v1/mairies"


@pytest.fixture
def seven(db):
    return MairieFactory.create_batch(7)


def test_it_works(api, seven):
    body = api().get(ADDRESS).json()
    assert list(body) == ["count", "count_exact", "next", "previous", "results"]
    assert body["count"] == len(body["results"]) == 7
    assert body["count_exact"] is True
    assert body["next"] is body["previous"] is None


def test_pages_follow_each_other_and_hold_each_row_once(api, seven):
    seen, address, sizes = [], f"{ADDRESS}?page_size=3&type=commune", []
    while address:
        body = api().get(address).json()
        seen += [row["id"] for row in body["results"]]
        sizes.append(len(body["results"]))
        address = body["next"]
    assert sizes == [3, 3, 1]
    assert sorted(seen) == sorted(m.pk for m in seven)


def test_links_keep_the_question(api, seven):
    body = api().get(ADDRESS, {"page_size": 3, "page": 2, "type": "commune"}).json()
    assert "page=3" in body["next"]
    assert "type=commune" in body["next"]
    assert "page_size=3" in body["previous"]
    assert "page=1" not in body["previous"]
    assert body["next"].startswith("http://testserver/api/v1/mairies?")


def test_a_full_last_page_has_no_next(api, seven):
    assert api().get(ADDRESS, {"page_size": 7}).json()["next"] is None
    assert api().get(ADDRESS, {"page_size": 6}).json()["next"] is not None


def test_a_page_holds_twenty_and_at_most_a_hundred(api, db):
    Mairie.objects.bulk_create(MairieFactory.build_batch(101))
    assert len(api().get(ADDRESS).json()["results"]) == 20
    for asked in (100, 101, 10**9):
        assert len(api().get(ADDRESS, {"page_size": asked}).json()["results"]) == 100


def test_an_empty_list_is_a_page(api, db):
    body = api().get(ADDRESS).json()
    assert (body["count"], body["results"]) == (0, [])


def test_a_page_behind_the_last_is_a_404(api, seven):
    for page in (2, 999_999, 1_000_001, 10**11):
        answer = api().get(ADDRESS, {"page": page})
        assert answer.status_code == 404
        assert answer.json()["code"] == "introuvable"


@pytest.mark.parametrize("name", ["page", "page_size"])
@pytest.mark.parametrize("value", ["0", "-1", "1.5", "1e3", "x", "", " 1", "٣", "9" * 13, "1,2"])
def test_what_is_no_number_is_a_400(name, value, api, seven):
    answer = api().get(ADDRESS, {name: value})
    assert answer.status_code == 400
    assert name in answer.json()["fields"]


def test_beyond_the_limit_the_count_is_a_limit(api, seven, monkeypatch):
    for counted, count, exact in ((6, 6, False), (7, 7, True), (8, 7, True)):
        monkeypatch.setattr(pagination, "COUNTED", counted)
        body = api().get(ADDRESS, {"page_size": 2, "page": 4}).json()
        assert (body["count"], body["count_exact"]) == (count, exact)
        assert len(body["results"]) == 1


@pytest.mark.parametrize(
    ("address", "factory"),
    [
        ("mairies", MairieFactory),
        ("services", ServiceMunicipalFactory),
        ("actualites", functools.partial(ActualiteFactory, publiee=True)),
    ],
)
def test_the_number_of_queries_is_constant(address, factory, api, db):
    counts = []
    for number in (1, 2, 20):
        for _ in range(number):
            factory()
        with CaptureQueriesContext(connection) as queries:
            assert api().get(f"/api/v1/{address}").json()["count"] >= number
        counts.append(len(queries))
    assert counts[0] == counts[1] == counts[2] <= 5
