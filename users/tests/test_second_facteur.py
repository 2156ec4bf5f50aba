"""The rules of the second factor, whatever door it is asked at."""

import pytest
from django.db import connection

from ecms.exceptions import DomainError, TooManyAttempts
from ecms.tests.together import together
from users.models import CodeSecours, SecondFacteur, Session
from users.services import accounts, erasure, sealing, second_factor, totp
from users.tests.factories import (
    PASSWORD,
    CodeSecoursFactory,
    SecondFacteurFactory,
    SessionFactory,
    UtilisateurFactory,
)
from users.tests.flows import AUTH, GOOD_PASSWORD, code_in, post
from users.tests.second_factor import code_of, enrol, wrong_code

HERE = "127.0.0.1"


def opens(account, code, address=HERE) -> bool:
    try:
        second_factor.verify(account, code, address=address)
    except second_factor.WrongCode:
        return False
    return True


def confirmed(account, **options) -> list[str]:
    proposed = second_factor.propose()
    code = code_of(sealing.unseal(proposed))
    return second_factor.confirm(account, proposed, code, **options)


# RFC 6238, appendix B (SHA-1), the last six digits.
@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_the_codes_are_those_of_the_standard(seconds, code):
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # noqa: S105 the standard's own
    assert totp.code_at(secret, seconds // 30) == code


def test_it_works(awa, mailbox):
    session = SessionFactory(utilisateur=awa)
    codes = confirmed(awa)
    assert len(set(codes)) == 10
    assert all(len(code) == 14 and code == code.lower() for code in codes)
    session.refresh_from_db()
    assert session.revoked_at
    (message,) = mailbox()
    assert (message.to, message.subject) == (["awa@example.cm"], "Votre second facteur est actif")
    assert all(code not in message.body for code in codes)


def test_a_claimed_address_is_told_nothing(mailbox, db):
    account = UtilisateurFactory(non_verifie=True, is_staff=True)
    confirmed(account)
    assert mailbox() == []


def test_a_code_that_proves_nothing(awa):
    proposed = second_factor.propose()
    for code in (wrong_code(sealing.unseal(proposed)), "", "12345", "é" * 6, "¹²³⁴⁵⁶"):
        with pytest.raises(second_factor.WrongCode):
            second_factor.confirm(awa, proposed, code)
    assert not SecondFacteur.objects.exists()


def test_what_was_not_proposed_by_us_is_enrolled_by_nobody(awa):
    with pytest.raises(second_factor.WrongCode):
        second_factor.confirm(awa, "JBSWY3DPEHPK3PXP", "123456")


def test_there_is_one(awa):
    confirmed(awa)
    with pytest.raises(DomainError):
        confirmed(awa)
    old = SecondFacteur.objects.get().pk
    confirmed(awa, replace=True)
    assert SecondFacteur.objects.get().pk != old
    assert CodeSecours.objects.count() == 10


@pytest.mark.parametrize("drift", [-1, 0, 1])
def test_a_telephone_may_be_thirty_seconds_wrong(awa, drift):
    assert opens(awa, code_of(enrol(awa), drift))


@pytest.mark.parametrize("drift", [-2, 2])
def test_and_no_more(awa, drift):
    assert not opens(awa, code_of(enrol(awa), drift))


def test_spaces_are_left_out(awa):
    code = code_of(enrol(awa))
    assert opens(awa, f" {code[:3]} {code[3:]} ")


def test_a_code_serves_once_and_none_before_it_after(awa):
    secret = enrol(awa)
    assert opens(awa, code_of(secret))
    assert not opens(awa, code_of(secret))
    assert not opens(awa, code_of(secret, -1))
    assert opens(awa, code_of(secret, 1))


def test_the_code_that_enrolled_does_not_sign_in(awa):
    proposed = second_factor.propose()
    code = code_of(sealing.unseal(proposed))
    second_factor.confirm(awa, proposed, code)
    assert not opens(awa, code)


def test_a_recovery_code_serves_once_however_it_is_written(awa, mailbox):
    first, second, third, *_others = confirmed(awa)
    assert opens(awa, first)
    assert not opens(awa, first)
    assert opens(awa, f" {second.upper().replace('-', ' ')} ")
    assert not opens(awa, third[:-1])
    assert second_factor.recovery_codes_left(awa) == 8
    message = mailbox()[-1]
    assert message.subject == "Un code de secours vient de servir"
    assert "8" in message.body
    assert second not in message.body


def test_new_recovery_codes_end_the_old_ones(awa):
    old = confirmed(awa)
    new = second_factor.renew_recovery_codes(awa)
    assert not opens(awa, old[0])
    assert opens(awa, new[0])


def test_somebody_elses_codes_open_nothing(awa, brice):
    theirs = confirmed(brice)
    secret = enrol(awa)
    assert not opens(brice, code_of(secret))
    assert not opens(awa, theirs[0])


def test_without_a_factor_there_is_nothing_to_guess(awa):
    assert not opens(awa, "000000")
    for act in (second_factor.remove, second_factor.renew_recovery_codes):
        with pytest.raises(DomainError):
            act(awa)


def test_it_is_unreadable_in_the_rows(awa):
    proposed = second_factor.propose()
    secret = sealing.unseal(proposed)
    codes = second_factor.confirm(awa, proposed, code_of(secret))
    with connection.cursor() as cursor:
        cursor.execute("SELECT f::text FROM users_secondfacteur f")
        rows = str(cursor.fetchall())
        cursor.execute("SELECT c::text FROM users_codesecours c")
        rows += str(cursor.fetchall())
    assert secret not in rows
    for code in codes:
        assert code.upper() not in rows.upper()
        assert code.replace("-", "").upper() not in rows.upper()


def test_a_new_key_reads_what_the_former_sealed(awa, settings):
    proposed = second_factor.propose()
    secret = sealing.unseal(proposed)
    codes = second_factor.confirm(awa, proposed, code_of(secret, -1))
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "k" * 50
    assert opens(awa, codes[0])
    assert opens(awa, code_of(secret))
    # Its use has sealed it anew: the former key may go.
    settings.SECRET_KEY_FALLBACKS = []
    assert opens(awa, code_of(secret, 1))


def test_without_the_former_key_it_opens_nothing_and_breaks_nothing(awa, settings):
    secret = enrol(awa)
    settings.SECRET_KEY = "k" * 50
    assert not opens(awa, code_of(secret))
    assert second_factor.present_code(awa) is None


def test_guesses_are_counted_per_account_wherever_they_come_from(awa, brice, settings):
    settings.RATES = {**settings.RATES, "second_facteur_compte": (3, 900)}
    secret, other = enrol(awa), enrol(brice)
    for n in range(3):
        assert not opens(awa, wrong_code(secret), f"10.0.0.{n}")
    with pytest.raises(TooManyAttempts):
        opens(awa, code_of(secret), "10.0.0.9")
    assert opens(brice, code_of(other))


def test_a_success_is_free(awa, settings):
    settings.RATES = {**settings.RATES, "second_facteur_compte": (1, 900)}
    secret = enrol(awa)
    assert opens(awa, code_of(secret))
    assert opens(awa, code_of(secret, 1))
    assert not opens(awa, code_of(secret, 1))
    with pytest.raises(TooManyAttempts):
        opens(awa, code_of(secret, 1))


def test_an_address_guesses_over_many_accounts_no_longer(awa, brice, settings):
    settings.RATES = {**settings.RATES, "code_adresse": (2, 3600)}
    for account in (awa, brice):
        assert not opens(account, wrong_code(enrol(account)))
    with pytest.raises(TooManyAttempts):
        opens(awa, "000000")


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_use_a_code_once():
    awa = UtilisateurFactory(username="awa", is_staff=True)
    code = code_of(enrol(awa))
    done = together(*[lambda n=n: tried(awa, code, f"10.0.0.{n}") for n in range(20)])
    assert done.count(True) == 1


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_use_a_recovery_code_once():
    awa = UtilisateurFactory(username="awa", is_staff=True)
    code = confirmed(awa)[0]
    done = together(*[lambda n=n: tried(awa, code, f"10.0.0.{n}") for n in range(20)])
    assert done.count(True) == 1
    assert second_factor.recovery_codes_left(awa) == 9


@pytest.mark.django_db(transaction=True)
def test_thirty_guesses_at_once_are_ten():
    awa = UtilisateurFactory(username="awa", is_staff=True)
    code = wrong_code(enrol(awa))
    done = together(*[lambda n=n: tried(awa, code, f"10.0.0.{n}") for n in range(30)])
    assert (done.count(False), done.count(None)) == (10, 20)


@pytest.mark.django_db(transaction=True)
def test_two_telephones_at_once_are_one():
    awa = UtilisateurFactory(username="awa", is_staff=True)
    done = together(*[lambda: enrolled(awa) for _ in range(4)])
    assert done.count(True) == 1
    assert CodeSecours.objects.count() == 10


def tried(account, code, address):
    """True: it opened; False: it did not; None: it was not even looked at."""
    try:
        return opens(account, code, address)
    except TooManyAttempts:
        return None


def enrolled(account) -> bool:
    try:
        confirmed(account)
    except DomainError:
        return False
    return True


def test_a_reset_keeps_it_and_returns_no_tokens(awa, mailbox):
    secret = enrol(awa)
    post("password/forgot", {"email": awa.email})
    body = {"email": awa.email, "code_otp": code_in(mailbox()[-1]), "password": GOOD_PASSWORD}
    answer = post("password/reset", body)
    assert (answer.status_code, answer.json().keys()) == (200, {"detail"})
    login = {"username": "awa", "password": GOOD_PASSWORD}
    assert post("login", login).json()["code"] == "second_facteur_requis"
    assert post("login", {**login, "code_2fa": code_of(secret)}).status_code == 200


def test_a_change_of_password_keeps_it(awa):
    enrol(awa)
    accounts.change_password(awa, current=PASSWORD, password=GOOD_PASSWORD, address=HERE)
    assert second_factor.exists(awa)


def test_an_erased_account_keeps_none(awa):
    confirmed(awa)
    erasure.anonymise(awa)
    assert not SecondFacteur.objects.exists()
    assert not CodeSecours.objects.exists()


def test_the_export_says_since_when_and_no_more(awa, api):
    CodeSecoursFactory(facteur=SecondFacteurFactory(utilisateur=awa))
    body = api(awa).get(f"{AUTH}/profile/export").json()
    assert [row.keys() for row in body["users.secondfacteur"]] == [{"confirme_le"}]
    assert "users.codesecours" not in body


def test_removing_ends_the_other_sessions_and_is_told(awa, mailbox):
    enrol(awa)
    here, there = SessionFactory.create_batch(2, utilisateur=awa)
    second_factor.remove(awa, keep=here)
    assert set(Session.objects.live()) == {here}
    assert there.pk
    assert mailbox()[-1].subject == "Votre second facteur est retiré"


def test_a_lock_out_is_told_once_a_day(awa, mailbox, settings):
    settings.RATES = {**settings.RATES, "second_facteur_compte": (1, 900)}
    secret = enrol(awa)
    opens(awa, wrong_code(secret))
    for _ in range(3):
        with pytest.raises(TooManyAttempts):
            opens(awa, wrong_code(secret))
    assert [message.subject for message in mailbox()] == [
        "Quelqu'un a essayé d'ouvrir votre compte"
    ]
