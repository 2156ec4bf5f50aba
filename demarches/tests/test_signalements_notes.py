"""What agents write to each other about a report."""

import pytest

from demarches.models import Suivi
from demarches.tests.factories import SignalementFactory
from demarches.workflow import StatutSignalement
from users.tests.factories import agent_of

NOTE = "Voir avec CANARI"


@pytest.fixture
def leak(yaounde, chantal):
    return SignalementFactory(mairie=yaounde, signaleur=chantal)


def url(row) -> str:
    return f"/api/v1/signalements/{row.pk}"


def note(client, row, message=NOTE, **body):
    return client.post(f"{url(row)}/notes", {"message": message, **body}, format="json")


def test_agents_alone_read_it(api, awa, chantal, leak, mailbox):
    written = note(api(awa), leak)
    assert written.status_code == 201, written.content
    assert (written.json()["nature"], written.json()["est_visible"]) == ("note", False)
    colleague = api(agent_of(leak.mairie))
    assert colleague.get(f"{url(leak)}/suivi").json() == [written.json()]
    for client in (api(), api(chantal)):
        assert client.get(f"{url(leak)}/suivi").json() == []
        assert "CANARI" not in client.get(url(leak)).content.decode()
    codes = {"numero_suivi": leak.numero_suivi, "code_suivi": leak.code_suivi}
    assert "CANARI" not in api().post("/api/v1/suivi", codes).content.decode()
    assert mailbox() == []
    assert Suivi.objects.get().auteur == awa


def test_only_agents_of_the_mairie_with_the_permission(api, brice, chantal, leak):
    reader = agent_of(leak.mairie, groups=["Lecture"])
    refused = {None: 401, chantal: 403, reader: 403, brice: 404}
    for user, status in refused.items():
        assert note(api(user), leak, code_suivi=leak.code_suivi).status_code == status
    assert not Suivi.objects.exists()


@pytest.mark.parametrize("message", ["", "   ", "a" * 5001, None, ["a"]])
def test_a_note_has_words(api, awa, leak, message):
    answer = note(api(awa), leak, message)
    assert answer.status_code == 400
    assert "message" in answer.json()["fields"]


def test_in_any_state(api, awa, leak):
    leak.statut, leak.date_rejet = StatutSignalement.REJETE, leak.date_creation
    leak.save()
    assert note(api(awa), leak).status_code == 201
    assert type(leak).objects.get().statut == StatutSignalement.REJETE
