import itertools

import pytest

from documents.models import PageCMS
from documents.tests.factories import PageCMSFactory
from documents.workflow import TRANSITIONS, Statut
from ecms.tests.files import files_in, photo, upload
from users.tests.factories import agent_of

URL = "/api/v1/pages"
SENT = {"titre": "État civil", "contenu": "<p>Naissances, mariages, décès.</p>"}

pytestmark = pytest.mark.django_db


def titles(response):
    assert response.status_code == 200, response.json()
    return [row["titre"] for row in response.json()["results"]]


def test_it_works(api, awa):
    client = api(awa)
    created = client.post(URL, {**SENT, "meta_titre": "Actes", "meta_description": "Nos actes."})
    assert created.status_code == 201, created.json()
    body = created.json()
    assert (body["mairie"], body["slug"], body["statut"]) == ("yaounde", "etat-civil", "brouillon")
    assert (body["meta_titre"], body["meta_description"]) == ("Actes", "Nos actes.")
    url = f"{URL}/{body['id']}"
    assert api().get(url).status_code == 404
    assert client.patch(url, {"statut": "publiee"}).status_code == 200
    shown = api().get(url).json()
    assert shown["contenu"] == SENT["contenu"]
    assert not {"statut", "statut_display", "date_creation"} & set(shown)
    assert titles(api().get(URL, {"mairie": "yaounde"})) == ["État civil"]
    assert client.delete(url).status_code == 204
    assert api().get(url).status_code == 404


def test_by_slug_with_its_mairie(api, awa, yaounde, douala):
    page = PageCMSFactory(mairie=yaounde, slug="contact", publiee=True)
    PageCMSFactory(mairie=douala, slug="contact", publiee=True)
    assert api().get(f"{URL}/contact", {"mairie": "yaounde"}).json()["id"] == page.pk
    assert api().get(f"{URL}/contact", {"mairie": "nulle-part"}).status_code == 404
    unsaid = api().get(f"{URL}/contact")
    assert (unsaid.status_code, list(unsaid.json()["fields"])) == (400, ["mairie"])
    changed = api(awa).patch(f"{URL}/contact?mairie=yaounde", {"titre": "Nous joindre"})
    assert (changed.status_code, changed.json()["slug"]) == (200, "contact")
    assert api(awa).delete(f"{URL}/contact?mairie=douala").status_code == 404


@pytest.mark.parametrize(
    ("titre", "slug"),
    [("Contact", "contact-2"), ("Menu", "page-menu"), ("2026", "page-2026"), ("日本", "page")],
)
def test_its_slug_is_made_of_the_title(api, awa, yaounde, titre, slug):
    PageCMSFactory(mairie=yaounde, slug="contact")
    assert api(awa).post(URL, {**SENT, "titre": titre}).json()["slug"] == slug
    assert api(awa).get(f"{URL}/{slug}", {"mairie": "yaounde"}).json()["titre"] == titre


def test_what_is_ours_to_decide_is_ignored(api, awa, yaounde, douala):
    stolen = {"mairie": "douala", "slug": "vole", "id": 77, "date_creation": "2020-01-01T00:00Z"}
    assert api(awa).post(URL, {**SENT, **stolen}).status_code == 201
    page = PageCMS.objects.get()
    assert api(awa).patch(f"{URL}/{page.pk}", stolen).status_code == 200
    again = PageCMS.objects.get()
    assert (again.pk, again.mairie, again.slug) == (page.pk, yaounde, "etat-civil")
    assert again.date_creation == page.date_creation


def test_the_national_administrator_names_the_mairie(api, nadege, yaounde):
    assert list(api(nadege).post(URL, SENT).json()["fields"]) == ["mairie"]
    assert api(nadege).post(URL, {**SENT, "mairie": "yaounde"}).json()["mairie"] == "yaounde"


