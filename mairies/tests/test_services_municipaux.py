import pytest

from mairies.models import ServiceMunicipal
from mairies.tests.factories import MairieFactory, ServiceMunicipalFactory
from users.tests.factories import agent_of

URL = "/api/v1/services"

pytestmark = pytest.mark.django_db


def names(response):
    assert response.status_code == 200, response.json()
    return [row["nom"] for row in response.json()["results"]]


def test_it_works(api, awa, yaounde):
    client = api(awa)
    sent = {"nom": "État civil", "horaires": {"lundi": [["07:30", "15:30"]]}}
    created = client.post(URL, sent, format="json")
    assert created.status_code == 201, created.json()
    body = created.json()
    assert (body["mairie"], body["mairie_nom"]) == ("yaounde", "Yaoundé")
    url = f"{URL}/{body['id']}"
    assert client.patch(url, {"ordre": 3}).json()["ordre"] == 3
    assert api().get(url).json()["nom"] == "État civil"
    assert client.delete(url).status_code == 204
    assert not ServiceMunicipal.objects.exists()


def test_only_active_ones_of_open_spaces_are_public(api, yaounde):
    ServiceMunicipalFactory(mairie=yaounde, nom="Ouvert")
    ServiceMunicipalFactory(mairie=yaounde, nom="Fermé", est_actif=False)
    ServiceMunicipalFactory(mairie__inactive=True, nom="Ailleurs")
    ServiceMunicipalFactory(mairie__statut="suspendue", nom="Suspendu")
    assert names(api().get(URL)) == ["Ouvert"]
    for service in ServiceMunicipal.objects.exclude(nom="Ouvert"):
        assert api().get(f"{URL}/{service.pk}").status_code == 404


def test_an_agent_sees_those_of_their_mairie_that_are_closed(api, awa, brice, yaounde):
    ServiceMunicipalFactory(mairie=yaounde, nom="Fermé", est_actif=False)
    assert names(api(awa).get(URL)) == ["Fermé"]
    assert names(api(brice).get(URL)) == []


def test_filters(api, yaounde, douala):
    ServiceMunicipalFactory(mairie=yaounde, nom="État civil", rdv_en_ligne=True)
    ServiceMunicipalFactory(mairie=douala, nom="Voirie")
    assert names(api().get(URL, {"mairie": "yaounde"})) == ["État civil"]
    assert names(api().get(URL, {"rdv_en_ligne": "true"})) == ["État civil"]
    assert names(api().get(URL, {"search": "etat-CIVIL"})) == ["État civil"]
    assert api().get(URL, {"mairie": "atlantide"}).status_code == 400


def test_the_mairie_in_an_agents_body_is_ignored(api, awa, yaounde, douala):
    created = api(awa).post(URL, {"nom": "Voirie", "mairie": "douala"})
    assert (created.status_code, created.json()["mairie"]) == (201, "yaounde")
    url = f"{URL}/{created.json()['id']}"
    assert api(awa).patch(url, {"mairie": "douala"}).json()["mairie"] == "yaounde"


def test_the_national_administrator_names_the_mairie(api, nadege, yaounde):
    response = api(nadege).post(URL, {"nom": "Voirie"})
    assert response.status_code == 400
    assert list(response.json()["fields"]) == ["mairie"]
    assert api(nadege).post(URL, {"nom": "Voirie", "mairie": "yaounde"}).status_code == 201
    unknown = api(nadege).post(URL, {"nom": "Voirie", "mairie": "atlantide"})
    assert list(unknown.json()["fields"]) == ["mairie"]


def test_a_name_is_unique_in_a_mairie(api, awa, brice, yaounde, douala):
    ServiceMunicipalFactory(mairie=yaounde, nom="Voirie")
    assert api(brice).post(URL, {"nom": "Voirie"}).status_code == 201
    response = api(awa).post(URL, {"nom": "Voirie"})
    assert (response.status_code, response.json()["code"]) == (409, "deja_pris")
    assert response.json()["fields"]["nom"] == ["Cette mairie a déjà un service de ce nom."]
    other = ServiceMunicipalFactory(mairie=yaounde, nom="Eau")
    assert api(awa).patch(f"{URL}/{other.pk}", {"nom": "Voirie"}).status_code == 409


