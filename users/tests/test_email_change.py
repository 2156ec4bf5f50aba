import pytest

from users.models import TokenVerification, Utilisateur
from users.tests.factories import PASSWORD, UtilisateurFactory
from users.tests.flows import (
    GOOD_PASSWORD,
    bearer,
    code_in,
    is_open,
    later,
    post,
    refreshes,
    seen,
    signs_in,
    wrong,
)

NEW = "nouvelle@exemple.cm"


@pytest.fixture
def tokens(chantal):
    return post("login", {"username": "chantal", "password": PASSWORD}).json()


def change(tokens, email=NEW, current=PASSWORD):
    body = {"current_password": current, "email": email}
    return post("email/change", body, client=bearer(tokens["access"]))


def confirm(tokens, code):
    return post("email/change/confirm", {"code_otp": code}, client=bearer(tokens["access"]))


def test_it_works(tokens, chantal, mailbox):
    """The old address stays until then and is told; every session ends but for this device."""
    other = post("login", {"username": "chantal", "password": PASSWORD}).json()
    assert change(tokens, "Nouvelle@EXEMPLE.cm").json()["expires_in"] == 360
    message = mailbox()[-1]
    assert message.to == [NEW]
    assert signs_in("chantal@exemple.cm", PASSWORD)
    answer = confirm(tokens, code_in(message))
    assert answer.status_code == 200
    assert is_open(answer.json()["access"])
    for old in (tokens, other):
        assert not is_open(old["access"])
        assert not refreshes(old["refresh"])
    chantal.refresh_from_db()
    assert (chantal.email, chantal.is_verified, chantal.email_verifie) == (NEW, True, True)
    assert mailbox()[-1].to == ["chantal@exemple.cm"]
    assert mailbox()[-1].subject == "Votre adresse a changé"


def test_the_current_password_is_needed(tokens, mailbox):
    answer = change(tokens, current="faux")
    assert answer.json()["fields"].keys() == {"current_password"}
    assert mailbox() == []


def test_a_wrong_code(tokens, chantal, mailbox):
    change(tokens)
    assert confirm(tokens, wrong(code_in(mailbox()[-1]))).json()["code"] == "code_invalide"
    chantal.refresh_from_db()
    assert chantal.email == "chantal@exemple.cm"
    assert is_open(tokens["access"])


def test_nothing_was_asked(tokens):
    assert confirm(tokens, "123456").json()["code"] == "code_invalide"


@pytest.mark.parametrize("email", ["", "x", "é@exemple.cm", None])
def test_an_invalid_address(tokens, email):
    assert change(tokens, email=email).status_code == 400


def test_nothing_tells_whether_an_address_is_known(tokens, awa, mailbox):
    UtilisateurFactory(email="fermee@exemple.cm", is_active=False)
    answers = [seen(change(tokens, email)) for email in (awa.email, "fermee@exemple.cm", NEW)]
    assert all(answer == answers[0] for answer in answers)
    assert [m.subject for m in mailbox() if m.to == [awa.email]] == ["Vous avez déjà un compte"]


def test_an_address_that_another_account_verifies_meanwhile(tokens, mailbox):
    change(tokens)
    code = code_in(mailbox()[-1])
    UtilisateurFactory(email=NEW)
    assert confirm(tokens, code).status_code == 400
    assert signs_in("chantal@exemple.cm", PASSWORD)


def test_the_latest_request_counts(tokens, mailbox, time_machine):
    change(tokens, "faute@exemple.cm")
    first = code_in(mailbox()[-1])
    later(time_machine, seconds=61)
    change(tokens)
    second = code_in(mailbox()[-1])
    assert confirm(tokens, first).status_code == 400
    assert confirm(tokens, second).status_code == 200


def test_every_older_code_is_worth_nothing_then(tokens, chantal, mailbox):
    """A reset code in the old mailbox does not take the account back."""
    post("password/forgot", {"email": chantal.email})
    reset = code_in(mailbox()[-1])
    change(tokens)
    confirm(tokens, code_in(mailbox()[-1]))
    assert not TokenVerification.objects.exclude(code_otp="").exists()
    body = {"email": "chantal@exemple.cm", "code_otp": reset, "password": GOOD_PASSWORD}
    assert post("password/reset", body).status_code == 400
    assert Utilisateur.objects.get(pk=chantal.pk).email == NEW


def test_the_code_of_somebody_else(tokens, awa, api, mailbox):
    change(tokens)
    code = code_in(mailbox()[-1])
    answer = post("email/change/confirm", {"code_otp": code}, client=api(awa))
    assert answer.status_code == 400
    assert confirm(tokens, code).status_code == 200


def test_a_claimed_old_address_is_not_told(db, mailbox):
    UtilisateurFactory(username="aline", non_verifie=True)
    tokens = post("login", {"username": "aline", "password": PASSWORD}).json()
    change(tokens)
    confirm(tokens, code_in(mailbox()[-1]))
    assert {message.to[0] for message in mailbox()} == {NEW}


@pytest.mark.parametrize("path", ["email/change", "email/change/confirm"])
def test_a_visitor(db, path):
    assert post(path, {"code_otp": "123456"}).status_code == 401
