import pytest

from documents.models import Actualite
from documents.tests.factories import ActualiteFactory
from ecms.tests.together import together

URL = "/api/v1/actualites"

pytestmark = pytest.mark.django_db


def post(client, titre):
    response = client.post(URL, {"titre": titre, "contenu": "<p>x</p>"})
    assert response.status_code == 201, response.json()
    return response.json()["slug"]


@pytest.mark.parametrize(
    ("titre", "slug"),
    [
        ("Élections à Yaoundé", "elections-a-yaounde"),
        ("L’eau & l'œuvre", "l-eau-l-oeuvre"),
        ("2026", "actualite-2026"),
        ("2026 2027", "2026-2027"),
        ("!!!", "actualite"),
        ("日本", "actualite"),
        ("x" * 200, "x" * 80),
    ],
)
def test_made_of_the_title(api, awa, titre, slug):
    assert post(api(awa), titre) == slug
    assert api(awa).get(f"{URL}/{slug}", {"mairie": "yaounde"}).status_code == 200


def test_the_same_title_again(api, awa, brice):
    client = api(awa)
    assert [post(client, "Avis") for _n in range(3)] == ["avis", "avis-2", "avis-3"]
    assert post(api(brice), "Avis") == "avis"


def test_a_title_that_comes_back_for_years(api, awa, yaounde):
    for number in range(1, 251):
        ActualiteFactory(mairie=yaounde, slug="avis" if number == 1 else f"avis-{number}")
    assert post(api(awa), "Avis").startswith("avis-")


def test_it_stays_when_the_title_changes(api, awa):
    client = api(awa)
    post(client, "Avis")
    url = f"{URL}/{Actualite.objects.get().pk}"
    assert client.patch(url, {"titre": "Annonce"}).json()["slug"] == "avis"


@pytest.mark.django_db(transaction=True)
def test_eight_at_once(api, awa):
    client = api(awa)
    slugs = together(*[lambda: post(client, "Avis")] * 8)
    assert sorted(slugs) == ["avis", *[f"avis-{n}" for n in range(2, 9)]]
