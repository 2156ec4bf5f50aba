"""The agenda at the desk: the admin calls the same services."""

import pytest
from django.urls import reverse
from django.utils import timezone

from ecms.tests import walking
from evenements.models import Evenement
from evenements.tests.agenda import a, compter, dans, inscrire, ouvert
from evenements.tests.factories import EvenementFactory

pytestmark = pytest.mark.django_db
AJOUT = reverse("admin:evenements_evenement_add")
LISTE = reverse("admin:evenements_evenement_changelist")


@pytest.fixture
def desk(client, awa):
    awa.user_permissions.set(walking.all_permissions())
    client.force_login(awa)
    return client


def form(**champs) -> dict:
    return {
        "titre": "Marché",
        "categorie": "marche",
        "lieu": "Place",
        "debut_0": dans(5).isoformat(),
        "debut_1": "08:00",
        "fin_0": dans(5).isoformat(),
        "fin_1": "12:00",
        "personnes_max_par_inscription": "5",
        **champs,
    }


def test_a_recurring_event_is_added_and_announced(desk):
    answer = desk.post(AJOUT, form(recurrence="hebdomadaire", recurrence_nombre="3"))
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    rows = Evenement.objects.all()
    assert rows.count() == 3
    keys = list(rows.values_list("pk", flat=True))
    desk.post(LISTE, {"action": "publier", "_selected_action": keys})
    assert set(rows.values_list("statut", flat=True)) == {"publie"}


def test_what_the_service_refuses_is_said_in_the_form(desk):
    answer = desk.post(AJOUT, form(recurrence="hebdomadaire"))
    assert answer.status_code == 200
    assert "recurrence_fin" in answer.context["adminform"].form.errors
    assert not Evenement.objects.exists()


@pytest.mark.parametrize("jour", ["0001-01-01", "0202-05-01", "9999-12-31"])
def test_a_slip_in_the_year_is_refused(desk, jour):
    """PostgreSQL would keep the first, and nobody could read the agenda any more."""
    answer = desk.post(AJOUT, form(debut_0=jour, fin_0=jour))
    assert answer.context["adminform"].form.errors.keys() >= {"debut", "fin"}
    answer = desk.post(AJOUT, form(inscription_fin_0=jour, inscription_fin_1="08:00"))
    assert "inscription_fin" in answer.context["adminform"].form.errors
    assert not Evenement.objects.exists()


def test_a_change_moves_who_waits_up(desk, api, yaounde):
    row = ouvert(yaounde, capacite=1)
    for n in range(2):
        inscrire(api(), row, n)
    address = reverse("admin:evenements_evenement_change", args=[row.pk])
    body = form(inscription_requise="on", capacite="2", liste_attente="on", lieu="Stade")
    answer = desk.post(address, body)
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    row.refresh_from_db()
    assert (row.lieu, row.sequence, row.places_prises) == ("Stade", 1, 2)


def test_a_series_is_changed_as_far_as_the_agent_says(desk):
    desk.post(AJOUT, form(recurrence="hebdomadaire", recurrence_nombre="3"))
    premier, milieu, dernier = Evenement.objects.order_by("debut")
    debut, fin = timezone.localtime(milieu.debut), timezone.localtime(milieu.fin)
    body = form(
        lieu="Stade",
        portee="suivantes",
        debut_0=debut.date().isoformat(),
        fin_0=fin.date().isoformat(),
    )
    answer = desk.post(adresse(milieu), body)
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    lieux = [Evenement.objects.get(pk=row.pk).lieu for row in (premier, milieu, dernier)]
    assert lieux == ["Place", "Stade", "Stade"]
    page = desk.get(adresse(premier)).content.decode()
    assert all(adresse(row) in page for row in (milieu, dernier))


