"""The rules of the six digits, whatever they are for."""

from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from ecms.models import LimitCounter
from ecms.tests.together import together
from users import tasks
from users.models import TokenVerification, Utilisateur
from users.services import codes
from users.tests.factories import PASSWORD, TokenVerificationFactory, UtilisateurFactory
from users.tests.flows import (
    GOOD_PASSWORD,
    bearer,
    code_in,
    later,
    post,
    seen,
    signs_in,
    wrong,
)

RESET = TokenVerification.Type.PASSWORD_RESET
VERIFICATION = TokenVerification.Type.EMAIL_VERIFICATION


def guess(code, email="chantal@exemple.cm"):
    return post("password/reset", {"email": email, "code_otp": code, "password": GOOD_PASSWORD})


def ask(email="chantal@exemple.cm"):
    return post("password/forgot", {"email": email})


def fail(code, times):
    return [guess(wrong(code, n + 1)).status_code for n in range(times)]


@pytest.fixture
def code(chantal, mailbox):
    ask()
    return code_in(mailbox()[-1])


@pytest.fixture
def next_code(mailbox, time_machine):
    """Another code, asked after the minute that lies between two."""

    def asked():
        later(time_machine, seconds=61)
        ask()
        return code_in(mailbox()[-1])

    return asked


def test_codes_are_uniform():
    """Chi-square over the digits of each place; 45 is passed once in a million times."""
    drawn = [codes._digits() for _ in range(20_000)]
    assert all(len(code) == 6 and code.isdigit() for code in drawn)
    for place in range(6):
        counts = Counter(code[place] for code in drawn)
        assert sum((counts[d] - 2000) ** 2 / 2000 for d in "0123456789") < 45
    assert len(set(drawn)) > 19_500


def test_six_minutes(code, time_machine):
    """The mail, the answer and what is done agree."""
    assert ask().json()["expires_in"] == 360
    later(time_machine, minutes=5, seconds=55)
    assert guess(code).status_code == 200


def test_not_a_moment_longer(code, time_machine, mailbox):
    assert "6 minutes" in mailbox()[-1].body
    later(time_machine, minutes=6, seconds=1)
    assert guess(code).status_code == 400


def test_a_code_opens_once_and_is_blanked(code):
    assert guess(code).status_code == 200
    token = TokenVerification.objects.get()
    assert (token.code_otp, token.is_used) == ("", True)
    assert guess(code).status_code == 400


def test_used_expired_superseded_and_wrong_are_told_alike(code, next_code, time_machine):
    answers = [seen(guess(wrong(code)))]
    latest = next_code()
    answers.append(seen(guess(code)))
    guess(latest)
    answers.append(seen(guess(latest)))
    expired = next_code()
    later(time_machine, minutes=7)
    answers.append(seen(guess(expired)))
    answers.append(seen(guess("123456", "inconnue@exemple.cm")))
    assert b"code_invalide" in answers[0][2]
    assert all(answer == answers[0] for answer in answers)


@pytest.mark.parametrize(
    "other", ["", "abc", "12345", "1234567", "\u0661\u0662\u0663\u0664\u0665\u0666", "x" * 51]
)
def test_what_is_no_code(code, other):
    assert guess(other).status_code == 400
    assert guess(code).status_code == 200


def test_five_wrong_guesses_kill_a_code(code):
    assert fail(code, 5) == [400] * 5
    assert guess(code).status_code == 400
    assert TokenVerification.objects.get().tentatives == 5


def test_four_do_not(code):
    fail(code, 4)
    assert guess(code).status_code == 200


def test_asking_again_gives_no_more_guesses(code, next_code, mailbox, time_machine):
    """Ten failures in all close the flow for a day; its owner is told once."""
    fail(code, 4)
    second = next_code()
    fail(second, 4)
    third = next_code()
    assert fail(third, 2) == [400] * 2
    assert guess(third).status_code == 400
    assert sum(TokenVerification.objects.values_list("tentatives", flat=True)) == 10
    assert mailbox()[-1].subject == "Trop de codes erronés"
    sent = len(mailbox())
    later(time_machine, hours=23)
    assert ask().status_code == 200
    assert len(mailbox()) == sent
    assert signs_in("chantal", PASSWORD)
    later(time_machine, hours=1, minutes=5)
    ask()
    assert guess(code_in(mailbox()[-1])).status_code == 200


def test_an_administrator_reopens(code, next_code, chantal):
    fail(code, 5)
    fail(next_code(), 5)
    codes.reopen(chantal)
    assert guess(next_code()).status_code == 200


def test_each_purpose_has_its_own_guesses(db, mailbox, api):
    aline = UtilisateurFactory(email="aline@exemple.cm", non_verifie=True)
    ask(aline.email)
    code = code_in(mailbox()[-1])
    for n in range(5):
        guess(wrong(code, n + 1), aline.email)
    post("email/verify/send", {}, client=api(aline))
    verification = code_in(mailbox()[-1])
    answer = post("email/verify/confirm", {"code_otp": verification}, client=api(aline))
    assert answer.status_code == 200


