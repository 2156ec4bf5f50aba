"""`manage.py sessions fermer`: the drill for when keys or the database may have been read."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from users.tests.factories import PASSWORD, UtilisateurFactory
from users.tests.flows import is_open, post, refreshes
from users.tests.second_factor import enrol, enter

pytestmark = pytest.mark.django_db


def run(*words) -> str:
    out = io.StringIO()
    call_command("sessions", "fermer", *words, stdout=out)
    return out.getvalue()


def tokens(name: str) -> dict:
    return post("login", {"username": name, "password": PASSWORD}).json()


def test_everybody_signs_in_again(chantal, nadege):
    UtilisateurFactory(username="paul")
    both = [tokens("chantal"), tokens("paul")]
    desk = Client()
    enter(desk, "nadege", secret=enrol(nadege))
    assert desk.get("/admin/").status_code == 200
    assert run("--toutes") == "3 session(s) fermée(s).\n"
    assert desk.get("/admin/").status_code == 302
    for pair in both:
        assert not is_open(pair["access"])
        assert not refreshes(pair["refresh"])
    assert is_open(tokens("chantal")["access"])
    assert run("--toutes") == "1 session(s) fermée(s).\n"


def test_one_account(chantal):
    UtilisateurFactory(username="paul")
    hers, his = tokens("chantal"), tokens("paul")
    assert run("Chantal") == "1 session(s) fermée(s).\n"
    assert not is_open(hers["access"])
    assert is_open(his["access"])


@pytest.mark.parametrize("words", [["inconnue"], []])
def test_nobody(words):
    with pytest.raises(CommandError):
        run(*words)
