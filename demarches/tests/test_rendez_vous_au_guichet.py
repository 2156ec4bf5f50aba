"""What the desk does with its appointments besides moving them: the day's list, the contact."""

import pytest

from demarches.models import RendezVous
from demarches.services import rendez_vous as services
from demarches.tests.rendez_vous import URL, booked, heures, lundi, service_ouvert
from demarches.workflow import StatutRendezVous
from users.tests.factories import agent_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def service(yaounde):
    return service_ouvert(yaounde)


@pytest.fixture
def row(service):
    return booked(service, motif="Copie d'acte")


def patch(client, row, **body):
    return client.patch(f"{URL}/{row.pk}", body, format="json")


def times_of(client, **query) -> list[str]:
    return heures(client.get(URL, query).json()["results"])


def test_a_day_is_listed_in_its_order(api, service, awa):
    for heure in ("09:00", "08:00", "09:30", "08:30"):
        booked(service, heure)
    day = lundi().isoformat()
    in_order = ["08:00", "08:30", "09:00", "09:30"]
    assert times_of(api(awa), date=day) == in_order
    assert times_of(api(awa), date=day, ordering="-debut") == in_order[::-1]
    assert times_of(api(awa), du=day) == in_order[::-1]


def test_an_agent_mends_the_contact(api, awa, row, mailbox):
    contact = {"nom": "Fati Bello", "telephone": "+237690000001", "email": "", "motif": "Mariage"}
    answer = patch(api(awa), row, **contact)
    assert answer.status_code == 200, answer.content
    assert contact.items() <= answer.json().items()
    row = RendezVous.objects.get()
    assert {name: str(getattr(row, name)) for name in contact} == contact
    line = row.suivis.get()
    assert (line.nature, line.origine, line.auteur) == ("modification", "agent", awa)
    assert line.message == "Modifié : nom, adresse électronique, téléphone, motif"
    assert mailbox() == []


def test_what_stays_the_same_is_no_change(api, awa, row):
    assert patch(api(awa), row, nom=row.nom).status_code == 200
    assert not row.suivis.exists()


def test_nothing_else_is_writable(api, awa, brice, row, douala):
    before = RendezVous.objects.values().get()
    other = service_ouvert(douala)
    body = {
        "mairie": "douala",
        "service": other.pk,
        "guichet": 9,
        "statut": "honore",
        "debut": "2030-01-01T08:00:00Z",
        "fin": "2030-01-01T09:00:00Z",
        "sequence": 5,
        "citoyen": brice.pk,
        "code": "A" * 16,
        "langue": "en",
    }
    assert patch(api(awa), row, **body).status_code == 200
    assert RendezVous.objects.values().get() == before
    assert api(awa).put(f"{URL}/{row.pk}", {"nom": "x"}).status_code == 405


@pytest.mark.parametrize(
    "body",
    [
        {"nom": ""},
        {"email": "x"},
        {"telephone": "12"},
        {"motif": "x" * 501},
        {"email": ""},
    ],
)
def test_a_person_stays_reachable_by_name(api, awa, row, body):
    answer = patch(api(awa), row, **body)
    assert answer.status_code == 400
    assert set(answer.json()["fields"]) == set(body)
    assert not row.suivis.exists()


def test_whoever_has_an_account_needs_no_contact(api, awa, chantal, service):
    row = booked(service, citoyen=chantal)
    assert patch(api(awa), row, email="").status_code == 200


@pytest.mark.parametrize("statut", [s for s in StatutRendezVous if s != "confirme"])
def test_only_what_is_confirmed(api, awa, service, statut):
    row = booked(service, statut=statut)
    answer = patch(api(awa), row, nom="Autre")
    assert (answer.status_code, answer.json()["code"]) == (409, "transition_interdite")
    assert answer.json()["statut"] == statut


def test_only_agents_of_the_mairie_with_the_permission(api, brice, chantal, service, yaounde):
    row = booked(service, citoyen=chantal)
    refused = {None: 401, chantal: 403, brice: 404, agent_of(yaounde, groups=["Lecture"]): 403}
    for user, status in refused.items():
        assert patch(api(user), row, nom="Autre", code=row.code).status_code == status
    assert RendezVous.objects.get().nom == row.nom


def test_a_stale_page_writes_nothing(api, awa, row):
    client = api(awa)
    tag = client.get(f"{URL}/{row.pk}")["ETag"]
    address, body = f"{URL}/{row.pk}", {"motif": "Autre"}
    assert client.patch(address, body, format="json", HTTP_IF_MATCH=tag).status_code == 200
    assert client.patch(address, body, format="json", HTTP_IF_MATCH=tag).status_code == 412


def test_a_mail_that_waits_says_what_is_so_now(awa, row, mailbox):
    services.deplacer(row, debut=row.debut.replace(minute=30), par=awa)
    services.modifier(row, par=awa, motif="Mariage")
    (mail,) = mailbox()
    assert "Mariage" in mail.attachments[0].content
