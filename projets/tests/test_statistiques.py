from datetime import timedelta

import pytest
from django.utils import timezone

from projets.tests.factories import ProjetFactory

URL = "/api/v1/projets/statistiques"

pytestmark = pytest.mark.django_db


@pytest.fixture
def _works(yaounde):
    yesterday = timezone.localdate() - timedelta(days=1)
    for changes in (
        {"budget_xaf": 300, "depense_xaf": 100, "avancement": 50, "statut": "en_cours"},
        {"budget_xaf": 100, "depense_xaf": 130, "avancement": 90, "date_fin_prevue": yesterday},
        {"budget_xaf": None, "depense_xaf": 7, "avancement": 10},
        {"budget_xaf": 600, "depense_xaf": 60, "avancement": 5, "statut": "annule"},
    ):
        ProjetFactory(mairie=yaounde, public=True, **changes)
    ProjetFactory(mairie=yaounde, budget_xaf=1000, depense_xaf=1)
    ProjetFactory(public=True, budget_xaf=5)


@pytest.mark.usefixtures("_works")
def test_it_works(api):
    answer = api().get(URL, {"mairie": "yaounde"})
    assert answer.status_code == 200
    assert answer["Cache-Control"].startswith("public")
    body = answer.json()
    counts = {row["statut"]: row["nombre"] for row in body.pop("par_statut")}
    assert counts == {"planifie": 2, "en_cours": 1, "suspendu": 0, "termine": 0, "annule": 1}
    assert body == {
        "nombre": 4,
        "budget_xaf": 1000,
        "depense_xaf": 297,
        "avancement": 60.0,
        "en_retard": 1,
        "en_depassement": 1,
        "depassement_xaf": 30,
    }


@pytest.mark.usefixtures("_works")
def test_of_what_the_caller_may_read(api, awa, brice, chantal):
    asked = {"mairie": "yaounde"}
    for client in (api(), api(brice), api(chantal)):
        assert client.get(URL, asked).json()["nombre"] == 4
        assert client.get(URL).json()["nombre"] == 5
    assert api(awa).get(URL, asked).json()["nombre"] == 5


@pytest.mark.usefixtures("_works")
def test_the_filters_of_the_list(api):
    body = api().get(URL, {"mairie": "yaounde", "statut": "annule"}).json()
    assert (body["nombre"], body["avancement"]) == (1, None)
    assert api().get(URL, {"search": "voie principale", "mairie": "yaounde"}).json()["nombre"] == 4


def test_of_nothing(api, yaounde):
    body = api().get(URL, {"mairie": "yaounde"}).json()
    assert (body["nombre"], body["budget_xaf"], body["avancement"]) == (0, 0, None)


def test_the_largest_budgets(api):
    for _row in range(3):
        ProjetFactory(public=True, budget_xaf=2**63 - 1, depense_xaf=2**63 - 1, avancement=100)
    body = api().get(URL).json()
    assert (body["budget_xaf"], body["depense_xaf"]) == (3 * (2**63 - 1), 3 * (2**63 - 1))
    assert body["avancement"] == 100.0


def test_an_unknown_mairie_is_refused(api):
    assert api().get(URL, {"mairie": "atlantide"}).status_code == 400


@pytest.mark.parametrize("rows", [1, 12])
def test_two_queries(api, yaounde, django_assert_num_queries, rows):
    ProjetFactory.create_batch(rows, mairie=yaounde, public=True)
    with django_assert_num_queries(2):
        assert api().get(URL, {"mairie": "yaounde"}).json()["nombre"] == rows