def test_a_code_serves_its_purpose_alone(db, mailbox, api):
    """And whoever tries it elsewhere does not use up what is right there."""
    aline = UtilisateurFactory(email="aline@exemple.cm", non_verifie=True)
    ask(aline.email)
    reset = code_in(mailbox()[-1])
    post("email/verify/send", {}, client=api(aline))
    verification = code_in(mailbox()[-1])
    confirm = {"code_otp": reset}
    assert post("email/verify/confirm", confirm, client=api(aline)).status_code == 400
    assert guess(verification, aline.email).status_code == 400
    assert guess(reset, aline.email).status_code == 200


def test_a_code_serves_its_account_alone(code, awa):
    ask(awa.email)
    assert guess(code, awa.email).status_code == 400
    assert guess(code).status_code == 200


def test_within_a_minute_nothing_is_sent_and_nothing_superseded(code, mailbox):
    assert ask().status_code == 200
    assert len(mailbox()) == 1
    assert guess(code).status_code == 200


def test_five_mails_an_hour(code, mailbox, time_machine):
    for _ in range(7):
        later(time_machine, seconds=61)
        ask()
        mailbox()
    assert len(mailbox()) == 5
    later(time_machine, hours=1)
    ask()
    assert len(mailbox()) == 6


def test_accounts_that_claim_one_address_share_its_mails(db, mailbox):
    for n in range(7):
        aline = UtilisateurFactory(email="aline@exemple.cm", non_verifie=True)
        token = codes.issue(aline, VERIFICATION, aline.email)
        assert (token is not None) == (n < 5)


def test_one_address_may_ask_for_a_hundred_others(chantal, settings):
    settings.RATES = {**settings.RATES, "courriel_adresse": (2, 3600)}
    asked = [ask(f"{name}@exemple.cm").status_code for name in ("a", "b", "a", "b", "c")]
    assert asked == [200, 200, 200, 200, 429]


def test_guesses_over_many_accounts_are_limited(settings, db):
    settings.RATES = {**settings.RATES, "code_adresse": (3, 3600)}
    tokens = TokenVerificationFactory.create_batch(5, type_token=RESET)
    answers = [guess("999999", token.adresse).status_code for token in tokens]
    assert answers == [400, 400, 400, 429, 429]
    assert TokenVerification.objects.filter(tentatives=1).count() == 3


def test_a_right_code_is_free(settings, code):
    settings.RATES = {**settings.RATES, "code_adresse": (1, 3600)}
    assert guess(code).status_code == 200
    assert guess(code).status_code == 400
    assert guess(code).status_code == 429


def test_codes_are_nowhere_in_clear_once_they_are_over(chantal):
    TokenVerificationFactory(utilisateur=chantal, expire_at=timezone.now() - timedelta(seconds=1))
    live = TokenVerificationFactory(utilisateur=chantal)
    tasks.purge()
    assert TokenVerification.objects.exclude(code_otp="").get() == live


def test_old_codes_are_purged(chantal):
    old = TokenVerificationFactory(utilisateur=chantal)
    TokenVerification.objects.filter(pk=old.pk).update(
        date_creation=timezone.now() - timedelta(days=8)
    )
    tasks.purge()
    assert not TokenVerification.objects.exists()


def test_the_codes_of_an_account_are_shown_to_nobody(nadege, client, code):
    client.force_login(nadege)
    account = Utilisateur.objects.get(username="chantal")
    for path in (
        "",
        "users/utilisateur/",
        f"users/utilisateur/{account.pk}/change/",
        "ecms/courriel/",
    ):
        page = client.get(f"/admin/{path}")
        assert page.status_code == 200
        assert code not in page.content.decode()


@pytest.mark.django_db(transaction=True)
def test_sixty_guesses_at_once_are_five(mailbox):
    chantal = UtilisateurFactory(username="chantal", email="chantal@exemple.cm")
    ask()
    code = code_in(mailbox()[-1])
    calls = [lambda n=n: guess(wrong(code, n + 1)) for n in range(60)]
    answers = together(*calls)
    assert {answer.status_code for answer in answers} == {400}
    assert TokenVerification.objects.get(utilisateur=chantal).tentatives == 5
    assert guess(code).status_code == 400
    assert LimitCounter.objects.filter(count=61).exists()


@pytest.mark.django_db(transaction=True)
def test_the_right_code_thirty_times_at_once_opens_once(mailbox):
    aline = UtilisateurFactory(email="aline@exemple.cm", non_verifie=True)
    tokens = post("login", {"username": aline.username, "password": PASSWORD}).json()
    post("email/verify/send", {}, client=bearer(tokens["access"]))
    body = {"code_otp": code_in(mailbox()[-1])}
    calls = [lambda: post("email/verify/confirm", body, client=bearer(tokens["access"]))] * 30
    answers = [answer.status_code for answer in together(*calls)]
    assert sorted(answers) == [200] + [400] * 29
