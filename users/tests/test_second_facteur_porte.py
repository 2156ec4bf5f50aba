"""The two steps of the admin's door, through its real pages."""

from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import resolve

from users.models import SecondFacteur, Session, Utilisateur
from users.services import accounts, second_factor
from users.tests.factories import PASSWORD
from users.tests.flows import GOOD_PASSWORD, later, post
from users.tests.second_factor import (
    CODE,
    CODES,
    ENROL,
    LOGIN,
    code_of,
    enrol,
    enrol_at_the_door,
    secret_in,
    secret_of,
    wrong_code,
)

INSIDE = [
    "/admin/",
    "/admin/users/utilisateur/",
    "/admin/second-facteur/",
    "/admin/second-facteur/activer/",
    CODES,
]


def password(client, username="awa", address=LOGIN, **headers):
    return client.post(address, {"username": username, "password": PASSWORD}, **headers)


def is_in(client) -> bool:
    return client.get("/admin/").status_code == 200


def said(answer) -> str:
    return " ".join(str(message) for message in get_messages(answer.wsgi_request))


@pytest.fixture
def secret(awa):
    return enrol(awa)


def test_it_works(secret, awa, client):
    answer = password(client)
    assert (answer.status_code, answer["Location"]) == (302, CODE)
    assert client.get(CODE).status_code == 200
    answer = client.post(CODE, {"code": code_of(secret)})
    assert (answer.status_code, answer["Location"]) == (302, "/admin/")
    assert is_in(client)
    assert Session.objects.get().utilisateur == awa
    awa.refresh_from_db()
    assert awa.last_login


def test_half_way_is_worth_nothing(secret, awa, client):
    password(client)
    for address in INSIDE:
        assert LOGIN in client.get(address)["Location"]
    assert LOGIN in client.post("/admin/presence/")["Location"]
    assert post("logout", {}).status_code == 401
    assert not Session.objects.exists()
    awa.refresh_from_db()
    assert awa.last_login is None


def test_django_offers_no_other_door():
    assert resolve(LOGIN).func.view_class.__module__ == "users.views.door"


def test_a_recovery_code_enters_too(awa, client):
    codes = enrol_at_the_door(client, "awa")
    client.post("/admin/logout/")
    for n, code in enumerate(codes[:8]):
        password(client)
        answer = client.post(CODE, {"code": code})
        assert ("codes de secours" in said(answer)) == (n >= 6)
        assert is_in(client)
        client.post("/admin/logout/")
    password(client)
    assert client.post(CODE, {"code": codes[0]}).status_code == 200
    assert not is_in(client)


@pytest.mark.parametrize("code", ["", "x", "nul\0", "é" * 50, "x" * 2000, "123456"])
def test_a_wrong_code_is_told_and_asked_again(secret, client, code):
    if code == "123456":
        code = wrong_code(secret)
    password(client)
    page = client.post(CODE, {"code": code})
    assert page.status_code == 200
    assert page.context["form"].errors
    assert client.post(CODE, {"code": code_of(secret)}).status_code == 302


def test_its_guesses_are_counted(secret, client):
    password(client)
    for _ in range(10):
        client.post(CODE, {"code": wrong_code(secret)})
    page = client.post(CODE, {"code": code_of(secret)})
    assert "Trop d&#x27;essais" in page.content.decode()
    elsewhere = Client()
    password(elsewhere)
    elsewhere.post(CODE, {"code": code_of(secret)}, REMOTE_ADDR="10.0.0.9")
    assert not is_in(elsewhere)


@pytest.mark.parametrize(
    ("asked", "got"),
    [
        ("/admin/users/utilisateur/?q=a", "/admin/users/utilisateur/?q=a"),
        ("https://voleur.example/", "/admin/"),
        ("//voleur.example/", "/admin/"),
        ("javascript:alert(1)", "/admin/"),
        ("x", "x"),
        ("", "/admin/"),
    ],
)
def test_it_leads_where_one_was_going_and_nowhere_else(secret, client, asked, got):
    client.post(f"{LOGIN}?next={asked}", {"username": "awa", "password": PASSWORD, "next": asked})
    assert client.post(CODE, {"code": code_of(secret)})["Location"] == got


