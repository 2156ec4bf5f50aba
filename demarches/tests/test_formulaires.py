from datetime import timedelta

import pytest
from django.utils import timezone
from jsonschema import Draft202012Validator

from demarches.models import Formulaire
from demarches.tests.factories import DemarcheAdministrativeFactory, FormulaireFactory
from demarches.tests.test_definition import EVERY_TYPE, champ, piece
from demarches.workflow import StatutDemarche
from mairies.tests.factories import ServiceMunicipalFactory
from users.tests.factories import agent_of

URL = "/api/v1/formulaires"
SENT = {
    "nom": "Certificat de résidence",
    "type": "certificat_residence",
    "description": "Prouve où vous habitez.",
    "champs": EVERY_TYPE,
    "pieces_requises": [piece("cni")],
    "cout_xaf": 200,
    "delai_jours": 3,
    "base_legale": "Loi n° 2019/024",
    "email_notification": "accueil@mairie.example",
}

pytestmark = pytest.mark.django_db


def names(response):
    assert response.status_code == 200, response.json()
    return [row["nom"] for row in response.json()["results"]]


def test_it_works(api, awa, yaounde):
    service = ServiceMunicipalFactory(mairie=yaounde, nom="État civil")
    client = api(awa)
    created = client.post(URL, {**SENT, "service": service.pk})
    assert created.status_code == 201, created.json()
    body = created.json()
    assert (body["mairie"], body["slug"]) == ("yaounde", "certificat-de-residence")
    assert (body["service"], body["service_nom"]) == (service.pk, "État civil")
    assert (body["champs"], body["pieces_requises"]) == (EVERY_TYPE, SENT["pieces_requises"])
    assert (body["version"], body["delai_constate_jours"]) == (1, None)
    url = f"{URL}/{body['id']}"
    assert client.get(url).json() == body
    shown = api().get(url).json()
    assert shown == {name: body[name] for name in body if name != "email_notification"}
    (line,) = api().get(URL).json()["results"]
    assert not {"champs", "pieces_requises", "description", "email_notification"} & set(line)
    assert client.patch(url, {"est_actif": False}).status_code == 200
    assert (api().get(url).status_code, client.get(url).status_code) == (404, 200)
    assert client.delete(url).status_code == 204


def test_all_that_is_official_is_read_where_it_is_not_online(api):
    formulaire = FormulaireFactory(
        en_ligne=False, cout_xaf=200, delai_jours=3, base_legale="Loi", pieces_requises=[piece()]
    )
    shown = api().get(f"{URL}/{formulaire.pk}").json()
    for name in ("en_ligne", "cout_xaf", "delai_jours", "base_legale", "pieces_requises"):
        assert shown[name] == getattr(formulaire, name)


def test_by_slug_with_its_mairie(api, awa, yaounde, douala):
    formulaire = FormulaireFactory(mairie=yaounde, slug="permis")
    FormulaireFactory(mairie=douala, slug="permis")
    assert api().get(f"{URL}/permis", {"mairie": "yaounde"}).json()["id"] == formulaire.pk
    assert api().get(f"{URL}/permis").status_code == 400
    asked = api().get(f"{URL}/permis/schema", {"mairie": "yaounde"})
    assert asked.json()["title"] == formulaire.nom
    changed = api(awa).patch(f"{URL}/permis?mairie=yaounde", {"nom": "Bâtir"})
    assert (changed.status_code, changed.json()["slug"]) == (200, "permis")
    assert api(awa).delete(f"{URL}/permis?mairie=douala").status_code == 404


def test_two_of_a_name_have_two_slugs(api, awa):
    slugs = [api(awa).post(URL, SENT).json()["slug"] for _time in range(2)]
    assert slugs == ["certificat-de-residence", "certificat-de-residence-2"]


