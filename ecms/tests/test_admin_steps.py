"""The steps of a row: its buttons, the page that asks, the action of the list."""

import pytest
from django.test import Client

from mairies.models import DemandeCreationSite
from mairies.tests.factories import DemandeCreationSiteFactory

DEMANDES = "/admin/mairies/demandecreationsite/"


@pytest.fixture
def desk(nadege):
    """Nadège at the admin."""
    client = Client()
    client.force_login(nadege, backend="users.backends.Backend")
    return client


def buttons(client, row) -> list[str]:
    page = client.get(f"{DEMANDES}{row.pk}/change/")
    return [step.name for step in page.context.get("steps", [])]


def test_the_page_of_a_row_shows_what_may_be_done_now(desk):
    demande = DemandeCreationSiteFactory()
    assert buttons(desk, demande) == ["valider", "rejeter"]
    answer = desk.post(f"{DEMANDES}{demande.pk}/etape/valider/")
    assert (answer.status_code, answer["Location"]) == (302, f"{DEMANDES}{demande.pk}/change/")
    demande.refresh_from_db()
    assert demande.statut == "validee"
    assert buttons(desk, demande) == []


def test_a_step_that_asks_has_its_page(desk):
    demande = DemandeCreationSiteFactory()
    url = f"{DEMANDES}{demande.pk}/etape/rejeter/"
    assert "motif" in desk.get(url).context["form"].fields
    refused = desk.post(url, {"motif": " "})
    assert refused.context["form"].errors["motif"]
    demande.refresh_from_db()
    assert demande.statut == "en_attente"
    desk.post(url, {"motif": "Pas signé."})
    demande.refresh_from_db()
    assert (demande.statut, demande.motif_rejet) == ("rejetee", "Pas signé.")


def test_a_second_click_is_told_that_it_is_too_late(desk):
    demande = DemandeCreationSiteFactory()
    url = f"{DEMANDES}{demande.pk}/etape/valider/"
    desk.post(url)
    answer = desk.post(url, follow=True)
    assert any("ne peut pas devenir" in str(said) for said in answer.context["messages"])


def test_a_link_to_a_step_asks_before_it_acts(desk):
    demande = DemandeCreationSiteFactory()
    assert desk.get(f"{DEMANDES}{demande.pk}/etape/valider/").status_code == 200
    demande.refresh_from_db()
    assert demande.statut == "en_attente"


def test_the_list_asks_once_for_all(desk):
    demandes = [DemandeCreationSiteFactory() for _ in range(3)]
    sent = {"action": "rejeter", "_selected_action": [row.pk for row in demandes]}
    page = desk.post(DEMANDES, sent)
    assert page.context["chosen"] == [row.pk for row in reversed(demandes)]
    assert not page.context["form"].is_bound
    desk.post(DEMANDES, {**sent, "_step": "1", "motif": "Incomplètes."})
    for demande in demandes:
        demande.refresh_from_db()
        assert demande.motif_rejet == "Incomplètes."


@pytest.mark.parametrize("name", ["inconnue", "valider", "rejeter"])
def test_nobody_else_learns_that_there_is_a_row(desk, awa, name):
    demande = DemandeCreationSiteFactory()
    agent = Client()
    agent.force_login(awa, backend="users.backends.Backend")
    for client in (agent, Client()) if name != "inconnue" else (desk,):
        for answer in (
            client.get(f"{DEMANDES}{demande.pk}/etape/{name}/"),
            client.post(f"{DEMANDES}{demande.pk}/etape/{name}/", {"motif": "x"}),
        ):
            assert answer.status_code == 302
            assert answer["Location"] in {"/admin/"} or "login" in answer["Location"]
    demande.refresh_from_db()
    assert demande.statut == "en_attente"


@pytest.mark.parametrize("chosen", ["abc", "", "99999999999999999999", "1\0"])
def test_a_choice_that_is_no_row_changes_nothing(desk, chosen):
    demande = DemandeCreationSiteFactory()
    sent = {"action": "valider", "_selected_action": [chosen]}
    assert desk.post(DEMANDES, sent).status_code in {200, 302, 400}
    demande.refresh_from_db()
    assert demande.statut == "en_attente"


def test_a_step_is_not_taken_for_more_rows_than_somebody_waits_for(desk, monkeypatch):
    monkeypatch.setattr("ecms.admin.steps.AT_MOST", 2)
    demandes = [DemandeCreationSiteFactory() for _ in range(3)]
    sent = {"action": "valider", "_selected_action": [row.pk for row in demandes]}
    answer = desk.post(DEMANDES, sent, follow=True)
    assert "au plus" in str(next(iter(answer.context["messages"])))
    assert not DemandeCreationSite.objects.exclude(statut="en_attente").exists()
