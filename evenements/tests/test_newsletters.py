"""Writing a letter, and saying when it leaves."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_q.models import OrmQ

from evenements.models import Newsletter
from evenements.tests.factories import (
    AbonneNewsletterFactory,
    EnvoiNewsletterFactory,
    NewsletterFactory,
)
from users.tests.factories import agent_of

URL = "/api/v1/newsletters"


def act(client, letter, name, body=None):
    return client.post(f"{URL}/{letter.pk}/{name}", body or {})


def in_an_hour() -> str:
    return (timezone.now() + timedelta(hours=1)).isoformat()


def test_it_works(api, awa):
    client = api(awa)
    body = {"titre": "Décembre", "contenu": "<p>Bonjour<script>alert(1)</script></p>"}
    answer = client.post(URL, body)
    assert answer.status_code == 201, answer.content
    found = answer.json()
    assert (found["statut"], found["mairie"], found["contenu"]) == (
        "brouillon", "yaounde", "<p>Bonjour</p>",
    )  # fmt: skip
    assert found["avancement"]["total"] == 0
    answer = client.post(f"{URL}/{found['id']}/envoyer")
    assert (answer.status_code, answer.json()["statut"]) == (200, "planifiee")
    assert client.get(URL).json()["count"] == 1
    assert OrmQ.objects.filter(key="envois").exists()


def test_planning_and_taking_back(api, awa, yaounde):
    letter, client = NewsletterFactory(mairie=yaounde), api(awa)
    assert act(client, letter, "planifier", {"date_envoi": in_an_hour()}).status_code == 200
    assert act(client, letter, "planifier", {"date_envoi": in_an_hour()}).status_code == 200
    answer = client.patch(f"{URL}/{letter.pk}", {"titre": "Autre"})
    assert (answer.status_code, answer.json()["code"]) == (409, "lettre_figee")
    assert client.delete(f"{URL}/{letter.pk}").status_code == 409
    assert act(client, letter, "deplanifier").json()["statut"] == "brouillon"
    assert client.patch(f"{URL}/{letter.pk}", {"titre": "Autre"}).status_code == 200
    assert client.delete(f"{URL}/{letter.pk}").status_code == 204


@pytest.mark.parametrize(
    "when",
    [
        "2020-01-01T00:00:00Z",
        "0001-01-01T00:00:00",
        "9999-12-31T23:59:59",
        "demain",
        None,
        12,
    ],
)
def test_a_letter_is_planned_for_a_moment_to_come(api, awa, yaounde, when):
    letter = NewsletterFactory(mairie=yaounde)
    answer = act(api(awa), letter, "planifier", {"date_envoi": when})
    assert answer.status_code == 400
    assert "date_envoi" in answer.json()["fields"]


@pytest.mark.parametrize("statut", ["en_cours", "envoyee"])
@pytest.mark.parametrize("name", ["envoyer", "deplanifier", "planifier"])
def test_what_has_left_has_left(api, awa, yaounde, statut, name):
    letter = NewsletterFactory(mairie=yaounde, statut=statut, date_envoi=timezone.now())
    answer = act(api(awa), letter, name, {"date_envoi": in_an_hour()})
    assert (answer.status_code, answer.json()["code"]) == (409, "transition_interdite")


def test_progress_is_one_query(api, awa, yaounde, django_assert_max_num_queries):
    letter = NewsletterFactory(mairie=yaounde, statut="en_cours", date_envoi=timezone.now())
    EnvoiNewsletterFactory(newsletter=letter)
    EnvoiNewsletterFactory(newsletter=letter, statut="refuse")
    EnvoiNewsletterFactory.create_batch(
        2, newsletter=letter, statut="envoye", date_envoi=timezone.now()
    )
    client = api(awa)
    with django_assert_max_num_queries(8):
        found = client.get(f"{URL}/{letter.pk}").json()["avancement"]
    assert found == {
        "total": 4, "a_envoyer": 1, "envoye": 2, "refuse": 1, "abandonne": 0, "pourcentage": 75,
    }  # fmt: skip


def test_a_preview_goes_to_oneself_alone(api, awa, yaounde, mailbox):
    subscriber = AbonneNewsletterFactory(mairie=yaounde)
    letter = NewsletterFactory(mairie=yaounde, titre="Décembre")
    assert act(api(awa), letter, "apercu").status_code == 202
    (message,) = mailbox()
    assert message.to == [awa.email]
    assert message.subject == "[Aperçu] Décembre"
    assert "Les nouvelles du mois." in message.body
    assert "<p>Les nouvelles du mois.</p>" in message.alternatives[0][0]
    assert subscriber.jeton not in message.body
    assert Newsletter.objects.get().statut == "brouillon"


def test_no_preview_to_an_address_that_is_a_claim(api, yaounde, mailbox):
    agent = agent_of(yaounde, is_verified=False)
    answer = act(api(agent), NewsletterFactory(mairie=yaounde), "apercu")
    assert (answer.status_code, answer.json()["code"]) == (409, "adresse_non_verifiee")
    assert mailbox() == []


def test_letters_are_the_agents_alone(api, chantal, brice, yaounde):
    letter = NewsletterFactory(mairie=yaounde)
    assert api().get(URL).status_code == 401
    assert api(chantal).get(URL).status_code == 403
    assert api(brice).get(f"{URL}/{letter.pk}").status_code == 404
    assert act(api(brice), letter, "envoyer").status_code == 404