def test_what_is_ours_to_decide_is_ignored(api, awa, yaounde, douala):
    stolen = {"mairie": "douala", "slug": "vole", "id": 77, "version": 9}
    assert api(awa).post(URL, {**SENT, **stolen}).status_code == 201
    formulaire = Formulaire.objects.get()
    assert api(awa).patch(f"{URL}/{formulaire.pk}", stolen).status_code == 200
    again = Formulaire.objects.get()
    assert (again.mairie, again.slug, again.version) == (yaounde, "certificat-de-residence", 1)


def test_the_national_administrator_names_the_mairie(api, nadege, yaounde, douala):
    assert list(api(nadege).post(URL, SENT).json()["fields"]) == ["mairie"]
    assert api(nadege).post(URL, {**SENT, "mairie": "yaounde"}).json()["mairie"] == "yaounde"
    elsewhere = {"mairie": "yaounde", "service": ServiceMunicipalFactory(mairie=douala).pk}
    refused = api(nadege).post(URL, {**SENT, **elsewhere})
    assert (refused.status_code, list(refused.json()["fields"])) == (400, ["service"])
    kept = Formulaire.objects.get()
    refused = api(nadege).patch(f"{URL}/{kept.pk}", {"service": elsewhere["service"]})
    assert (refused.status_code, list(refused.json()["fields"])) == (400, ["service"])


def test_a_service_of_another_mairie_is_as_unknown_as_none(api, awa, douala, yaounde):
    formulaire = FormulaireFactory(mairie=yaounde)
    foreign = ServiceMunicipalFactory(mairie=douala).pk
    answers = []
    for pk in (foreign, 987654):
        for answer in (
            api(awa).post(URL, {**SENT, "service": pk}),
            api(awa).patch(f"{URL}/{formulaire.pk}", {"service": pk}),
        ):
            assert (answer.status_code, list(answer.json()["fields"])) == (400, ["service"])
            answers.append(answer.json()["fields"]["service"][0].replace(str(pk), "N"))
    assert len(set(answers)) == 1


@pytest.mark.parametrize("method", ["patch", "put", "delete"])
@pytest.mark.parametrize("est_actif", [True, False])
def test_another_mairies_is_not_found(api, brice, yaounde, method, est_actif):
    formulaire = FormulaireFactory(mairie=yaounde, est_actif=est_actif)
    assert getattr(api(brice), method)(f"{URL}/{formulaire.pk}", SENT).status_code == 404
    assert Formulaire.objects.get().nom == formulaire.nom


def test_a_role_without_the_permission_may_not(api, chantal, yaounde):
    formulaire = FormulaireFactory(mairie=yaounde)
    for client in (api(agent_of(yaounde, groups=["Lecture"])), api(chantal)):
        assert client.post(URL, SENT).status_code == 403
        assert client.patch(f"{URL}/{formulaire.pk}", SENT).status_code == 403
        assert client.delete(f"{URL}/{formulaire.pk}").status_code == 403
    assert api().post(URL, SENT).status_code == 401


@pytest.mark.parametrize("fields", [{"est_actif": False}, {"mairie__inactive": True}])
def test_what_is_not_public_is_not_found(api, chantal, brice, nadege, fields):
    formulaire = FormulaireFactory(**fields)
    for client in (api(), api(chantal), api(brice)):
        assert names(client.get(URL)) == []
        for url in (f"{URL}/{formulaire.pk}", f"{URL}/{formulaire.pk}/schema"):
            assert client.get(url).status_code == 404
    assert api(nadege).get(f"{URL}/{formulaire.pk}").status_code == 200


