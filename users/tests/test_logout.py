import pytest

from users.models import Session
from users.tests.factories import PASSWORD
from users.tests.flows import bearer, is_open, post, refreshes


@pytest.fixture
def sign_in(chantal):
    return lambda: post("login", {"username": "chantal", "password": PASSWORD}).json()


def logout(tokens, **body):
    return post("logout", body, client=bearer(tokens["access"]))


def test_it_works(sign_in):
    """Both tokens are dead at once, and the other device stays signed in."""
    tokens, other = sign_in(), sign_in()
    answer = logout(tokens, refresh=tokens["refresh"])
    assert answer.status_code == 200
    assert answer.json()["detail"] == "Vous êtes déconnecté."
    assert not is_open(tokens["access"])
    assert not refreshes(tokens["refresh"])
    assert is_open(other["access"])


def test_the_refresh_token_is_not_needed(sign_in):
    tokens = sign_in()
    assert logout(tokens).status_code == 200
    assert not refreshes(tokens["refresh"])


def test_everywhere(sign_in):
    tokens, other = sign_in(), sign_in()
    assert logout(tokens, partout=True).status_code == 200
    assert not is_open(other["access"])
    assert not refreshes(other["refresh"])


def test_the_refresh_token_of_another_device_ends_that_one_too(sign_in):
    tokens, other = sign_in(), sign_in()
    logout(tokens, refresh=other["refresh"])
    assert not is_open(other["access"])


def test_somebody_elses_refresh_token_stays(sign_in, awa):
    hers = post("login", {"username": "awa", "password": PASSWORD}).json()
    assert logout(sign_in(), refresh=hers["refresh"]).status_code == 200
    assert is_open(hers["access"])


@pytest.mark.parametrize("refresh", ["abc", "a.b.c", "access"])
def test_whoever_leaves_is_let_go(sign_in, refresh):
    tokens = sign_in()
    assert logout(tokens, refresh=tokens.get(refresh, refresh)).status_code == 200
    assert not is_open(tokens["access"])


@pytest.mark.parametrize("body", [{"partout": "peut-être"}, {"refresh": 1.5e300, "partout": []}])
def test_an_invalid_body(sign_in, body):
    tokens = sign_in()
    assert logout(tokens, **body).status_code == 400
    assert is_open(tokens["access"])


def test_twice(sign_in):
    tokens = sign_in()
    logout(tokens)
    assert logout(tokens).status_code == 401


def test_a_visitor(db):
    assert post("logout", {}).status_code == 401


def test_blacklisting_ends_the_session_of_the_token(sign_in):
    tokens, other = sign_in(), sign_in()
    assert post("token/blacklist", {"refresh": tokens["refresh"]}).status_code == 200
    assert not is_open(tokens["access"])
    assert not refreshes(tokens["refresh"])
    assert is_open(other["access"])


def test_blacklisting_takes_an_old_generation_too(sign_in):
    tokens = sign_in()
    new = post("token/refresh", {"refresh": tokens["refresh"]}).json()
    post("token/blacklist", {"refresh": tokens["refresh"]})
    assert not is_open(new["access"])
    assert Session.objects.filter(revoked_at=None).count() == 0


@pytest.mark.parametrize("body", [{}, {"refresh": ""}, {"refresh": {}}])
def test_blacklisting_nothing(db, body):
    assert post("token/blacklist", body).status_code == 400
