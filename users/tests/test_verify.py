import pytest

from users.models import TokenVerification, Utilisateur
from users.services import agents
from users.tests.factories import PASSWORD, UtilisateurFactory
from users.tests.flows import code_in, later, post, seen, signs_in, wrong


@pytest.fixture
def aline(db):
    return UtilisateurFactory(username="aline", email="aline@exemple.cm", non_verifie=True)


@pytest.fixture
def client(aline, api):
    return api(aline)


def send(client, **body):
    return post("email/verify/send", body, client=client)


def confirm(client, code):
    return post("email/verify/confirm", {"code_otp": code}, client=client)


def test_it_works(aline, client, mailbox):
    answer = send(client)
    assert answer.status_code == 200
    assert answer.json().keys() == {"detail", "expires_in"}
    answer = confirm(client, code_in(mailbox()[-1]))
    assert answer.status_code == 200
    assert answer.json() == {"detail": "Votre adresse est vérifiée.", "is_verified": True}
    aline.refresh_from_db()
    assert aline.is_verified
    assert aline.email_verifie


def test_the_address_is_corrected(aline, client, mailbox):
    assert send(client, email="Juste@EXEMPLE.cm").status_code == 200
    assert mailbox()[-1].to == ["juste@exemple.cm"]
    confirm(client, code_in(mailbox()[-1]))
    aline.refresh_from_db()
    assert (aline.email, aline.is_verified) == ("juste@exemple.cm", True)


def test_a_code_for_the_address_before_is_worth_nothing(client, mailbox, time_machine):
    send(client)
    code = code_in(mailbox()[-1])
    send(client, email="juste@exemple.cm")
    assert confirm(client, code).status_code == 400


def test_a_mail_to_the_address_before_is_not_sent(client, mailbox):
    send(client)
    send(client, email="juste@exemple.cm")
    assert [message.to for message in mailbox()] == [["juste@exemple.cm"]]


def test_verifying_clears_every_other_claim(aline, client, mailbox):
    other = UtilisateurFactory(email="aline@exemple.cm", non_verifie=True)
    send(client)
    confirm(client, code_in(mailbox()[-1]))
    other.refresh_from_db()
    assert other.email is None
    assert not signs_in("aline@exemple.cm", "x")
    assert signs_in("aline@exemple.cm", PASSWORD)


def test_whoever_comes_second_is_refused(aline, client, mailbox):
    send(client)
    code = code_in(mailbox()[-1])
    UtilisateurFactory(email="aline@exemple.cm")
    assert confirm(client, code).status_code == 400
    assert Utilisateur.objects.get(email="aline@exemple.cm", is_verified=True) != aline


def test_nothing_tells_whether_an_address_is_known(client, chantal, awa, nadege, mailbox):
    agents.desactiver(awa, par=nadege)
    UtilisateurFactory(email="revendiquee@exemple.cm", non_verifie=True)
    known = [chantal.email, awa.email, "revendiquee@exemple.cm", "inconnue@exemple.cm"]
    answers = [seen(send(client, email=email)) for email in known]
    assert all(answer == answers[0] for answer in answers)


def test_the_holder_of_a_known_address_gets_no_code(client, chantal, mailbox):
    send(client, email=chantal.email)
    assert mailbox()[-1].subject == "Vous avez déjà un compte"
    assert not TokenVerification.objects.exists()


def test_a_verified_address_is_a_conflict(chantal, api):
    answer = send(api(chantal))
    assert answer.status_code == 409
    assert answer.json()["code"] == "adresse_deja_verifiee"


def test_an_account_without_an_address_names_one(client, aline, mailbox):
    Utilisateur.objects.update(email=None)
    assert send(client).json()["code"] == "adresse_absente"
    assert send(client, email="aline@exemple.cm").status_code == 200
    assert confirm(client, code_in(mailbox()[-1])).status_code == 200


def test_no_code_opens_for_an_account_without_an_address(client, aline, mailbox):
    send(client)
    code = code_in(mailbox()[-1])
    Utilisateur.objects.update(email=None)
    assert confirm(client, code).status_code == 400


@pytest.mark.parametrize("email", ["", "x", "é@exemple.cm", 1, None])
def test_an_invalid_address(client, email):
    assert send(client, email=email).status_code == 400


@pytest.mark.parametrize("code", ["", None, {}, "x" * 51])
def test_an_invalid_code(client, code):
    assert confirm(client, code).json()["fields"].keys() == {"code_otp"}


def test_a_wrong_code(client, mailbox):
    send(client)
    answer = confirm(client, wrong(code_in(mailbox()[-1])))
    assert answer.status_code == 400
    assert answer.json()["code"] == "code_invalide"


def test_a_code_asked_again_after_a_minute_supersedes(client, mailbox, time_machine):
    send(client)
    first = code_in(mailbox()[-1])
    later(time_machine, seconds=61)
    send(client)
    second = code_in(mailbox()[-1])
    assert confirm(client, first).status_code == (200 if first == second else 400)
    assert confirm(client, second).status_code == 200


@pytest.mark.parametrize("path", ["send", "confirm"])
def test_a_visitor(db, path):
    assert post(f"email/verify/{path}", {"code_otp": "123456"}).status_code == 401