def test_the_address_that_is_told_is_the_staffs(api, awa, brice, nadege, chantal, yaounde):
    formulaire = FormulaireFactory(mairie=yaounde, email_notification="a@mairie.example")
    for client, told in (
        *[(api(awa), True), (api(nadege), True)],
        *[(api(brice), False), (api(chantal), False), (api(), False)],
    ):
        for body in (
            client.get(f"{URL}/{formulaire.pk}").json(),
            client.get(URL).json()["results"][0],
        ):
            assert ("email_notification" in body) is told


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("nom", ""),
        ("nom", "x" * 201),
        ("type", "inconnu"),
        ("description", "x" * 10_001),
        ("cout_xaf", -1),
        ("cout_xaf", 12.5),
        ("delai_jours", 1001),
        ("duree_conservation_jours", 0),
        ("base_legale", "x" * 301),
        ("email_notification", "accueil"),
        ("champs", {}),
        ("champs", [{"cle": "é"}]),
        ("pieces_requises", "cni"),
        ("pieces_requises", [piece("a"), piece("a")]),
        ("pieces_requises", [piece("nom")]),
        ("pieces_requises", [piece("prenom")]),
        ("service", "accueil"),
    ],
)
def test_what_cannot_be_is_refused(api, awa, field, value):
    response = api(awa).post(URL, {**SENT, field: value})
    assert response.status_code == 400
    assert list(response.json()["fields"]) == [field]
    assert not Formulaire.objects.exists()


def test_the_fault_of_a_definition_names_the_question(api, awa):
    wrong = [champ("nom"), champ("Prénom")]
    (fault,) = api(awa).post(URL, {**SENT, "champs": wrong}).json()["fields"]["champs"]
    assert fault.startswith("Question 2 (Prénom) : la clé s'écrit")


def test_the_version_counts_other_questions_and_papers(api, awa, yaounde):
    url = f"{URL}/{FormulaireFactory(mairie=yaounde, champs=[champ()]).pk}"
    for changes, version in (
        ({"nom": "Autre nom", "cout_xaf": 500}, 1),
        ({"champs": [champ()]}, 1),
        ({"champs": [champ(), champ("age", "entier")]}, 2),
        ({"pieces_requises": [piece()]}, 3),
        ({"champs": [], "pieces_requises": []}, 4),
    ):
        assert api(awa).patch(url, changes).json()["version"] == version


def test_one_with_dossiers_is_put_out_of_use_not_deleted(api, awa, yaounde):
    formulaire = FormulaireFactory(mairie=yaounde)
    DemarcheAdministrativeFactory(mairie=yaounde, formulaire=formulaire)
    refused = api(awa).delete(f"{URL}/{formulaire.pk}")
    assert (refused.status_code, refused.json()["code"]) == (409, "formulaire_utilise")
    assert api(awa).patch(f"{URL}/{formulaire.pk}", {"est_actif": False}).status_code == 200


def test_of_two_editors_the_second_is_told(api, awa, yaounde):
    url = f"{URL}/{FormulaireFactory(mairie=yaounde).pk}"
    etag = api(awa).get(url)["ETag"]
    assert api(awa).patch(url, {"nom": "Un"}, headers={"if-match": etag}).status_code == 200
    for method in ("patch", "put", "delete"):
        stale = getattr(api(awa), method)(url, SENT, headers={"if-match": etag})
        assert (stale.status_code, stale.json()["code"]) == (412, "version_perimee")


# The questions as JSON Schema ---------------------------------------------------------------------


def test_the_schema_is_valid_and_in_the_language_of_the_request(api):
    asked = champ("nom", libelle={"fr": "Nom", "en": "Name"}, obligatoire=True)
    url = f"{URL}/{FormulaireFactory(champs=[*EVERY_TYPE[1:], asked]).pk}/schema"
    for langue, title in (("fr", "Nom"), ("en", "Name")):
        answer = api().get(url, headers={"accept-language": langue})
        assert answer["Content-Type"] == "application/schema+json"
        assert "Accept-Language" in answer["Vary"]
        assert answer.json()["properties"]["nom"]["title"] == title
        Draft202012Validator.check_schema(answer.json())
    plain = api().get(url, headers={"accept": "application/json"})
    assert plain["Content-Type"] == "application/json"
    unchanged = api().get(url, headers={"if-none-match": api().get(url)["ETag"]})
    assert unchanged.status_code == 304


# Lists --------------------------------------------------------------------------------------------


