import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from users.models import TokenVerification, Utilisateur
from users.services import accounts
from users.tests.factories import PASSWORD, UtilisateurFactory
from users.tests.flows import (
    GOOD_PASSWORD,
    CountingHasher,
    code_in,
    in_english,
    is_open,
    post,
    refreshes,
    seen,
    signs_in,
    wrong,
)

CLASSES = ["chantal", "fermee", "revendiquee", "inconnue"]


def forgot(email="chantal@exemple.cm", **headers):
    return post("password/forgot", {"email": email}, **headers)


def reset(code, email="chantal@exemple.cm", password=GOOD_PASSWORD, **extra):
    return post("password/reset", {"email": email, "code_otp": code, "password": password, **extra})


@pytest.fixture
def code(chantal, mailbox):
    forgot()
    return code_in(mailbox()[-1])


@pytest.fixture
def known(chantal):
    UtilisateurFactory(email="fermee@exemple.cm", is_active=False)
    UtilisateurFactory(email="revendiquee@exemple.cm", non_verifie=True)


def test_it_works(code, mailbox):
    """Every session ends, no token is returned, the owner is told."""
    tokens = post("login", {"username": "chantal", "password": PASSWORD}).json()
    answer = reset(code, password_confirm=GOOD_PASSWORD)
    assert answer.status_code == 200
    assert answer.json().keys() == {"detail"}
    assert not is_open(tokens["access"])
    assert not refreshes(tokens["refresh"])
    assert not signs_in("chantal", PASSWORD)
    assert signs_in("chantal", GOOD_PASSWORD)
    assert mailbox()[-1].subject == "Votre mot de passe a changé"


def test_the_address_in_any_case(code):
    assert reset(code, email="CHANTAL@Exemple.CM").status_code == 200


def test_asking_is_told_alike_for_any_address(known):
    answers = [seen(forgot(f"{name}@exemple.cm")) for name in CLASSES]
    assert answers[0][0] == 200
    assert all(answer == answers[0] for answer in answers)


def test_asking_is_the_same_work_for_any_address(known):
    forgot("chauffe@exemple.cm")
    work = set()
    for name in CLASSES:
        with CaptureQueriesContext(connection) as queries:
            forgot(f"{name}@exemple.cm")
        work.add(len(queries))
    assert len(work) == 1


def test_a_wrong_code_is_told_alike_for_any_address(known, mailbox):
    for name in CLASSES:
        forgot(f"{name}@exemple.cm")
    sent = {message.to[0]: code_in(message) for message in mailbox()}
    assert sent.keys() == {"chantal@exemple.cm", "revendiquee@exemple.cm"}
    answers = []
    for name in CLASSES:
        email = f"{name}@exemple.cm"
        answers.append(seen(reset(wrong(sent.get(email, "111111")), email)))
    assert all(answer == answers[0] for answer in answers)


def test_a_password_that_resembles_the_owner_tells_nothing_without_the_code(chantal, code):
    """Otherwise a guess at the name would say whether it is right."""
    resembling = "chantal@exemple.cm"
    assert reset(wrong(code), password=resembling).json()["code"] == "code_invalide"
    answer = reset(wrong(code), "inconnue@exemple.cm", password=resembling)
    assert answer.json()["code"] == "code_invalide"


def test_a_password_that_resembles_the_owner_is_refused_and_the_code_stays(code):
    answer = reset(code, password="chantal@exemple.cm")
    assert answer.json()["fields"].keys() == {"password"}
    assert signs_in("chantal", PASSWORD)
    assert reset(code).status_code == 200


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "x"),
        ("email", None),
        ("code_otp", ""),
        ("password", "court"),
        ("password", "password"),
        ("password", "yaounde"),
        ("password", "mairie2026"),
        ("password", "x" * 257),
        ("password_confirm", "autre"),
    ],
)
def test_an_invalid_body(code, yaounde, field, value):
    body = {"email": "chantal@exemple.cm", "code_otp": code, "password": GOOD_PASSWORD}
    assert post("password/reset", {**body, field: value}).status_code == 400
    assert reset(code).status_code == 200


def test_a_long_password_counts_to_its_last_letter(code):
    assert reset(code, password="Plantain " * 20 + "a").status_code == 200
    assert not signs_in("chantal", "Plantain " * 20 + "b")
    assert signs_in("chantal", "Plantain " * 20 + "a")


def test_a_claim_is_verified_by_it(known, mailbox):
    forgot("revendiquee@exemple.cm")
    reset(code_in(mailbox()[-1]), "revendiquee@exemple.cm")
    account = Utilisateur.objects.get(email="revendiquee@exemple.cm")
    assert account.is_verified
    assert account.email_verifie


def test_the_verified_holder_comes_before_any_claim(chantal, mailbox):
    UtilisateurFactory(email="chantal@exemple.cm", non_verifie=True)
    forgot()
    assert TokenVerification.objects.count() == 0
    mailbox()
    assert TokenVerification.objects.get().utilisateur == chantal


def test_invited_staff_come_before_whoever_claims_their_address_later(db, mailbox):
    invited = UtilisateurFactory(email="agent@exemple.cm", non_verifie=True, agent=True)
    UtilisateurFactory(email="agent@exemple.cm", non_verifie=True)
    forgot("agent@exemple.cm")
    mailbox()
    assert TokenVerification.objects.get().utilisateur == invited


def test_a_code_that_is_out_is_not_redirected_by_a_new_claim(known, mailbox):
    forgot("revendiquee@exemple.cm")
    owner = Utilisateur.objects.get(email="revendiquee@exemple.cm")
    code = code_in(mailbox()[-1])
    UtilisateurFactory(email="revendiquee@exemple.cm", non_verifie=True)
    assert reset(code, "revendiquee@exemple.cm").status_code == 200
    owner.refresh_from_db()
    assert owner.check_password(GOOD_PASSWORD)


def test_a_code_is_worth_nothing_once_the_address_has_changed(chantal, code):
    """Whoever reads the old mailbox does not get the account back."""
    Utilisateur.objects.filter(pk=chantal.pk).update(email="nouvelle@exemple.cm")
    assert reset(code).status_code == 400
    assert signs_in("nouvelle@exemple.cm", PASSWORD)


def test_a_deactivated_account_is_not_reopened(code, chantal):
    Utilisateur.objects.filter(pk=chantal.pk).update(is_active=False)
    assert reset(code).status_code == 400


def test_the_mail_is_in_the_language_of_its_owner(chantal, mailbox):
    Utilisateur.objects.update(langue="en")
    forgot(headers={"Accept-Language": "fr"})
    message = mailbox()[-1]
    assert message.subject == in_english("Votre code pour choisir un mot de passe")
    assert '<html lang="en">' in message.alternatives[0].content


def test_no_code_travels_in_an_address(code, mailbox):
    message = mailbox()[-1]
    html = message.alternatives[0].content
    assert code not in "".join(part for part in html.split('"') if "http" in part)
    assert "http" not in message.body


def test_hashing_is_not_for_guessers(settings, chantal, code):
    settings.PASSWORD_HASHERS = ["users.tests.flows.CountingHasher"]
    CountingHasher.hashes = 0
    reset(wrong(code))
    assert CountingHasher.hashes == 0


def test_the_service_knows_no_address(db):
    with pytest.raises(accounts.InvalidCode):
        accounts.reset_password(email="inconnue@exemple.cm", code="123456", password=GOOD_PASSWORD)
