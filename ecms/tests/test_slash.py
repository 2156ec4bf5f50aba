"""The canonical address has no trailing slash; one is forgiven, without a redirect."""

import pytest
from django.test import Client

from documents.models import Actualite
from documents.tests.factories import ActualiteFactory
from mairies.models import ServiceMunicipal


def test_it_works(api, yaounde):
    plain, slashed = api().get("/api/v1/mairies"), api().get("/api/v1/mairies/")
    assert slashed.status_code == 200
    assert slashed.content == plain.content
    assert slashed.headers["ETag"] == plain.headers["ETag"]


def test_a_post_keeps_its_body(api, awa):
    answer = api(awa).post("/api/v1/services/", {"nom": "Guichet"})
    assert answer.status_code == 201
    assert ServiceMunicipal.objects.get().nom == "Guichet"
    assert answer.headers["Location"].endswith(f"/api/v1/services/{answer.json()['id']}")


def test_put_patch_and_delete(api, awa, yaounde):
    row = ActualiteFactory(mairie=yaounde)
    address = f"/api/v1/actualites/{row.pk}/"
    assert api(awa).patch(address, {"titre": "Un"}).json()["titre"] == "Un"
    body = {"titre": "Deux", "contenu": "<p>Deux</p>"}
    assert api(awa).put(address, body).json()["titre"] == "Deux"
    assert api(awa).options(address).status_code == 200
    assert api(awa).head(address).status_code == 200
    assert api(awa).delete(address).status_code == 204
    assert not Actualite.objects.exists()


def test_links_have_no_slash(api, yaounde, douala):
    body = api().get("/api/v1/mairies/", {"page_size": 1}).json()
    assert "/api/v1/mairies?" in body["next"]


@pytest.mark.parametrize(
    "address",
    [
        "/api/v1//mairies",
        "/api//v1/mairies",
        "/api/v1/mairies//",
        "/api/v1/mairies.json",
        "/api/v1/mairies.",
        "/api/v1/mairies;x",
        "/api/v1/mairies%20",
        "/api/v1/mairies%0A",
        "/api/v1/mairies%2F",
        "/api/v1/./mairies/x",
        "/api/v1/../v1/mairies/",
        "/api/v1/mairies/yaounde.json",
        "/api/v1/mairies/yaounde%0a",
        "/api/v1/services/%D9%A1",
        "/api/V1/mairies",
    ],
)
def test_tricks_are_unknown_addresses(address, yaounde):
    answer = Client().get(address)
    # The encoded slash is a slash for WSGI: one is forgiven.
    assert answer.status_code == (200 if address.endswith("%2F") else 404), answer.content
    if answer.status_code == 404:
        assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_format_is_not_asked_by_the_query(api, yaounde):
    for asked in ("html", "json", "api", "xml"):
        answer = api().get("/api/v1/mairies", {"format": asked})
        assert answer.headers["Content-Type"] == "application/json"


def test_outside_the_api_nothing_is_stripped(db):
    assert Client().get("/health/live/").status_code == 404
    assert Client().get("/admin").headers["Location"] == "/admin/"