def test_a_row_shows_the_steps_that_it_allows_now(desk, yaounde):
    brouillon = EvenementFactory(mairie=yaounde)
    assert etapes(desk, brouillon) == ["publier"]
    desk.post(adresse(brouillon, "publier"))
    assert etapes(desk, brouillon) == ["reporter", "retirer", "annuler"]
    desk.post(adresse(brouillon, "reporter"), {"message": "Pluie."})
    brouillon.refresh_from_db()
    assert (brouillon.statut, brouillon.date_a_confirmer) == ("reporte", True)
    assert etapes(desk, brouillon) == ["reporter", "annuler"]
    jour = {"debut_0": dans(20).isoformat(), "debut_1": "10:00"}
    desk.post(adresse(brouillon, "reporter"), jour)
    assert etapes(desk, brouillon) == ["confirmer", "reporter", "annuler"]
    desk.post(adresse(brouillon, "confirmer"))
    brouillon.refresh_from_db()
    assert brouillon.statut == "publie"
    assert timezone.localtime(brouillon.debut).date() == dans(20)
    desk.post(adresse(brouillon, "annuler"), {"message": "Faute de salle."})
    brouillon.refresh_from_db()
    assert (brouillon.statut, brouillon.message) == ("annule", "Faute de salle.")
    assert etapes(desk, brouillon) == []
    assert desk.get(adresse(brouillon)).status_code == 200


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        ({"debut_0": "0001-01-01", "debut_1": "08:00"}, "debut"),
        ({"debut_0": "demain", "debut_1": "\x00"}, "debut"),
        ({"fin_0": "2030-01-01", "fin_1": "08:00"}, "debut"),
        ({"message": "x" * 1001}, "message"),
    ],
)
def test_a_date_that_cannot_be_is_asked_again(desk, yaounde, body, refused):
    row = ouvert(yaounde)
    answer = desk.post(adresse(row, "reporter"), body)
    assert refused in answer.context["form"].errors
    row.refresh_from_db()
    assert row.statut == "publie"


def test_what_is_cancelled_of_a_series_is_chosen(desk):
    desk.post(AJOUT, form(recurrence="hebdomadaire", recurrence_nombre="3"))
    premier, *_suivants = Evenement.objects.order_by("debut")
    assert "publier_serie" in etapes(desk, premier)
    desk.post(adresse(premier, "publier_serie"), {"portee": "serie"})
    assert set(Evenement.objects.values_list("statut", flat=True)) == {"publie"}
    wrong = desk.post(adresse(premier, "annuler"), {"portee": "tout"})
    assert wrong.context["form"].errors["portee"]
    desk.post(adresse(premier, "annuler"), {"portee": "serie", "message": ""})
    assert set(Evenement.objects.values_list("statut", flat=True)) == {"annule"}


def test_several_are_cancelled_with_one_message(desk, yaounde):
    rows = [ouvert(yaounde) for _ in range(2)]
    sent = {"action": "annuler", "_selected_action": [row.pk for row in rows]}
    assert not desk.post(LISTE, sent).context["form"].is_bound
    desk.post(LISTE, {**sent, "_step": "1", "message": "Deuil national."})
    assert [Evenement.objects.get(pk=row.pk).message for row in rows] == ["Deuil national."] * 2


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("quand=a_venir", 2),
        ("quand=semaine", 1),
        ("quand=passes", 1),
        ("quand=jamais", 3),
        ("debut_from={demain}&debut_to={loin}", 2),
        ("debut_to={demain}", 1),
        ("debut_from=0000-99-99&debut_to=demain", 3),
        ("debut_from=0001-01-01&debut_to=9999-12-31", 3),
    ],
)
def test_the_list_is_narrowed_by_dates(desk, yaounde, query, found):
    for jours in (-30, 5, 30):
        EvenementFactory(
            mairie=yaounde, publie=True, debut=a(dans(jours), "08:00"), fin=a(dans(jours), "09:00")
        )
    said = query.format(demain=dans(1).isoformat(), loin=dans(40).isoformat())
    page = desk.get(f"{LISTE}?{said}")
    assert page.status_code == 200
    assert page.context["cl"].result_count == found


def test_the_list_asks_as_often_for_any_number_of_rows(desk, yaounde):
    asked = []
    for rows in (5, 25):
        for n in range(rows):
            ouvert(yaounde, places_prises=n % 5)
        asked.append(compter(desk, LISTE))
    assert asked[0] == asked[1] <= 12


@pytest.mark.parametrize("name", ["publier", "reporter", "annuler", "retirer", "publier_serie"])
def test_nobody_else_takes_a_step(desk, douala, name):
    row = EvenementFactory(mairie=douala, publie=name != "publier")
    before = row.statut
    answers = [
        desk.get(adresse(row, name)),
        desk.post(adresse(row, name), {"message": "x", "portee": "serie"}),
        desk.get(adresse(row)),
        desk.post(adresse(row), form()),
    ]
    assert {(each.status_code, each["Location"]) for each in answers} == {(302, "/admin/")}
    sent = {"action": name, "_selected_action": [row.pk], "_step": "1", "message": "x"}
    desk.post(LISTE, sent)
    row.refresh_from_db()
    assert row.statut == before


def adresse(row, etape: str = "") -> str:
    base = reverse("admin:evenements_evenement_change", args=[row.pk])
    return base.replace("change/", f"etape/{etape}/") if etape else base


def etapes(client, row) -> list[str]:
    return [step.name for step in client.get(adresse(row)).context["steps"]]
