"""Hours, closings and desks change under what is booked: nothing is destroyed, agents are told."""

from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from demarches.models import RendezVous
from demarches.tests.factories import RendezVousFactory
from demarches.tests.rendez_vous import MATIN, URL, a, booked, lundi, service_ouvert
from mairies.models import ServiceMunicipal
from mairies.tests.horaires import rangees
from users.tests.factories import agent_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def service(yaounde):
    return service_ouvert(yaounde, nom="État civil")


def names(answer):
    assert answer.status_code == 200, answer.json()
    return [row["nom"] for row in answer.json()["results"]]


def test_changing_the_hours_destroys_nothing_and_tells_who_is_outside(api, service, awa, yaounde):
    inside, outside = booked(service, "08:00"), booked(service, "09:30", nom="Dehors")
    booked(service, "09:00", statut="annule")
    RendezVousFactory(
        service=service,
        mairie=yaounde,
        debut=timezone.now() - timedelta(days=7),
        fin=timezone.now() - timedelta(days=6.9),
    )
    hours = {"horaires": {"lundi": [["08:00", "09:00"]]}}
    url = f"/api/v1/services/{service.pk}"
    answer = api(awa).patch(url, hours, format="json")
    assert answer.status_code == 200
    (told,) = answer.json()["rendez_vous_hors_horaires"]
    assert (told["id"], told["nom"], told["nature"]) == (outside.pk, "Dehors", "rendez_vous")
    assert datetime.fromisoformat(told["debut"]) == outside.debut
    assert RendezVous.objects.filter(statut="confirme").count() == 3
    read = api(awa).get(url)
    assert "rendez_vous_hors_horaires" not in read.json()
    assert read.headers["ETag"] == answer.headers["ETag"]
    listed = api(awa).get(URL, {"hors_horaires": "true"})
    assert names(listed) == ["Dehors"]
    kept = api(awa).get(URL, {"hors_horaires": "false", "du": lundi().isoformat()})
    assert inside.pk in [row["id"] for row in kept.json()["results"]]


@pytest.mark.parametrize(
    "change",
    [
        {"fermetures": [{"date": "LUNDI"}]},
        {"est_actif": False},
        {"guichets": 1},
        {"horaires": {"mardi": [["08:00", "10:00"]]}},
    ],
)
def test_every_change_that_leaves_someone_outside(api, service, awa, change):
    ServiceMunicipal.objects.update(guichets=2)
    row = booked(service, guichet=2)
    if "fermetures" in change:
        change = {"fermetures": [{"date": lundi().isoformat()}]}
    answer = api(awa).patch(f"/api/v1/services/{service.pk}", change, format="json")
    assert [o["id"] for o in answer.json()["rendez_vous_hors_horaires"]] == [row.pk]


def test_a_longer_duration_leaves_what_is_booked(api, service, awa):
    row = booked(service)
    answer = api(awa).patch(f"/api/v1/services/{service.pk}", {"duree_rdv": 60})
    assert answer.json()["rendez_vous_hors_horaires"] == []
    row.refresh_from_db()
    assert row.fin == a("08:30")


def test_closing_a_day_of_the_mairie_tells_too(api, service, awa, yaounde):
    row = booked(service)
    answer = api(awa).patch(
        "/api/v1/mairies/yaounde", {"jours_fermes": [lundi().isoformat()]}, format="json"
    )
    assert [o["id"] for o in answer.json()["rendez_vous_hors_horaires"]] == [row.pk]
    without_hours = service_ouvert(yaounde, horaires={})
    late = booked(without_hours, "15:00")
    change = {"jours_fermes": [], "horaires": MATIN}
    answer = api(awa).patch("/api/v1/mairies/yaounde", change, format="json")
    assert [o["id"] for o in answer.json()["rendez_vous_hors_horaires"]] == [late.pk]


def test_who_may_not_read_appointments_is_told_none(api, service, yaounde):
    booked(service)
    agent = agent_of(yaounde, groups=[])
    agent.user_permissions.set(_permissions("change_servicemunicipal", "view_servicemunicipal"))
    answer = api(agent).patch(f"/api/v1/services/{service.pk}", {"est_actif": False})
    assert answer.json()["rendez_vous_hors_horaires"] == []


def _permissions(*codenames):
    return Permission.objects.filter(codename__in=codenames)


def test_the_admin_names_them(client, service, awa, yaounde):
    client.force_login(awa)
    row = booked(service, "09:30", nom="Fatima Bello")
    booked(service, "08:00", nom="Dedans")
    form = {
        "nom": service.nom,
        "ordre": "0",
        "est_actif": "on",
        "rdv_en_ligne": "on",
        "duree_rdv": "30",
        "guichets": "1",
        "preavis_heures": "24",
        "horizon_jours": "60",
        "annulation_heures": "4",
        "deplacement_heures": "24",
        **rangees(lundi=[("08:00", "09:00")]),
        "categories_signalements": ["voirie", "bruit"],
    }
    url = f"/admin/mairies/servicemunicipal/{service.pk}/change/"
    (said,) = warnings_of(client.post(url, form, follow=True))
    assert said.startswith("1 rendez-vous est hors des horaires")
    assert f"{lundi():%d/%m/%Y} 09:30 Fatima Bello" in said
    row.refresh_from_db()
    service.refresh_from_db()
    assert (row.statut, service.categories_signalements) == ("confirme", ["voirie", "bruit"])
    assert warnings_of(client.post(url, {**form, "nom": "Autre"}, follow=True)) == []


def warnings_of(response) -> list[str]:
    assert response.status_code == 200
    assert not response.context.get("errors"), response.context["errors"]
    return [str(m) for m in response.context["messages"] if m.level_tag == "warning"]


def test_a_few_queries_whatever_the_services(
    api, awa, yaounde, service, django_assert_max_num_queries
):
    for n in range(5):
        other = service_ouvert(yaounde, nom=f"Service {n}")
        booked(other, "09:00")
    client = api(awa)
    with django_assert_max_num_queries(16):
        answer = client.patch("/api/v1/mairies/yaounde", {"jours_fermes": []}, format="json")
    assert answer.json()["rendez_vous_hors_horaires"] == []
