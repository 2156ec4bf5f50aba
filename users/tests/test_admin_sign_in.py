"""The admin's own door, through its real pages."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.test import Client

from users.models import Session, Utilisateur
from users.services import accounts, agents, sessions
from users.tests.factories import PASSWORD, UtilisateurFactory
from users.tests.flows import (
    AUTH,
    GOOD_PASSWORD,
    CountingHasher,
    code_in,
    later,
    post,
    seen,
)
from users.tests.second_factor import enrol, enter

LOGIN = "/admin/login/"


def sign_in(client, username="awa", password=PASSWORD, **headers):
    """As one who may wait with the second factor (`test_second_facteur_porte.py` has the rest)."""
    answer = client.post(LOGIN, {"username": username, "password": password}, **headers)
    if answer.status_code != 302:
        return answer
    assert answer["Location"] == "/admin/login/activer/"
    return client.post(answer["Location"], {"plus_tard": "1"}, **headers)


def is_in(client) -> bool:
    answer = client.get("/admin/")
    assert answer.status_code in {200, 302}
    return answer.status_code == 200


@pytest.fixture
def desk(awa, client):
    """A browser in which Awa has signed in."""
    assert sign_in(client).status_code == 302
    return client


def test_it_works(desk, awa):
    """A row like that of any sign-in, which lives as long as the cookie."""
    session = Session.objects.get()
    assert session.utilisateur == awa
    assert session.expires_at - session.created_at < timedelta(hours=8, minutes=1)
    assert is_in(desk)
    assert Session.objects.count() == 1


def test_by_address(awa, client):
    assert sign_in(client, "AWA@example.cm").status_code == 302
    assert is_in(client)


@pytest.mark.parametrize("who", ["awa", "inconnue", "chantal", "fermee", "a@exemple.cm"])
def test_a_refusal_says_nothing_of_the_account(awa, chantal, client, who):
    UtilisateurFactory(username="fermee", is_staff=True, is_active=False)
    refused = [sign_in(Client(), name, "faux") for name in ("inconnue", who)]
    errors = [str(answer.context["form"].non_field_errors()) for answer in refused]
    assert errors[0] == errors[1]
    assert refused[0].status_code == refused[1].status_code == 200


def test_a_citizen_does_not_enter(chantal, client):
    assert sign_in(client, "chantal").status_code == 200
    assert not is_in(client)
    assert not Session.objects.exists()


@pytest.mark.parametrize("text", ["nul\0", "\ud800", "x" * 100_000, "%00", "é" * 150, "'; --"])
def test_whatever_is_typed_is_refused_and_breaks_nothing(client, db, text):
    raw = text.encode("utf-8", "surrogatepass")
    for name, password in ((raw, "x"), ("awa", raw)):
        body = urlencode({"username": name, "password": password})
        answer = client.post(LOGIN, body, content_type="application/x-www-form-urlencoded")
        assert answer.status_code == 200


def test_the_limits_are_those_of_the_api(awa, client):
    for _ in range(3):
        sign_in(client, password="faux")
    for _ in range(2):
        post("login", {"username": "awa", "password": "faux"})
    answer = sign_in(client)
    assert answer.status_code == 200
    assert "Trop d&#x27;essais" in answer.content.decode()
    assert post("login", {"username": "awa", "password": PASSWORD}).status_code == 429
    assert sign_in(client, REMOTE_ADDR="10.0.0.9").status_code == 302


def test_two_hashes_for_any_address(settings, client, db):
    settings.PASSWORD_HASHERS = ["users.tests.flows.CountingHasher"]
    UtilisateurFactory(email="agent@exemple.cm", agent=True)
    for email in ("agent@exemple.cm", "inconnue@exemple.cm"):
        CountingHasher.hashes = 0
        sign_in(client, email, "faux")
        assert CountingHasher.hashes == 2


ENDINGS = {
    "logged out everywhere": lambda awa, nadege, api: post(
        "logout", {"partout": True}, client=api(awa)
    ),
    "password changed": lambda awa, nadege, api: accounts.change_password(
        awa, current=PASSWORD, password=GOOD_PASSWORD, address=""
    ),
    "deactivated": lambda awa, nadege, api: agents.desactiver(awa, par=nadege),
    "erased": lambda awa, nadege, api: api(awa).delete(
        f"{AUTH}/profile", {"current_password": PASSWORD}
    ),
    "sessions closed by an administrator": lambda awa, nadege, api: sessions.end_all(awa),
    "ended from the telephone": lambda awa, nadege, api: api(awa).delete(
        f"{AUTH}/sessions/{Session.objects.earliest('created_at').pk}"
    ),
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_it_ends_at_once(desk, awa, nadege, api, ending):
    ENDINGS[ending](awa, nadege, api)
    assert not is_in(desk)


def test_a_reset_ends_it(desk, awa, mailbox):
    post("password/forgot", {"email": awa.email})
    code = code_in(mailbox()[-1])
    body = {"email": awa.email, "code_otp": code, "password": GOOD_PASSWORD}
    assert post("password/reset", body).status_code == 200
    assert not is_in(desk)


def test_a_change_of_address_ends_it(desk, awa, api, mailbox):
    body = {"current_password": PASSWORD, "email": "nouvelle@exemple.cm"}
    client = api(awa)
    post("email/change", body, client=client)
    code = {"code_otp": code_in(mailbox()[-1])}
    assert post("email/change/confirm", code, client=client).status_code == 200
    assert not is_in(desk)


def test_signing_out_ends_its_row(desk):
    desk.post("/admin/logout/")
    assert not is_in(desk)
    assert not Session.objects.live().exists()


def test_an_old_cookie_is_worth_nothing_after_signing_out(desk):
    thief = Client()
    thief.cookies["sessionid"] = desk.cookies["sessionid"].value
    assert is_in(thief)
    desk.post("/admin/logout/")
    assert not is_in(thief)


def test_signing_in_as_another_ends_the_first_row(desk, nadege):
    enter(desk, "nadege", secret=enrol(nadege))
    assert is_in(desk)
    assert Session.objects.live().get().utilisateur == nadege


def test_the_cookie_changes_at_the_sign_in(awa, client):
    client.get(LOGIN)
    session = client.session
    session["fixed"] = True
    session.save()
    before = session.session_key
    client.cookies["sessionid"] = before
    sign_in(client)
    assert client.session.session_key != before


def test_it_ends_after_eight_hours(desk, time_machine):
    for _ in range(19):
        later(time_machine, minutes=25)
        assert is_in(desk)
    later(time_machine, minutes=6)
    assert not is_in(desk)


def test_rights_are_those_of_the_moment(desk, awa, yaounde):
    assert desk.get("/admin/users/utilisateur/").status_code == 200
    awa.groups.clear()
    assert desk.get("/admin/users/utilisateur/").status_code == 403
    Utilisateur.objects.filter(pk=awa.pk).update(is_staff=False)
    assert not is_in(desk)


def test_the_admins_cookie_signs_nobody_in_at_the_api(desk):
    answer = desk.get(f"{AUTH}/profile")
    assert answer.status_code == 401
    assert "Cookie" not in answer.get("Vary", "")


def test_django_does_not_change_the_password_beside_us(desk):
    answer = desk.get("/admin/password_change/")
    assert (answer.status_code, answer["Location"]) == (302, "/admin/mot-de-passe/")


def test_the_api_says_the_same_with_the_admins_cookie(desk, client):
    assert seen(desk.get("/api/v1/mairies"))[2] == seen(Client().get("/api/v1/mairies"))[2]