@pytest.fixture
def shelf(yaounde, douala):
    civil = ServiceMunicipalFactory(mairie=yaounde)
    FormulaireFactory(
        mairie=yaounde,
        service=civil,
        nom="Copie d'acte de naissance",
        type="acte_naissance",
        description="Demandée à la mairie où l'enfant est né.",
        cout_xaf=200,
    )
    FormulaireFactory(
        mairie=yaounde, nom="Permis de bâtir", type="permis_batir", en_ligne=False, cout_xaf=9000
    )
    FormulaireFactory(mairie=douala, nom="Permis de bâtir à Douala", type="permis_batir")
    return civil


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, ["Copie d'acte de naissance", "Permis de bâtir"]),
        ({"type": "permis_batir"}, ["Permis de bâtir"]),
        ({"en_ligne": "true"}, ["Copie d'acte de naissance"]),
        ({"en_ligne": "false"}, ["Permis de bâtir"]),
        ({"search": "permis batir"}, ["Permis de bâtir"]),
        ({"search": "naissances"}, ["Copie d'acte de naissance"]),
        ({"search": "enfants"}, ["Copie d'acte de naissance"]),
        ({"search": "permis -batir"}, []),
        ({"est_actif": "false"}, []),
        ({"ordering": "-cout_xaf"}, ["Permis de bâtir", "Copie d'acte de naissance"]),
    ],
)
def test_filters(api, shelf, asked, found):
    assert names(api().get(URL, {"mairie": "yaounde", **asked})) == found


def test_those_of_a_service(api, shelf):
    assert names(api().get(URL, {"service": shelf.pk})) == ["Copie d'acte de naissance"]


@pytest.mark.parametrize(
    "asked",
    [{"mairie": "nulle-part"}, {"service": 987654}, {"type": "x"}, {"en_ligne": "peut-être"}],
)
def test_an_unknown_filter_value_is_refused(api, asked):
    response = api().get(URL, asked)
    assert (response.status_code, list(response.json()["fields"])) == (400, list(asked))


@pytest.mark.parametrize("rows", [1, 12])
def test_the_number_of_queries_is_fixed(api, awa, yaounde, django_assert_num_queries, rows):
    formulaires = [FormulaireFactory(mairie=yaounde) for _row in range(rows)]
    agent, visitor = api(awa), api()
    with django_assert_num_queries(2):
        assert len(names(visitor.get(URL))) == rows
    with django_assert_num_queries(2):
        visitor.get(f"{URL}/{formulaires[0].pk}")
    with django_assert_num_queries(1):
        visitor.get(f"{URL}/{formulaires[0].pk}/schema")
    with django_assert_num_queries(3):
        assert len(names(agent.get(URL))) == rows


# How long it really takes -------------------------------------------------------------------------


def closed(formulaire, days, *, statut=StatutDemarche.REMISE, ago=1, prepared=True):
    ready = timezone.now() - timedelta(days=ago)
    return DemarcheAdministrativeFactory(
        mairie=formulaire.mairie,
        formulaire=formulaire,
        statut=statut,
        date_depot=ready - timedelta(days=days),
        date_validation=ready,
        date_preparation=ready if prepared else None,
        date_cloture=timezone.now() if statut in StatutDemarche.finaux() else None,
        motif_rejet="Incomplet" if statut == StatutDemarche.REJETEE else "",
    )


def test_the_measured_delay_is_the_median_of_the_year(api):
    formulaire = FormulaireFactory()
    url = f"{URL}/{formulaire.pk}"
    for days in (1, 2, 3, 50):
        closed(formulaire, days)
    closed(formulaire, 1, statut=StatutDemarche.REJETEE)
    closed(formulaire, 1, ago=366)
    closed(FormulaireFactory(mairie=formulaire.mairie), 1)
    first = api().get(url)
    assert first.json()["delai_constate_jours"] is None
    closed(formulaire, 2.5, statut=StatutDemarche.VALIDEE, prepared=False)
    second = api().get(url)
    assert second.json()["delai_constate_jours"] == 3
    assert second["ETag"] == first["ETag"]
