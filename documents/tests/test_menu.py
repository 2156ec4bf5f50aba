import pytest

from documents.models import PageCMS
from documents.tests.factories import PageCMSFactory
from documents.workflow import Statut

URL = "/api/v1/pages/menu"

pytestmark = pytest.mark.django_db


def page(mairie, titre, **fields):
    return PageCMSFactory(mairie=mairie, titre=titre, **{"publiee": True, **fields})


def shape(entries):
    return [(entry["titre"], shape(entry["enfants"])) for entry in entries]


def menu(client, mairie="yaounde"):
    response = client.get(URL, {"mairie": mairie})
    assert response.status_code == 200, response.json()
    return shape(response.json()["pages"])


def test_it_works(api, yaounde, douala):
    desk = page(yaounde, "État civil", ordre=2)
    page(yaounde, "Mariages", parent=desk, ordre=1)
    page(yaounde, "Naissances", parent=desk)
    page(yaounde, "Présentation", ordre=1)
    page(douala, "Le port")
    body = api().get(URL, {"mairie": "yaounde"}).json()
    assert (body["mairie"], body["mairie_nom"]) == ("yaounde", "Yaoundé")
    assert shape(body["pages"]) == [
        ("Présentation", []),
        ("État civil", [("Naissances", []), ("Mariages", [])]),
    ]
    assert body["pages"][1] | {"enfants": []} == {
        "id": desk.pk,
        "titre": "État civil",
        "slug": desk.slug,
        "enfants": [],
    }


def test_by_order_then_by_title_whatever_the_accents(api, yaounde):
    for titre, ordre in (("Zone", 1), ("École", 1), ("eau", 1), ("Dernière", 2), ("Z", 0)):
        page(yaounde, titre, ordre=ordre)
    assert [titre for titre, _under in menu(api())] == ["Z", "eau", "École", "Zone", "Dernière"]


@pytest.mark.parametrize("statut", [Statut.BROUILLON, Statut.ARCHIVEE])
def test_what_stands_under_a_page_that_is_not_published_is_not_there(api, awa, yaounde, statut):
    hidden = page(yaounde, "Cachée", statut=statut)
    page(yaounde, "Petite-fille", parent=page(yaounde, "Fille", parent=hidden))
    for client in (api(), api(awa)):
        assert menu(client) == []
    PageCMS.objects.filter(pk=hidden.pk).update(statut=Statut.PUBLIEE)
    assert menu(api()) == [("Cachée", [("Fille", [("Petite-fille", [])])])]


def test_a_page_kept_out_of_it_leaves_its_place(api, yaounde):
    top = page(yaounde, "Accueil")
    kept_out = page(yaounde, "Entre deux", parent=top, afficher_dans_menu=False)
    page(yaounde, "Fille", parent=kept_out)
    page(yaounde, "Seule", afficher_dans_menu=False)
    assert menu(api()) == [("Accueil", [("Fille", [])])]


def test_nothing_of_a_closed_space(api, nadege):
    closed = PageCMSFactory(publiee=True, mairie__inactive=True).mairie
    for client in (api(), api(nadege)):
        assert menu(client, closed.slug) == []


@pytest.mark.parametrize("asked", [{}, {"mairie": ""}, {"mairie": "nulle-part"}, {"mairie": "12"}])
def test_its_mairie_is_named(api, yaounde, asked):
    response = api().get(URL, asked)
    assert (response.status_code, list(response.json()["fields"])) == (400, ["mairie"])


def test_it_is_only_read(api, awa):
    for method in ("post", "put", "patch", "delete"):
        assert getattr(api(awa), method)(f"{URL}?mairie=yaounde", {}).status_code in {404, 405}


def test_it_is_kept_by_caches_and_asked_for_again(api, awa, yaounde):
    shown = page(yaounde, "Contact")
    url = f"{URL}?mairie=yaounde"
    response = api().get(url)
    assert response["Cache-Control"] == "public, max-age=60"
    again = api().get(url, headers={"if-none-match": response["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    PageCMS.objects.filter(pk=shown.pk).update(titre="Nous joindre")
    assert api().get(url, headers={"if-none-match": response["ETag"]}).status_code == 200
    assert api(awa).get(url)["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("rows", [1, 12])
def test_the_number_of_queries_is_fixed(api, yaounde, django_assert_num_queries, rows):
    for number in range(rows):
        top = page(yaounde, f"Page {number}")
        page(yaounde, "Fille", parent=page(yaounde, "Mère", parent=top))
    with django_assert_num_queries(2):
        assert len(menu(api())) == rows
