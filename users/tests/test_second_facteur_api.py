"""`code_2fa` at the API's sign-in."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ecms.models import Courriel
from users.models import Session
from users.services import agents
from users.tests.factories import PASSWORD, UtilisateurFactory
from users.tests.flows import bearer, is_open, post
from users.tests.second_factor import code_of, enrol, wrong_code


def login(username="awa", **more):
    return post("login", {"username": username, "password": PASSWORD, **more})


def said(answer) -> tuple:
    return answer.status_code, answer.json()["code"]


@pytest.fixture
def secret(awa):
    return enrol(awa)


def test_it_works(secret, awa):
    answer = login(code_2fa=code_of(secret))
    assert answer.status_code == 200
    assert answer.json()["user"]["second_facteur"] is True
    awa.refresh_from_db()
    assert awa.last_login


@pytest.mark.parametrize("more", [{}, {"code_2fa": ""}, {"code_2fa": "  "}, {"code_2fa": None}])
def test_it_is_asked_for(secret, awa, more):
    answer = login(**more)
    assert said(answer) == (401, "second_facteur_requis")
    assert answer["WWW-Authenticate"]
    assert not Session.objects.exists()
    awa.refresh_from_db()
    assert awa.last_login is None


def test_a_wrong_one(secret, awa):
    for code in (wrong_code(secret), "x", "aaaa-bbbb-cccc", "é" * 50):
        assert said(login(code_2fa=code)) == (401, "second_facteur_invalide")
    assert not Session.objects.exists()
    awa.refresh_from_db()
    assert awa.last_login is None


@pytest.mark.parametrize("code", ["nul\0", "x" * 51, ["123456"], {"a": 1}])
def test_a_body_that_is_none(secret, code):
    assert login(code_2fa=code).status_code == 400


def test_a_served_code_does_not_serve_again(secret):
    code = code_of(secret)
    assert login(code_2fa=code).status_code == 200
    assert said(login(code_2fa=code)) == (401, "second_facteur_invalide")


def test_a_wrong_password_says_nothing_of_it(secret, chantal):
    answers = [
        post("login", {"username": name, "password": "faux", "code_2fa": code_of(secret)})
        for name in ("awa", "chantal", "inconnue")
    ]
    assert {said(answer) for answer in answers} == {(401, "identifiants_invalides")}


def test_ten_guesses(secret):
    codes = [login(code_2fa=wrong_code(secret)).status_code for _ in range(10)]
    assert codes == [401] * 10
    answer = login(code_2fa=code_of(secret))
    assert answer.status_code == 429
    assert 800 < int(answer["Retry-After"]) <= 901


def test_who_has_none_and_need_not(awa, chantal):
    for name in ("awa", "chantal"):
        assert login(name).json()["user"]["second_facteur"] is False
        assert login(name, code_2fa="123456").status_code == 200


def test_staff_must_have_one_first(awa, chantal, settings):
    settings.SECOND_FACTOR_REQUIRED = "staff"
    answer = login()
    assert said(answer) == (403, "second_facteur_a_activer")
    assert "administration" in answer.json()["detail"]
    assert answer.json().keys().isdisjoint({"access", "refresh"})
    assert not Session.objects.exists()
    assert login("chantal").status_code == 200


def test_a_national_administrator_always_must(nadege):
    assert said(login("nadege")) == (403, "second_facteur_a_activer")
    assert login("nadege", code_2fa=code_of(enrol(nadege))).status_code == 200


def test_who_is_staff_no_more_is_still_asked(db):
    secret = enrol(UtilisateurFactory(username="ancienne"))
    assert said(login("ancienne")) == (401, "second_facteur_requis")
    assert login("ancienne", code_2fa=code_of(secret)).status_code == 200


def test_what_a_citizen_opened_does_not_become_an_agents(chantal, nadege, yaounde):
    tokens = login("chantal").json()
    agents.inviter_agent(
        email=chantal.email, first_name="C", last_name="N", mairie=yaounde, groupes=[], par=nadege
    )
    assert not is_open(tokens["access"])


def fail(times, identifier):
    for _ in range(times):
        post("login", {"username": identifier, "password": "faux"})


def test_a_lock_out_is_told_to_the_owner_once(awa, mailbox):
    fail(9, "awa")
    fail(9, "awa@example.cm")
    told = [m for m in mailbox() if m.subject == "Quelqu'un a essayé d'ouvrir votre compte"]
    assert [m.to for m in told] == [["awa@example.cm"]]
    assert "/admin/mot-de-passe/" in told[0].body


@pytest.mark.parametrize("kind", ["inconnue", "revendiquee", "fermee"])
def test_nobody_else_is_told(db, mailbox, kind):
    """The same is queued for each; whether it leaves is found out later."""
    UtilisateurFactory(username="revendiquee", non_verifie=True)
    UtilisateurFactory(username="fermee", is_active=False)
    fail(6, kind)
    assert Courriel.objects.filter(gabarit="users/connexion_bloquee").count() == 1
    assert mailbox() == []
    assert not Courriel.objects.exists()


def test_the_work_of_a_lock_out_is_the_same_for_each(awa):
    work = {}
    for name in ("chauffe", "awa", "inconnue", "awa@example.cm", "x@exemple.cm"):
        fail(5, name)
        with CaptureQueriesContext(connection) as queries:
            fail(1, name)
        work[name] = len(queries)
    assert len(set(work.values())) == 1


# Whoever must have one now and had not to when they signed in


@pytest.fixture
def required(settings):
    """The installation asks every member of staff for one, from now on."""

    def now():
        settings.SECOND_FACTOR_REQUIRED = "staff"

    return now


def test_what_was_opened_before_does_not_go_on(awa, required):
    tokens = login().json()
    required()
    answer = post("token/refresh", {"refresh": tokens["refresh"]})
    assert said(answer) == (401, "jeton_invalide")


def test_another_password_brings_no_new_tokens(awa, required):
    access = login().json()["access"]
    required()
    body = {"current_password": PASSWORD, "password": "Un-autre-mot-237"}
    body["password_confirm"] = body["password"]
    answer = post("password/change", body, bearer(access))
    assert said(answer) == (403, "second_facteur_a_activer")
    assert not is_open(access)


def test_with_one_they_go_on(awa, secret, required):
    tokens = login(code_2fa=code_of(secret)).json()
    required()
    assert post("token/refresh", {"refresh": tokens["refresh"]}).status_code == 200