@pytest.mark.parametrize("method", ["patch", "put", "delete"])
@pytest.mark.parametrize("publiee", [True, False])
def test_another_mairies_is_not_found(api, brice, yaounde, method, publiee):
    page = PageCMSFactory(mairie=yaounde, publiee=publiee)
    assert getattr(api(brice), method)(f"{URL}/{page.pk}", SENT).status_code == 404
    assert PageCMS.objects.get().titre == page.titre


def test_a_role_without_the_permission_may_not(api, chantal, yaounde):
    page = PageCMSFactory(mairie=yaounde)
    for client in (api(agent_of(yaounde, groups=["Lecture"])), api(chantal)):
        assert client.post(URL, SENT).status_code == 403
        assert client.patch(f"{URL}/{page.pk}", SENT).status_code == 403
        assert client.delete(f"{URL}/{page.pk}").status_code == 403
    assert api().post(URL, SENT).status_code == 401


@pytest.mark.parametrize(
    ("hidden", "fields"),
    [
        ("a draft", {}),
        ("put away", {"statut": Statut.ARCHIVEE}),
        ("a closed space", {"publiee": True, "mairie__inactive": True}),
    ],
)
def test_what_is_not_public_is_not_found(api, chantal, brice, nadege, hidden, fields):
    page = PageCMSFactory(**fields)
    for client in (api(), api(chantal), api(brice)):
        assert titles(client.get(URL)) == []
        assert client.get(f"{URL}/{page.pk}").status_code == 404
        asked = {"mairie": page.mairie.slug}
        assert client.get(f"{URL}/{page.slug}", asked).status_code == 404
    assert api(nadege).get(f"{URL}/{page.pk}").status_code == 200


def test_a_parent_that_is_not_public_is_not_named(api, awa, yaounde):
    draft = PageCMSFactory(mairie=yaounde)
    page = PageCMSFactory(mairie=yaounde, parent=draft, publiee=True)
    assert api(awa).get(f"{URL}/{page.pk}").json()["parent"] == draft.pk
    assert api().get(f"{URL}/{page.pk}").json()["parent"] is None
    assert api().get(URL).json()["results"][0]["parent"] is None
    PageCMS.objects.filter(pk=draft.pk).update(statut=Statut.PUBLIEE)
    assert api().get(f"{URL}/{page.pk}").json()["parent"] == draft.pk


@pytest.mark.parametrize(("old", "new"), list(itertools.product(Statut, Statut)))
def test_the_statut_moves_along_the_table(api, awa, yaounde, old, new):
    page = PageCMSFactory(mairie=yaounde, statut=old)
    response = api(awa).patch(f"{URL}/{page.pk}", {"statut": new, "titre": "Changé"})
    page.refresh_from_db()
    if new == old or new in TRANSITIONS[old]:
        assert (response.status_code, page.statut, page.titre) == (200, new, "Changé")
        return
    assert (response.status_code, response.json()["code"]) == (409, "transition_interdite")
    assert (page.statut, page.titre) != (new, "Changé")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("titre", ""),
        ("titre", "x" * 201),
        ("contenu", "<script>x</script>"),
        ("contenu", "x" * 100_001),
        ("statut", "inconnu"),
        ("ordre", -1),
        ("ordre", 40_000),
        ("ordre", "premier"),
        ("afficher_dans_menu", "peut-être"),
        ("meta_titre", "x" * 121),
        ("meta_description", "x" * 301),
        ("image_bandeau", "une image"),
        ("parent", "accueil"),
        ("parent", 987654),
    ],
)
def test_what_cannot_be_is_refused(api, awa, field, value):
    response = api(awa).post(URL, {**SENT, field: value})
    assert response.status_code == 400
    assert list(response.json()["fields"]) == [field]
    assert not PageCMS.objects.exists()


