"""Subscribing with consent, and leaving in one click."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from ecms import retention
from ecms.models import Courriel
from ecms.tests.together import together
from evenements.models import AbonneNewsletter
from evenements.services import abonnes as services
from evenements.tests.factories import AbonneNewsletterFactory, EnvoiNewsletterFactory
from mairies.tests.factories import MairieFactory

URL = "/api/v1/abonnes"
BODY = {"mairie": "yaounde", "email": "Aline@Exemple.cm", "nom": "Aline"}


def one_click(jeton: str, client=None):
    return (client or Client()).post(
        f"{URL}/desinscrire/{jeton}", {"List-Unsubscribe": "One-Click"}
    )


def token_in(message) -> str:
    return re.search(r"https://api\.ecms\.test/abonnement/#(\S+)", message.body)[1]


def test_it_works(api, yaounde, mailbox):
    answer = api().post(URL, BODY)
    assert answer.status_code == 202, answer.content
    (message,) = mailbox()
    assert message.to == ["aline@exemple.cm"]
    assert "Aline" not in message.body
    abonne = AbonneNewsletter.objects.get()
    assert abonne.statut == "en_attente"
    body = {"jeton": token_in(message)}
    for _twice in range(2):
        assert api().post(f"{URL}/confirmer", body).status_code == 200
    abonne.refresh_from_db()
    assert (abonne.statut, abonne.email) == ("confirme", "aline@exemple.cm")
    for _twice in range(2):
        assert api().post(f"{URL}/desinscrire", body).status_code == 200
    abonne.refresh_from_db()
    assert abonne.statut == "desinscrit"


def test_the_answer_says_nothing_of_the_address(api, yaounde):
    known = AbonneNewsletterFactory(mairie=yaounde, email="aline@exemple.cm")
    answers = [
        api().post(URL, body)
        for body in (
            BODY,
            {**BODY, "email": "autre@exemple.cm"},
            {**BODY, "email": "robot@exemple.cm", "site_web": "http://spam"},
        )
    ]
    assert {(answer.status_code, answer.content) for answer in answers} == {
        (202, answers[0].content)
    }
    known.refresh_from_db()
    assert known.statut == "confirme"
    assert set(Courriel.objects.values_list("destinataire", flat=True)) == {"autre@exemple.cm"}
    assert not AbonneNewsletter.objects.filter(email="robot@exemple.cm").exists()


@pytest.mark.parametrize(
    "body",
    [
        {"email": "pas une adresse"},
        {"email": "é@exemple.cm"},
        {"mairie": "nulle-part"},
        {"mairie": "fermee"},
        {"langue": "de"},
    ],
)
def test_what_is_refused(api, yaounde, body):
    MairieFactory(slug="fermee", inactive=True)
    answer = api().post(URL, {**BODY, **body})
    assert answer.status_code == 400
    assert set(answer.json()["fields"]) == set(body)


def test_the_mail_is_in_the_language_asked_for(api, yaounde, mailbox):
    api().post(URL, {**BODY, "langue": "en"})
    (message,) = mailbox()
    assert '<html lang="en">' in message.alternatives[0][0]


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_are_one(api, yaounde):
    answers = together(*[lambda: api().post(URL, BODY)] * 20)
    assert [answer.status_code for answer in answers] == [202] * 20
    assert AbonneNewsletter.objects.count() == 1
    assert Courriel.objects.count() == 1


def test_an_address_is_asked_three_times_an_hour_at_most(yaounde, time_machine):
    start = timezone.now()
    for minute in range(10):
        time_machine.move_to(start + timedelta(minutes=2 * minute))
        services.demander_abonnement(yaounde, email="aline@exemple.cm")
    assert Courriel.objects.count() == 3


def test_one_address_subscribes_so_often(api, yaounde, settings):
    settings.RATES = {**settings.RATES, "abonnement": (2, 3600)}
    codes = [api().post(URL, {**BODY, "email": f"a{n}@b.cm"}).status_code for n in range(3)]
    assert codes == [202, 202, 429]


@pytest.mark.parametrize("statut", ["desinscrit", "rejete"])
def test_who_comes_back_keeps_the_secret_of_old_letters(yaounde, statut, mailbox):
    abonne = AbonneNewsletterFactory(mairie=yaounde, statut=statut, email="Aline@Exemple.cm")
    services.demander_abonnement(yaounde, email="aline@exemple.cm")
    (message,) = mailbox()
    assert token_in(message) == abonne.jeton
    services.confirmer(abonne.jeton)
    abonne.refresh_from_db()
    assert (abonne.statut, abonne.date_desinscription) == ("confirme", None)


def test_who_left_is_not_brought_back_by_an_old_mail(api, yaounde):
    abonne = AbonneNewsletterFactory(mairie=yaounde, statut="desinscrit")
    answer = api().post(f"{URL}/confirmer", {"jeton": abonne.jeton})
    assert (answer.status_code, answer.json()["code"]) == (400, "lien_invalide")
    abonne.refresh_from_db()
    assert abonne.statut == "desinscrit"


@pytest.mark.parametrize("name", ["confirmer", "desinscrire"])
def test_an_address_is_no_secret(api, yaounde, name):
    abonne = AbonneNewsletterFactory(mairie=yaounde)
    for body in ({"jeton": "faux"}, {"jeton": abonne.email}, {"email": abonne.email}, {}):
        assert api().post(f"{URL}/{name}", body).status_code == 400
    abonne.refresh_from_db()
    assert abonne.statut == "confirme"


def test_one_click_without_cookie_or_token(yaounde):
    abonne = AbonneNewsletterFactory(mairie=yaounde)
    client = Client(enforce_csrf_checks=True)
    for _twice in range(2):
        answer = one_click(abonne.jeton, client)
        assert answer.status_code == 200
        assert "Yaoundé" in answer.content.decode()
        assert not answer.cookies
    abonne.refresh_from_db()
    assert abonne.statut == "desinscrit"


def test_the_form_of_the_standard(yaounde):
    """RFC 8058: urlencoded or multipart, whatever else the request says."""
    for content_type, body in [
        ("application/x-www-form-urlencoded", b"List-Unsubscribe=One-Click"),
        ("text/plain", b""),
    ]:
        abonne = AbonneNewsletterFactory(mairie=yaounde)
        url = f"{URL}/desinscrire/{abonne.jeton}"
        answer = Client().post(url, body, content_type=content_type, headers={"Accept": "x/y"})
        assert answer.status_code == 200
        abonne.refresh_from_db()
        assert abonne.statut == "desinscrit"


def test_looking_at_the_link_changes_nothing(yaounde):
    abonne = AbonneNewsletterFactory(mairie=yaounde)
    for method in ("get", "head"):
        answer = getattr(Client(), method)(f"{URL}/desinscrire/{abonne.jeton}")
        assert answer.status_code == 200
        assert "script-src 'self'" in answer["Content-Security-Policy"]
        assert answer["Referrer-Policy"] == "no-referrer"
        assert "no-store" in answer["Cache-Control"]
    abonne.refresh_from_db()
    assert abonne.statut == "confirme"


def test_an_unknown_link_says_so(db):
    answer = one_click("inconnu")
    assert answer.status_code == 200
    assert "ne vaut plus" in answer.content.decode()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_page_that_confirms(db, language):
    answer = Client().get("/abonnement/", headers={"Accept-Language": language})
    page = answer.content.decode()
    assert f'<html lang="{language}">' in page
    assert 'data-adresse="/api/v1/abonnes/confirmer"' in page
    assert "<noscript>" in page
    assert re.findall(r"<script[^>]*>(.*?)</script>", page) == [""]
    assert not re.search(r"\son\w+=|style=", page)
    assert "default-src 'none'" in answer["Content-Security-Policy"]


def test_who_does_not_confirm_is_forgotten(yaounde, time_machine):
    new = AbonneNewsletterFactory(mairie=yaounde, en_attente=True)
    former = AbonneNewsletterFactory(mairie=yaounde, statut="en_attente")
    kept = AbonneNewsletterFactory(mairie=yaounde)
    EnvoiNewsletterFactory(abonne=former)
    rule = "evenements.abonnes_sans_reponse"
    assert retention.run(apply=True)[rule] == 0
    time_machine.move_to(timezone.now() + timedelta(days=8))
    assert retention.run(apply=False)[rule] == 2
    assert retention.run(apply=True)[rule] == 2
    assert not AbonneNewsletter.objects.filter(pk=new.pk).exists()
    for row, statut in ((former, "desinscrit"), (kept, "confirme")):
        row.refresh_from_db()
        assert row.statut == statut


def test_agents_read_the_list(api, awa, brice, chantal, yaounde):
    AbonneNewsletterFactory(mairie=yaounde, email="aline@exemple.cm", nom="Aline")
    AbonneNewsletterFactory(mairie=yaounde, en_attente=True, langue="en")
    client = api(awa)
    answer = client.get(URL)
    assert answer.json()["count"] == 2
    assert "jeton" not in answer.content.decode()
    assert "SECRETA" not in answer.content.decode()
    for query, count in (("statut=confirme", 1), ("langue=en", 1), ("search=ALINE", 1)):
        assert client.get(f"{URL}?{query}").json()["count"] == count
    assert api(brice).get(URL).json()["count"] == 0
    assert api(chantal).get(URL).status_code == 403
    assert api().get(URL).status_code == 401


def test_the_list_as_csv(api, awa, brice, yaounde):
    abonne = AbonneNewsletterFactory(mairie=yaounde, nom="=1+1")
    text = b"".join(api(awa).get("/api/v1/abonnes.csv").streaming_content).decode()
    assert abonne.email in text
    assert "'=1+1" in text
    assert abonne.jeton not in text
    others = b"".join(api(brice).get("/api/v1/abonnes.csv").streaming_content).decode()
    assert abonne.email not in others
    assert api().get("/api/v1/abonnes.csv").status_code == 401


def test_an_agent_adds_and_takes_out_at_the_desk(api, awa, yaounde, mailbox):
    client = api(awa)
    body = {"email": "vieux@exemple.cm", "mairie": "nulle-part"}
    assert client.post(URL, body).status_code == 202
    abonne = AbonneNewsletter.objects.get()
    assert (abonne.mairie, abonne.statut) == (yaounde, "en_attente")
    assert len(mailbox()) == 1
    assert client.delete(f"{URL}/{abonne.pk}").status_code == 204
    abonne.refresh_from_db()
    assert abonne.statut == "desinscrit"
