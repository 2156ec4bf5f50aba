from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from mairies.models import Mairie
from mairies.tests.factories import MairieFactory

URL = "/api/v1/mairies"
KNOWN = {"id", "nom", "slug", "type", "region", "departement", "statut"}
KNOWN |= {f"{name}_display" for name in ("type", "region", "departement", "statut")}

pytestmark = pytest.mark.django_db


def names(response):
    assert response.status_code == 200, response.json()
    return [row["nom"] for row in response.json()["results"]]


def given(row):
    return {name for name, value in row.items() if value is not None}


def test_it_works(api, yaounde):
    body = api().get(URL).json()
    assert (body["count"], body["count_exact"]) == (1, True)
    row = body["results"][0]
    assert (row["slug"], row["region"], row["region_display"]) == ("yaounde", "centre", "Centre")
    assert (row["statut"], row["statut_display"]) == ("active", "Active")


def test_a_visitor_sees_all_374(api):
    call_command("import_collectivites", verbosity=0)
    body = api().get(URL, {"page_size": 100}).json()
    assert body["count"] == 374
    assert len(body["results"]) == 100
    seen, page = set(), 1
    while body["next"]:
        seen |= {row["slug"] for row in body["results"]}
        page += 1
        body = api().get(URL, {"page_size": 100, "page": page}).json()
    assert len(seen | {row["slug"] for row in body["results"]}) == 374


def test_of_a_space_that_is_not_open_only_the_identity_is_told(api):
    hidden = {"latitude": 3, "longitude": 11, "email": "secret@exemple.cm", "bandeau": "CANARI"}
    MairieFactory(inactive=True, slug="bana", **hidden)
    (row,) = api().get(URL).json()["results"]
    assert given(row) == KNOWN
    detail = api().get(f"{URL}/bana").json()
    assert given(detail) == KNOWN
    assert "CANARI" not in str(detail)


def test_an_open_space_tells_what_it_is(api):
    MairieFactory(slug="bana", email="mairie@bana.cm", description="<p>Bana</p>")
    detail = api().get(f"{URL}/bana").json()
    assert detail["email"] == "mairie@bana.cm"
    assert detail["description"] == "<p>Bana</p>"
    assert "description" not in api().get(URL).json()["results"][0]


def test_by_slug_and_by_id(api, yaounde):
    by_slug, by_id = api().get(f"{URL}/yaounde"), api().get(f"{URL}/{yaounde.pk}")
    assert by_slug.json() == by_id.json()
    assert by_slug["ETag"] == by_id["ETag"]


@pytest.mark.parametrize("key", ["atlantide", "999999999", "9" * 18, "9" * 100, "0", "a" * 101])
def test_an_unknown_mairie_is_not_found(api, yaounde, key):
    assert api().get(f"{URL}/{key}").status_code == 404


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"region": "extreme-nord"}, ["Maroua"]),
        ({"region": "Extrême-Nord"}, ["Maroua"]),
        ({"region": "EXTREME NORD"}, ["Maroua"]),
        ({"region": "Far North"}, ["Maroua"]),
        ({"departement": "diamare"}, ["Maroua"]),
        ({"departement": "Diamaré"}, ["Maroua"]),
        ({"departement": "mbam & inoubou"}, ["Bafia"]),
        ({"type": "communaute_urbaine"}, ["Édéa"]),
        ({"statut": "active"}, ["Bafia", "Édéa"]),
        ({"statut": "non_activee"}, ["Maroua"]),
        ({"search": "edea"}, ["Édéa"]),
        ({"search": "ÉDÉA"}, ["Édéa"]),
        ({"search": "aro"}, ["Maroua"]),
        ({"search": "edea", "region": "centre"}, []),
        ({"search": "%"}, []),
        ({}, ["Bafia", "Édéa", "Maroua"]),
        ({"ordering": "-nom"}, ["Maroua", "Édéa", "Bafia"]),
        ({"ordering": "-population"}, ["Édéa", "Bafia", "Maroua"]),
    ],
)
def test_filters(api, asked, found):
    MairieFactory(
        nom="Maroua",
        region="extreme-nord",
        departement="diamare",
        inactive=True,
        population=400_000,
    )
    MairieFactory(nom="Bafia", departement="mbam-et-inoubou", population=90_000)
    MairieFactory(
        nom="Édéa",
        region="littoral",
        departement="sanaga-maritime",
        type="communaute_urbaine",
        population=200_000,
    )
    assert names(api().get(URL, asked)) == found


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("region", "atlantide"),
        ("departement", "atlantide"),
        ("departement", "x" * 81),
        ("type", "village"),
        ("statut", "fermee"),
        ("ordering", "email"),
        ("search", "x" * 101),
        ("page", "0"),
        ("page_size", "beaucoup"),
    ],
)
def test_an_unknown_filter_value_is_refused(api, name, value):
    response = api().get(URL, {name: value})
    assert response.status_code == 400
    assert list(response.json()["fields"]) == [name]


def test_the_labels_are_english_for_whoever_asks_in_english(api):
    MairieFactory(region="extreme-nord", departement="diamare")
    (row,) = api().get(URL, headers={"accept-language": "en"}).json()["results"]
    assert (row["region_display"], row["statut_display"]) == ("Far North", "Active")


def test_an_urgent_message_ends_at_its_date(api, awa, yaounde):
    soon = timezone.now() + timedelta(seconds=30)
    Mairie.objects.update(bandeau="Coupure d'eau", bandeau_fin=soon)
    response = api().get(f"{URL}/yaounde")
    assert response.json()["bandeau"] == "Coupure d'eau"
    assert 0 < int(response["Cache-Control"].removeprefix("public, max-age=")) <= 30
    Mairie.objects.update(bandeau_fin=timezone.now())
    assert api().get(f"{URL}/yaounde").json()["bandeau"] == ""
    assert api(awa).get(f"{URL}/yaounde").json()["bandeau"] == "Coupure d'eau"


def test_answers_may_be_kept_for_a_minute(api, yaounde):
    for url in (URL, f"{URL}/yaounde"):
        first = api().get(url)
        assert first["Cache-Control"] == "public, max-age=60"
        again = api().get(url, headers={"if-none-match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b"")


def test_nothing_is_made_or_deleted_here(api, nadege, yaounde):
    assert api(nadege).post(URL, {"nom": "Atlantide"}).status_code == 405
    assert api(nadege).delete(f"{URL}/yaounde").status_code == 405


@pytest.mark.parametrize("rows", [1, 12])
def test_the_number_of_queries_is_fixed(api, awa, django_assert_num_queries, rows):
    MairieFactory.create_batch(rows)
    with django_assert_num_queries(3):
        api().get(URL)
    agent = api(awa)
    with django_assert_num_queries(2):
        agent.get(URL)
