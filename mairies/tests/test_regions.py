import pytest
from django.core.management import call_command
from django.utils import timezone

from mairies.models import Mairie
from mairies.tests.factories import MairieFactory

URL = "/api/v1/regions"

pytestmark = pytest.mark.django_db


def test_the_ten_regions_and_their_58_departements(api):
    body = api().get(URL).json()
    regions = body["results"]
    assert (body["count"], len(regions), body["next"]) == (10, 10, None)
    assert sum(len(region["departements"]) for region in regions) == 58
    assert {region["mairies"] for region in regions} == {0}


def test_the_official_counts(api):
    call_command("import_collectivites", verbosity=0)
    Mairie.objects.filter(slug="mbankomo").update(statut="active", date_activation=timezone.now())
    regions = {region["region"]: region for region in api().get(URL).json()["results"]}
    communes = {code: region["communes"] for code, region in regions.items()}
    assert communes == {
        "adamaoua": 21,
        "centre": 70,
        "est": 33,
        "extreme-nord": 47,
        "littoral": 34,
        "nord": 21,
        "nord-ouest": 34,
        "ouest": 40,
        "sud": 29,
        "sud-ouest": 31,
    }
    assert sum(region["communautes_urbaines"] for region in regions.values()) == 14
    assert sum(region["mairies"] for region in regions.values()) == 374
    assert regions["centre"]["mairies_actives"] == 1
    assert regions["ouest"]["mairies_actives"] == 0
    mefou = {d["code"]: d for d in regions["centre"]["departements"]}["mefou-et-akono"]
    assert mefou["mairies_actives"] == 1


def test_they_are_named_in_english(api):
    regions = api().get(URL, headers={"accept-language": "en"}).json()["results"]
    assert {"Far North", "Adamawa"} <= {region["region_display"] for region in regions}


@pytest.mark.parametrize("rows", [1, 12])
def test_the_number_of_queries_is_fixed(api, awa, django_assert_num_queries, rows):
    MairieFactory.create_batch(rows)
    agent = api(awa)
    with django_assert_num_queries(1):
        assert api().get(URL).status_code == 200
    with django_assert_num_queries(2):
        assert agent.get(URL).status_code == 200
