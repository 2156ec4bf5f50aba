"""Searching, filtering and ordering: what is declared, and nothing else."""

import pytest

from documents.tests.factories import ActualiteFactory
from mairies.tests.factories import MairieFactory, ServiceMunicipalFactory


def found(api, words: str, address="services") -> set[str]:
    answer = api().get(f"/api/v1/{address}", {"search": words, "page_size": 100})
    assert answer.status_code == 200, answer.content
    return {row["nom"] for row in answer.json()["results"]}


@pytest.fixture
def services(db):
    for nom in ("État-civil", "Urbanisme d'Œuvre", "50 % d'aide", "a_b", "aXb", "c\\d", "Eau"):
        ServiceMunicipalFactory(nom=nom)


@pytest.mark.parametrize(
    "words",
    [
        "État-civil",
        "etat civil",
        "ETAT-CIVIL",
        "état",
        "civil etat",
        "éta",
        "  etat  ",
        "tat_civil",
    ],
)
def test_it_works(words, api, services):
    assert found(api, words) == {"État-civil"}


@pytest.mark.parametrize("words", ["oeuvre", "ŒUVRE", "d’œuvre", "d'oeuvre", "urbanisme d oeuvre"])
def test_ligatures_and_apostrophes(words, api, services):
    assert found(api, words) == {"Urbanisme d'Œuvre"}


def test_signs_of_patterns_are_letters(api, services):
    assert found(api, "%") == {"50 % d'aide"}
    assert found(api, "a%b") == set()
    assert found(api, "\\") == {"c\\d"}
    assert found(api, "c\\d") == {"c\\d"}
    assert found(api, "c\\\\d") == set()
    # An underscore separates words, in what is searched as in what is asked.
    assert "a_b" in found(api, "a_b")


def test_every_word_counts(api, services):
    assert found(api, "etat urbanisme") == set()


def test_no_word_is_no_question(api, services):
    for words in ("", "   ", "-", "_", "''"):
        assert len(found(api, words)) == 7


def test_a_search_has_a_length(api, services):
    assert found(api, "a" * 100) == set()
    answer = api().get("/api/v1/services", {"search": "a" * 101})
    assert answer.status_code == 400
    assert "search" in answer.json()["fields"]


@pytest.mark.parametrize(
    ("address", "name", "value"),
    [
        ("services", "mairie", "nulle-part"),
        ("services", "mairie", "12"),
        ("actualites", "mairie", "nulle-part"),
        ("actualites", "categorie", "x"),
        ("actualites", "publiee_apres", "hier"),
        ("actualites", "ordering", "mairie"),
        ("actualites", "ordering", "titre,auteur__password"),
        ("mairies", "region", "atlantide"),
        ("mairies", "type", "x"),
        ("mairies", "statut", "x"),
        ("mairies", "ordering", "email"),
    ],
)
def test_an_unknown_value_is_a_400(address, name, value, api, yaounde):
    answer = api().get(f"/api/v1/{address}", {name: value})
    assert answer.status_code == 400, answer.content
    assert set(answer.json()["fields"]) == {name}


def test_a_mairie_narrows_a_list(api, yaounde, douala):
    for mairie in (yaounde, douala):
        ActualiteFactory.create_batch(2, mairie=mairie, publiee=True)
    rows = api().get("/api/v1/actualites", {"mairie": "douala"}).json()["results"]
    assert [row["mairie"] for row in rows] == ["douala"] * 2


def test_filters_of_lists_do_not_hide_a_row(api, yaounde, douala):
    row = ActualiteFactory(mairie=yaounde, publiee=True)
    assert api().get(f"/api/v1/actualites/{row.pk}?mairie=douala").status_code == 200


def test_equal_rows_keep_one_order(api, db):
    for _ in range(5):
        MairieFactory(nom="Même nom")
    orders = [
        [
            row["id"]
            for page in range(1, 6)
            for row in api()
            .get("/api/v1/mairies", {"ordering": asked, "page_size": 1, "page": page})
            .json()["results"]
        ]
        for asked in ("nom", "nom,nom", "-nom")
    ]
    assert all(len(set(order)) == 5 for order in orders)
    assert orders[0] == orders[1]


def test_thousands_of_orders_are_one(api, yaounde):
    answer = api().get("/api/v1/mairies", {"ordering": "nom," * 3000 + "nom"})
    assert answer.status_code == 200
