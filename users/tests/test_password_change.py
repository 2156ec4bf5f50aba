import pytest

from users.models import Utilisateur
from users.services import accounts
from users.tests.factories import PASSWORD, UtilisateurFactory
from users.tests.flows import GOOD_PASSWORD, bearer, is_open, post, refreshes, signs_in


@pytest.fixture
def tokens(chantal):
    return post("login", {"username": "chantal", "password": PASSWORD}).json()


def change(tokens, current=PASSWORD, password=GOOD_PASSWORD, **extra):
    body = {"current_password": current, "password": password, **extra}
    return post("password/change", body, client=bearer(tokens["access"]))


def test_it_works(tokens, mailbox):
    """Every session ends, this device gets another, the owner is told."""
    other = post("login", {"username": "chantal", "password": PASSWORD}).json()
    answer = change(tokens, password_confirm=GOOD_PASSWORD)
    assert answer.status_code == 200
    new = answer.json()
    assert new.keys() == {"detail", "access", "refresh", "expires_in"}
    for old in (tokens, other):
        assert not is_open(old["access"])
        assert not refreshes(old["refresh"])
    assert is_open(new["access"])
    assert refreshes(new["refresh"])
    assert signs_in("chantal", GOOD_PASSWORD)
    assert mailbox()[-1].subject == "Votre mot de passe a changé"


def test_the_current_password_is_needed(tokens):
    answer = change(tokens, current="faux")
    assert answer.status_code == 400
    assert answer.json()["fields"].keys() == {"current_password"}
    assert is_open(tokens["access"])
    assert signs_in("chantal", PASSWORD)


@pytest.mark.parametrize("missing", ["current_password", "password"])
def test_what_is_required(tokens, missing):
    body = {"current_password": PASSWORD, "password": GOOD_PASSWORD}
    del body[missing]
    answer = post("password/change", body, client=bearer(tokens["access"]))
    assert answer.json()["fields"].keys() == {missing}


@pytest.mark.parametrize("password", ["court", "password", "12345678901", "chantal@exemple.cm"])
def test_the_rules_for_passwords_hold(tokens, password):
    assert change(tokens, password=password).json()["fields"].keys() == {"password"}


def test_five_wrong_ones_close_it(tokens):
    answers = [change(tokens, current="faux").status_code for _ in range(6)]
    assert answers == [400] * 5 + [429]
    assert change(tokens).status_code == 429


def test_the_owner_of_a_claimed_address_is_not_mailed(db, mailbox):
    """Anybody could have anybody mailed without end."""
    UtilisateurFactory(username="aline", non_verifie=True)
    tokens = post("login", {"username": "aline", "password": PASSWORD}).json()
    assert change(tokens).status_code == 200
    assert mailbox() == []


def test_two_at_once_do_not_both_succeed(chantal):
    """The second one proved a password that is not the current one any more."""
    late = Utilisateur.objects.get(pk=chantal.pk)
    accounts.change_password(chantal, current=PASSWORD, password=GOOD_PASSWORD, address="")
    with pytest.raises(accounts.WrongPassword):
        accounts.change_password(late, current=PASSWORD, password="Du-voleur-77", address="")
    assert signs_in("chantal", GOOD_PASSWORD)


def test_a_visitor(db):
    body = {"current_password": PASSWORD, "password": GOOD_PASSWORD}
    assert post("password/change", body).status_code == 401