ENDINGS = {
    "ten minutes": lambda awa, machine: later(machine, minutes=10, seconds=1),
    "another password": lambda awa, machine: accounts.change_password(
        awa, current=PASSWORD, password=GOOD_PASSWORD, address=""
    ),
    "deactivated": lambda awa, machine: Utilisateur.objects.update(is_active=False),
    "staff no more": lambda awa, machine: Utilisateur.objects.update(is_staff=False),
    "gone": lambda awa, machine: Utilisateur.objects.all().delete(),
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_half_way_ends(secret, awa, client, time_machine, ending):
    password(client)
    ENDINGS[ending](awa, time_machine)
    for answer in (client.get(CODE), client.post(CODE, {"code": code_of(secret)})):
        assert (answer.status_code, answer["Location"]) == (302, LOGIN)
    assert "expiré" in client.get(LOGIN).content.decode()
    assert not is_in(client)


@pytest.mark.parametrize("address", [CODE, ENROL])
def test_nobody_begins_at_the_second_step(client, db, address):
    for answer in (client.get(address), client.post(address, {"code": "123456"})):
        assert (answer.status_code, answer["Location"]) == (302, LOGIN)


def test_the_cookie_changes_at_both_steps(secret, client):
    client.get(LOGIN)
    seen = [password(client).cookies["sessionid"].value]
    seen.append(client.post(CODE, {"code": code_of(secret)}).cookies["sessionid"].value)
    assert len(set(seen)) == 2
    thief = Client()
    thief.cookies["sessionid"] = seen[0]
    assert not is_in(thief)
    assert thief.get(CODE)["Location"] == LOGIN


def test_coming_back_to_the_pages_of_the_door(secret, client):
    password(client)
    client.post(CODE, {"code": code_of(secret)})
    for answer in (
        client.get(LOGIN),
        client.get(CODE),
        client.post(CODE, {"code": code_of(secret)}),
        client.get(ENROL),
        client.post(ENROL, {"plus_tard": "1"}),
    ):
        assert (answer.status_code, answer["Location"]) == (302, "/admin/")
    assert Session.objects.live().count() == 1


def test_a_second_click_that_left_with_the_old_cookie(secret, client):
    password(client)
    twin = Client()
    twin.cookies["sessionid"] = client.cookies["sessionid"].value
    code = code_of(secret)
    assert client.post(CODE, {"code": code}).status_code == 302
    assert twin.post(CODE, {"code": code})["Location"] == LOGIN


def test_a_form_that_is_older_than_the_sign_in(secret, db):
    client = Client(enforce_csrf_checks=True)
    answer = client.post(LOGIN, {"username": "awa", "password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, LOGIN)
    assert "expiré" in client.get(LOGIN).content.decode()
    page = client.post("/admin/logout/")
    assert page.status_code == 403
    assert "Page expirée" in page.content.decode()


def test_the_first_sign_in_of_an_administrator(nadege, client):
    answer = password(client, "nadege", f"{LOGIN}?next=/admin/users/session/")
    assert answer["Location"] == ENROL
    page = client.get(ENROL)
    text = page.content.decode()
    assert "<svg" in text
    assert "plus_tard" not in text
    secret = secret_in(page)
    assert secret_in(client.get(ENROL)) == secret
    refused = client.post(ENROL, {"code": wrong_code(secret)})
    assert refused.context["form"].errors
    assert secret_in(refused) == secret
    answer = client.post(ENROL, {"code": code_of(secret)})
    assert answer["Location"] == CODES
    assert secret_of(nadege) == secret
    assert Session.objects.get().utilisateur == nadege
    page = client.get(CODES)
    codes = page.context["codes"]
    assert len(codes) == 10
    assert "no-store" in page["Cache-Control"]
    assert all(code in page.content.decode() for code in codes)
    answer = client.post(CODES)
    assert answer["Location"] == "/admin/users/session/"
    assert client.get(CODES)["Location"] == "/admin/second-facteur/"


@pytest.mark.parametrize("who", ["nadege", "awa"])
def test_who_must_does_not_wait(nadege, awa, client, settings, who):
    settings.SECOND_FACTOR_REQUIRED = "staff"
    password(client, who)
    assert client.post(ENROL, {"plus_tard": "1"}).status_code == 200
    assert not is_in(client)


def test_who_need_not_may_wait(awa, client):
    password(client)
    assert "plus_tard" in client.get(ENROL).content.decode()
    assert client.post(ENROL, {"plus_tard": "1"})["Location"] == "/admin/"
    assert is_in(client)
    assert not SecondFacteur.objects.exists()


def test_who_has_one_does_not_wait_beside_it(secret, client):
    password(client)
    assert client.get(ENROL)["Location"] == CODE
    assert client.post(ENROL, {"plus_tard": "1"}).status_code == 200
    assert not is_in(client)


def test_who_has_one_does_not_enrol_another_at_the_door(awa, client):
    password(client)
    proposed = secret_in(client.get(ENROL))
    enrol(awa)
    answer = client.post(ENROL, {"code": code_of(proposed)})
    assert answer["Location"] == CODE
    assert secret_of(awa) != proposed
    assert not is_in(client)


def test_what_one_browser_was_shown_is_enrolled_in_no_other(awa):
    one, other = Client(), Client()
    password(one)
    password(other)
    assert secret_in(one.get(ENROL)) != secret_in(other.get(ENROL))
    before = secret_in(one.get(ENROL))
    password(one)
    assert secret_in(one.get(ENROL)) != before


def test_the_codes_are_shown_until_they_are_noted(awa, client, time_machine):
    codes = enrol_at_the_door(client, "awa")
    assert client.get(ENROL)["Location"] == CODES
    assert client.get(CODES).context["codes"] == codes
    stored = client.session["codes_de_secours"]
    assert all(code not in str(stored) for code in codes)
    later(time_machine, minutes=11)
    assert client.get(CODES)["Location"] == "/admin/second-facteur/"


def test_signing_in_as_another_leaves_first(awa, secret, nadege, client):
    password(client)
    client.post(CODE, {"code": code_of(secret)})
    enrol(nadege)
    password(client, "nadege")
    assert not is_in(client)
    assert not Session.objects.live().exists()


def test_leaving_half_way_for_another_account(awa, nadege, client):
    secret, other = enrol(awa), enrol(nadege)
    password(client)
    password(client, "nadege")
    assert client.post(CODE, {"code": code_of(secret)}).status_code == 200
    client.post(CODE, {"code": code_of(other)})
    assert Session.objects.get().utilisateur == nadege


# Idle


@pytest.fixture
def desk(secret, client):
    password(client)
    client.post(CODE, {"code": code_of(secret)})
    return client


def test_half_an_hour_without_a_request_ends_it(desk, time_machine):
    later(time_machine, minutes=30, seconds=1)
    answer = desk.get("/admin/users/utilisateur/")
    assert answer["Location"] == f"{LOGIN}?next=/admin/users/utilisateur/"
    assert "sans activité" in desk.get(answer["Location"]).content.decode()
    assert not Session.objects.live().exists()


def test_the_reason_is_forgotten_with_the_next_sign_in(desk, secret, time_machine):
    later(time_machine, minutes=31)
    desk.get("/admin/")
    password(desk)
    desk.post(CODE, {"code": code_of(secret)})
    desk.post("/admin/logout/")
    assert "sans activité" not in desk.get(LOGIN).content.decode()


def test_a_request_keeps_it(desk, time_machine):
    for _ in range(3):
        later(time_machine, minutes=29)
        assert is_in(desk)


def test_who_types_keeps_it(desk, time_machine):
    for _ in range(3):
        later(time_machine, minutes=29)
        assert desk.post("/admin/presence/").status_code == 204
    assert desk.get("/admin/presence/").status_code == 405


def test_how_long_is_a_setting(desk, settings, time_machine):
    settings.ADMIN_IDLE = timedelta(minutes=2)
    later(time_machine, minutes=3)
    assert not is_in(desk)


def test_it_is_noted_once_a_minute(desk, time_machine):
    later(time_machine, seconds=61)
    noted = []
    for _ in range(3):
        with CaptureQueriesContext(connection) as queries:
            desk.post("/admin/presence/")
        said = [query["sql"] for query in queries if '"users_session"' in query["sql"]]
        noted.append([sql.split()[0] for sql in said])
    assert noted == [["SELECT", "UPDATE"], ["SELECT"], ["SELECT"]]


def test_the_proposed_secret_is_sealed_in_the_session(awa, client):
    password(client)
    secret = secret_in(client.get(ENROL))
    assert secret not in str(client.session.items())
    assert second_factor.is_required(awa) is False
