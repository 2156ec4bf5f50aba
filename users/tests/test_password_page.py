"""`/admin/mot-de-passe/`: a first password and a forgotten one."""

import pytest
from django.test import Client

from users.models import Utilisateur
from users.tests.factories import UtilisateurFactory
from users.tests.flows import GOOD_PASSWORD, code_in, post, wrong
from users.tests.second_factor import enter

URL = "/admin/mot-de-passe/"


def ask(client, email="awa@example.cm"):
    return client.post(URL, {"email": email})


def choose(client, code, email="awa@example.cm", password=GOOD_PASSWORD, confirm=None):
    return client.post(
        URL,
        {
            "email": email,
            "code_otp": code,
            "password": password,
            "password_confirm": confirm or password,
        },
    )


@pytest.fixture
def code(awa, client, mailbox):
    ask(client)
    return code_in(mailbox()[-1])


def test_it_works(code, client):
    page = choose(client, code)
    assert (page.status_code, page["Location"]) == (302, "/admin/login/")
    enter(client, "awa", GOOD_PASSWORD)
    assert client.get("/admin/").status_code == 200


def test_the_page_asks_for_an_address(client, db):
    page = client.get(URL)
    assert page.status_code == 200
    assert 'name="email"' in page.content.decode()
    assert "no-store" in page["Cache-Control"]


def test_a_first_password(client, nadege, api, yaounde, mailbox):
    invited = UtilisateurFactory(agent=True, profil__mairie=yaounde, email="p@exemple.cm")
    Utilisateur.objects.filter(pk=invited.pk).update(
        is_verified=False, email_verifie=False, password="!"
    )
    ask(client, "P@exemple.cm")
    assert choose(client, code_in(mailbox()[-1]), "P@exemple.cm").status_code == 302
    invited.refresh_from_db()
    assert invited.is_verified
    assert invited.check_password(GOOD_PASSWORD)


def test_asking_is_told_alike_for_any_address(awa, chantal):
    UtilisateurFactory(email="fermee@exemple.cm", is_active=False)
    bodies = set()
    for email in ("awa@example.cm", "fermee@exemple.cm", "inconnue@exemple.cm"):
        client = Client()
        token = client.get(URL).context["csrf_token"]
        page = ask(client, email)
        body = page.content.decode().replace(email, "-")
        body = body.replace(str(page.context["csrf_token"]), "-").replace(str(token), "-")
        bodies.add((page.status_code, body))
    assert len(bodies) == 1


def test_a_wrong_code_counts(code, client):
    for n in range(5):
        page = choose(client, wrong(code, n + 1))
        assert "code_otp" in page.context["form"].errors
    assert "code_otp" in choose(client, code).context["form"].errors


def test_a_wrong_code_is_told_alike_for_an_unknown_address(code, client):
    errors = [
        choose(client, wrong(code), email).context["form"].errors.as_json()
        for email in ("awa@example.cm", "inconnue@exemple.cm")
    ]
    assert errors[0] == errors[1]


@pytest.mark.parametrize("password", ["court", "password", "awa@example.cm", "x" * 257, ""])
def test_a_weak_password_leaves_the_code_good(code, client, password):
    page = choose(client, code, password=password)
    assert page.status_code == 200
    assert page.context["form"].errors
    assert choose(client, code).status_code == 302


def test_two_different_passwords(code, client):
    page = choose(client, code, confirm="autre")
    assert page.context["form"].errors.keys() == {"password_confirm"}


@pytest.mark.parametrize("email", ["", "x", "nul\0@exemple.cm", "é@exemple.cm", "a" * 300])
def test_an_invalid_address(client, db, email):
    page = ask(client, email)
    assert page.context["form"].errors.keys() == {"email"}


def test_its_limits_are_those_of_the_api(client, awa, settings):
    settings.RATES = {**settings.RATES, "courriel_adresse": (1, 3600), "code_adresse": (1, 3600)}
    post("password/forgot", {"email": "a@exemple.cm"})
    assert "Réessayez un peu plus tard" in ask(client).content.decode()
    choose(client, "123456")
    assert "Réessayez un peu plus tard" in choose(client, "123456").content.decode()


def test_another_site_cannot_post_it(awa):
    assert Client(enforce_csrf_checks=True).post(URL, {"email": "a@b.cm"}).status_code == 403


def test_no_code_is_in_the_address_or_on_the_page(code, client):
    page = choose(client, code, password="court")
    assert f"={code}" not in page.request["QUERY_STRING"]
    assert page.request["PATH_INFO"] == URL