def test_html_is_sanitised(api, awa):
    hostile = "<h2>Bal</h2><script>x</script><a href='javascript:x'>ici</a>"
    body = api(awa).post(URL, {**SENT, "contenu": hostile}).json()
    assert body["contenu"] == PageCMS.objects.get().contenu
    assert body["contenu"].startswith("<h2>Bal</h2>")
    assert "script" not in body["contenu"]


def test_the_banner_in_two_widths(api, awa, settings):
    sent = {**SENT, "image_bandeau": upload(photo(), "IMG_0001.jpg", "image/jpeg")}
    body = api(awa).post(URL, sent, format="multipart").json()
    assert body["image_bandeau"].endswith(".webp")
    assert body["image_bandeau_petite"].endswith("-petite.webp")
    assert len(files_in(settings.MEDIA_ROOT)) == 2


def test_of_two_editors_the_second_is_told(api, awa, yaounde):
    url = f"{URL}/{PageCMSFactory(mairie=yaounde).pk}"
    first, second = api(awa), api(agent_of(yaounde))
    etag = first.get(url)["ETag"]
    assert second.get(url)["ETag"] == etag
    assert first.patch(url, {"titre": "Un"}, headers={"if-match": etag}).status_code == 200
    for method in ("patch", "put", "delete"):
        stale = getattr(second, method)(url, SENT, headers={"if-match": etag})
        assert (stale.status_code, stale.json()["code"]) == (412, "version_perimee")
    assert PageCMS.objects.get().titre == "Un"
    fresh = second.get(url)["ETag"]
    assert second.patch(url, {"titre": "Deux"}, headers={"if-match": fresh}).status_code == 200


@pytest.fixture
def shelf(yaounde):
    top = PageCMSFactory(mairie=yaounde, titre="État civil", ordre=2, publiee=True)
    PageCMSFactory(
        mairie=yaounde,
        titre="Naissances",
        parent=top,
        ordre=1,
        contenu="<p>Le certificat d'accouchement.</p>",
        meta_description="Déclarer un enfant",
        afficher_dans_menu=False,
        publiee=True,
    )
    return top


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, ["Naissances", "État civil"]),
        ({"afficher_dans_menu": "true"}, ["État civil"]),
        ({"statut": "brouillon"}, []),
        ({"parent": "null"}, ["État civil"]),
        ({"search": "etat-civil"}, ["État civil"]),
        ({"search": "enfants"}, ["Naissances"]),
        ({"search": "certificats accouchement"}, ["Naissances"]),
        ({"search": "naissance -certificat"}, []),
        ({"ordering": "-titre"}, ["État civil", "Naissances"]),
    ],
)
def test_filters(api, shelf, asked, found):
    assert titles(api().get(URL, {"mairie": "yaounde", **asked})) == found


def test_the_pages_under_one(api, shelf):
    assert titles(api().get(URL, {"parent": shelf.pk})) == ["Naissances"]
    PageCMS.objects.filter(pk=shelf.pk).update(statut=Statut.BROUILLON)
    assert api().get(URL, {"parent": shelf.pk}).status_code == 400


@pytest.mark.parametrize("asked", [{"parent": "x"}, {"statut": "x"}, {"ordering": "contenu"}])
def test_an_unknown_filter_value_is_refused(api, asked):
    response = api().get(URL, asked)
    assert (response.status_code, list(response.json()["fields"])) == (400, list(asked))


@pytest.mark.parametrize("rows", [1, 12])
def test_the_number_of_queries_is_fixed(api, awa, yaounde, django_assert_num_queries, rows):
    for _row in range(rows):
        top = PageCMSFactory(publiee=True)
        PageCMSFactory(mairie=yaounde, parent=PageCMSFactory(mairie=yaounde))
    agent, visitor = api(awa), api()
    with django_assert_num_queries(2):
        assert len(titles(visitor.get(URL))) == rows
    with django_assert_num_queries(1):
        visitor.get(f"{URL}/{top.pk}")
    with django_assert_num_queries(3):
        assert len(titles(agent.get(URL, {"page_size": 50}))) == 3 * rows
