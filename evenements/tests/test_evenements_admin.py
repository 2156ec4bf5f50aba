"""The agenda at the desk: the admin calls the same services."""

import pytest
from django.urls import reverse

from ecms.tests import walking
from evenements.models import Evenement
from evenements.tests.agenda import dans, inscrire, ouvert

pytestmark = pytest.mark.django_db
AJOUT = reverse("admin:evenements_evenement_add")
LISTE = reverse("admin:evenements_evenement_changelist")
INSCRITS = reverse("admin:evenements_inscriptionevenement_changelist")


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


def test_a_change_and_a_cancelled_registration(desk, api, yaounde):
    row = ouvert(yaounde, capacite=1)
    prise, _attend = (inscrire(api(), row, n) for n in range(2))
    address = reverse("admin:evenements_evenement_change", args=[row.pk])
    assert desk.get(address).status_code == 200
    answer = desk.post(
        address, form(inscription_requise="on", capacite="1", liste_attente="on", lieu="Stade")
    )
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    row.refresh_from_db()
    assert (row.lieu, row.sequence) == ("Stade", 1)
    assert desk.get(INSCRITS).status_code == 200
    desk.post(INSCRITS, {"action": "annuler", "_selected_action": [prise["id"]]})
    assert list(row.inscriptions.order_by("pk").values_list("statut", flat=True)) == [
        "annulee",
        "confirmee",
    ]
