import pytest

from documents.models import FAQ
from documents.tests.factories import FAQFactory
from users.tests.factories import agent_of

URL = "/api/v1/faqs"
SENT = {"question": "Où déclarer une naissance ?", "reponse": "<p>À la commune du lieu.</p>"}

pytestmark = pytest.mark.django_db


def questions(response):
    assert response.status_code == 200, response.json()
    return [row["question"] for row in response.json()["results"]]


def test_it_works(api, awa):
    client = api(awa)
    created = client.post(URL, {**SENT, "categorie": "État civil", "ordre": 3})
    assert created.status_code == 201, created.json()
    body, url = created.json(), f"{URL}/{created.json()['id']}"
    assert (body["mairie"], body["est_active"], body["ordre"]) == ("yaounde", True, 3)
    shown = api().get(url).json()
    assert (shown["reponse"], shown["categorie"]) == (SENT["reponse"], "État civil")
    assert not {"est_active", "date_creation"} & set(shown)
    assert client.patch(url, {"est_active": False}).json()["est_active"] is False
    assert api().get(url).status_code == 404
    assert client.delete(url).status_code == 204
    assert not FAQ.objects.exists()


def test_what_is_ours_to_decide_is_ignored(api, awa, yaounde, douala):
    assert api(awa).post(URL, {**SENT, "mairie": "douala", "id": 77}).status_code == 201
    faq = FAQ.objects.get()
    assert (faq.mairie, faq.pk != 77) == (yaounde, True)
    assert api(awa).patch(f"{URL}/{faq.pk}", {"mairie": "douala"}).json()["mairie"] == "yaounde"


def test_the_national_administrator_names_the_mairie(api, nadege, yaounde):
    assert list(api(nadege).post(URL, SENT).json()["fields"]) == ["mairie"]
    assert api(nadege).post(URL, {**SENT, "mairie": "yaounde"}).status_code == 201


@pytest.mark.parametrize("method", ["patch", "put", "delete"])
@pytest.mark.parametrize("est_active", [True, False])
def test_another_mairies_is_not_found(api, brice, yaounde, method, est_active):
    faq = FAQFactory(mairie=yaounde, est_active=est_active)
    assert getattr(api(brice), method)(f"{URL}/{faq.pk}", SENT).status_code == 404
    assert FAQ.objects.get().question == faq.question


def test_a_role_without_the_permission_may_not(api, chantal, yaounde):
    faq = FAQFactory(mairie=yaounde)
    for client in (api(agent_of(yaounde, groups=["Lecture"])), api(chantal)):
        assert client.post(URL, SENT).status_code == 403
        assert client.patch(f"{URL}/{faq.pk}", SENT).status_code == 403
        assert client.delete(f"{URL}/{faq.pk}").status_code == 403
    assert api().post(URL, SENT).status_code == 401


@pytest.mark.parametrize("fields", [{"est_active": False}, {"mairie__inactive": True}])
def test_what_is_not_public_is_not_found(api, chantal, brice, nadege, fields):
    faq = FAQFactory(**fields)
    for client in (api(), api(chantal), api(brice)):
        assert questions(client.get(URL)) == []
        assert client.get(f"{URL}/{faq.pk}").status_code == 404
    assert api(nadege).get(f"{URL}/{faq.pk}").status_code == 200


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("question", ""),
        ("question", "x" * 301),
        ("reponse", "<script>x</script>"),
        ("reponse", "x" * 20_001),
        ("categorie", "x" * 81),
        ("ordre", -1),
        ("est_active", "peut-être"),
    ],
)
def test_what_cannot_be_is_refused(api, awa, field, value):
    response = api(awa).post(URL, {**SENT, field: value})
    assert (response.status_code, list(response.json()["fields"])) == (400, [field])
    assert not FAQ.objects.exists()


def test_html_is_sanitised(api, awa):
    sent = {**SENT, "reponse": "<p onclick='x'>Oui<script>y</script></p>"}
    assert api(awa).post(URL, sent).json()["reponse"] == "<p>Oui</p>"


def test_a_stale_version_is_refused(api, awa, yaounde):
    client, url = api(awa), f"{URL}/{FAQFactory(mairie=yaounde).pk}"
    etag = client.get(url)["ETag"]
    assert client.patch(url, {"ordre": 2}, headers={"if-match": etag}).status_code == 200
    assert client.patch(url, {"ordre": 3}, headers={"if-match": etag}).status_code == 412


@pytest.fixture
def shelf(yaounde, douala):
    def faq(question, categorie, ordre, mairie=yaounde, **fields):
        FAQFactory(question=question, categorie=categorie, ordre=ordre, mairie=mairie, **fields)

    faq("Une naissance se déclare où ?", "État civil", 2)
    faq("Un mariage coûte combien ?", "État civil", 1, reponse="<p>L'acte est gratuit.</p>")
    faq("Quand ouvrent les bureaux ?", "Accueil", 5)
    faq("Et le samedi ?", "Accueil", 6, est_active=False)
    faq("Le port est ouvert ?", "Port", 1, mairie=douala)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, ["Quand ouvrent", "Un mariage", "Une naissance"]),
        ({"categorie": "État civil"}, ["Un mariage", "Une naissance"]),
        ({"categorie": "Piscine"}, []),
        ({"search": "naissances"}, ["Une naissance"]),
        ({"search": "GRATUITS"}, ["Un mariage"]),
        ({"search": "mariage or bureau"}, ["Quand ouvrent", "Un mariage"]),
        ({"ordering": "-ordre"}, ["Quand ouvrent", "Une naissance", "Un mariage"]),
    ],
)
def test_filters(api, shelf, asked, found):
    rows = questions(api().get(URL, {"mairie": "yaounde", **asked}))
    shown = [" ".join(question.split()[:2]) for question in rows]
    assert (sorted(shown) if "search" in asked else shown) == found


@pytest.mark.parametrize("asked", [{"mairie": "x"}, {"est_active": "x"}, {"ordering": "reponse"}])
def test_an_unknown_filter_value_is_refused(api, asked):
    response = api().get(URL, asked)
    assert (response.status_code, list(response.json()["fields"])) == (400, list(asked))


def test_categories_with_their_counts(api, awa, shelf, django_assert_num_queries):
    url = f"{URL}/categories?mairie=yaounde"
    with django_assert_num_queries(2):
        response = api().get(url)
    assert response.json()["results"] == [
        {"categorie": "Accueil", "nombre": 1},
        {"categorie": "État civil", "nombre": 2},
    ]
    assert response["Cache-Control"] == "public, max-age=60"
    assert api().get(url, headers={"if-none-match": response["ETag"]}).status_code == 304
    assert api(awa).get(url).json()["results"][0] == {"categorie": "Accueil", "nombre": 2}


@pytest.mark.parametrize("asked", [{}, {"mairie": "nulle-part"}])
def test_categories_are_those_of_a_mairie(api, asked, db):
    response = api().get(f"{URL}/categories", asked)
    assert (response.status_code, list(response.json()["fields"])) == (400, ["mairie"])


@pytest.mark.parametrize("rows", [1, 12])
def test_the_number_of_queries_is_fixed(api, awa, yaounde, django_assert_num_queries, rows):
    for _row in range(rows):
        FAQFactory()
        FAQFactory(mairie=yaounde, est_active=False)
    agent, visitor = api(awa), api()
    with django_assert_num_queries(2):
        assert len(questions(visitor.get(URL))) == rows
    with django_assert_num_queries(3):
        assert len(questions(agent.get(URL, {"page_size": 50}))) == 2 * rows
