"""The map of the mairies."""

import pytest

from mairies.tests.factories import MairieFactory
from users.tests.factories import agent_of

URL = "/api/v1/carte/mairies"
PLACE = {"latitude": "3.885000", "longitude": "11.520000"}

pytestmark = pytest.mark.django_db


def slugs(response):
    assert response.status_code == 200, response.json()
    return [feature["properties"]["slug"] for feature in response.json()["features"]]


def test_it_works(api):
    mairie = MairieFactory(nom="Bana", slug="bana", email="mairie@bana.cm", **PLACE)
    response = api().get(URL)
    assert response["Content-Type"].startswith("application/geo+json")
    assert response.json() == {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": mairie.pk,
                "geometry": {"type": "Point", "coordinates": [11.52, 3.885]},
                "properties": {
                    "id": mairie.pk,
                    "nom": "Bana",
                    "slug": "bana",
                    "type": "commune",
                    "type_display": "Commune",
                    "region": "centre",
                    "region_display": "Centre",
                    "departement": "mfoundi",
                    "departement_display": "Mfoundi",
                    "statut": "active",
                    "statut_display": "Active",
                },
            }
        ],
    }


def test_plain_json_is_given_too(api):
    MairieFactory(**PLACE)
    response = api().get(URL, headers={"accept": "application/json"})
    assert response["Content-Type"].startswith("application/json")
    assert len(slugs(response)) == 1


def test_only_those_that_have_a_position(api):
    MairieFactory()
    assert slugs(api().get(URL)) == []


def test_where_a_space_is_not_open_its_place_is_not_told(api, chantal, brice, nadege):
    closed = MairieFactory(slug="close", statut="suspendue", **PLACE)
    MairieFactory(slug="bana", inactive=True, **PLACE)
    MairieFactory(slug="ouverte", **PLACE)
    for user in (None, chantal, brice, agent_of(closed)):
        assert slugs(api(user).get(URL)) == ["ouverte"]
        assert slugs(api(user).get(URL, {"statut": "suspendue"})) == []
    assert slugs(api(nadege).get(URL)) == ["close", "bana", "ouverte"]
    assert slugs(api(nadege).get(URL, {"statut": "suspendue"})) == ["close"]


def test_filters(api):
    MairieFactory(slug="a", region="littoral", departement="wouri", **PLACE)
    MairieFactory(slug="b", **PLACE)
    assert slugs(api().get(URL, {"region": "littoral"})) == ["a"]
    assert slugs(api().get(URL, {"region": "Centre"})) == ["b"]
    assert slugs(api().get(URL, {"statut": "active"})) == ["a", "b"]
    for wrong in ({"region": "atlantide"}, {"statut": "ouverte"}):
        assert api().get(URL, wrong).status_code == 400


def test_one_query_whatever_there_is(api, django_assert_num_queries):
    MairieFactory.create_batch(30, **PLACE)
    with django_assert_num_queries(1):
        assert len(slugs(api().get(URL))) == 30


def test_what_did_not_change_is_not_sent_again(api, awa):
    MairieFactory(**PLACE)
    first = api().get(URL)
    assert first["Cache-Control"] == "public, max-age=60"
    again = api().get(URL, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert api(awa).get(URL)["Cache-Control"] == "private, no-store"


def test_it_is_only_read(api, nadege):
    assert api(nadege).post(URL, {}).status_code == 405
    assert api().get("/api/v1/carte").status_code == 404