@pytest.mark.parametrize("method", ["patch", "put", "delete"])
def test_another_mairies_is_not_found(api, brice, yaounde, method):
    service = ServiceMunicipalFactory(mairie=yaounde, nom="Voirie")
    theirs = getattr(api(brice), method)(f"{URL}/{service.pk}", {"nom": "x"})
    absent = getattr(api(brice), method)(f"{URL}/987654", {"nom": "x"})
    assert theirs.status_code == absent.status_code == 404
    assert {**theirs.json(), "request_id": ""} == {**absent.json(), "request_id": ""}
    service.refresh_from_db()
    assert service.nom == "Voirie"


@pytest.mark.parametrize("group", ["Lecture", "Contenu", "Technique"])
def test_a_role_without_the_permission_may_not(api, yaounde, group):
    service = ServiceMunicipalFactory(mairie=yaounde)
    reader = api(agent_of(yaounde, groups=[group]))
    assert reader.post(URL, {"nom": "x"}).status_code == 403
    assert reader.patch(f"{URL}/{service.pk}", {"nom": "x"}).status_code == 403
    assert reader.delete(f"{URL}/{service.pk}").status_code == 403
    assert reader.delete(f"{URL}/987654").status_code == 403


def test_the_desk_may_change_and_not_make(api, yaounde):
    service = ServiceMunicipalFactory(mairie=yaounde)
    desk = api(agent_of(yaounde, groups=["Guichet"]))
    assert desk.patch(f"{URL}/{service.pk}", {"nom": "x"}).status_code == 200
    assert desk.post(URL, {"nom": "x"}).status_code == 403


def test_visitors_and_citizens_may_not(api, chantal, yaounde):
    assert api().post(URL, {"nom": "x"}).status_code == 401
    assert api(chantal).post(URL, {"nom": "x"}).status_code == 403


def test_an_agent_without_a_mairie_makes_nothing(api, awa, yaounde):
    yaounde.statut = "suspendue"
    yaounde.save()
    assert api(awa).post(URL, {"nom": "x"}).status_code == 403
    assert not ServiceMunicipal.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("nom", ""),
        ("nom", None),
        ("nom", ["x"]),
        ("horaires", {"lundi": [["8:00", "9:00"]]}),
        ("fermetures", [{"date": "2026-13-01"}]),
        ("fermetures", [{"date": "2026-12-25", "motif": "\u0001"}]),
        ("duree_rdv", 4),
        ("guichets", 0),
        ("guichets", 99),
        ("preavis_heures", 721),
        ("horizon_jours", 0),
        ("annulation_heures", 721),
        ("deplacement_heures", -1),
        ("ordre", -1),
        ("ordre", 40_000),
        ("icone", "pas un nom"),
    ],
)
def test_what_cannot_be_is_refused(api, awa, field, value):
    response = api(awa).post(URL, {"nom": "Voirie", field: value}, format="json")
    assert response.status_code == 400
    assert list(response.json()["fields"]) == [field]


def test_how_long_before_a_citizen_may_cancel_and_move(api, awa):
    created = api(awa).post(URL, {"nom": "Voirie"}).json()
    assert (created["annulation_heures"], created["deplacement_heures"]) == (4, 24)
    changed = {"annulation_heures": 0, "deplacement_heures": 48}
    answer = api(awa).patch(f"{URL}/{created['id']}", changed).json()
    assert {name: answer[name] for name in changed} == changed
    assert answer["rendez_vous_hors_horaires"] == []


def test_a_category_of_reports_has_one_service_in_a_mairie(api, awa, brice):
    sent = {"nom": "Voirie", "categories_signalements": ["voirie", "eclairage", "voirie"]}
    created = api(awa).post(URL, sent, format="json")
    assert created.json()["categories_signalements"] == ["eclairage", "voirie"]
    other = {"nom": "Travaux", "categories_signalements": ["voirie"]}
    refused = api(awa).post(URL, other, format="json")
    assert (refused.status_code, refused.json()["code"]) == (409, "deja_pris")
    assert "Voirie" in refused.json()["detail"]
    assert api(brice).post(URL, other, format="json").status_code == 201
    unknown = api(awa).post(URL, {**other, "categories_signalements": ["lune"]}, format="json")
    assert list(unknown.json()["fields"]) == ["categories_signalements"]


@pytest.mark.parametrize("rows", [1, 12])
def test_the_number_of_queries_is_fixed(api, awa, yaounde, django_assert_num_queries, rows):
    for _row in range(rows):
        ServiceMunicipalFactory(mairie=MairieFactory())
        ServiceMunicipalFactory(mairie=yaounde, est_actif=False)
    agent = api(awa)
    with django_assert_num_queries(2):
        assert len(names(api().get(URL))) == rows
    with django_assert_num_queries(3):
        assert len(names(agent.get(URL, {"page_size": 50}))) == 2 * rows
