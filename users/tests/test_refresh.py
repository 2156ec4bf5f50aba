from datetime import timedelta

import pytest
from django.utils import timezone

from ecms.tests.together import together
from users.models import Session
from users.services import agents, erasure
from users.tests.factories import PASSWORD, UtilisateurFactory
from users.tests.flows import is_open, later, post, refreshes


@pytest.fixture
def tokens(chantal):
    return post("login", {"username": "chantal", "password": PASSWORD}).json()


def refresh(raw):
    return post("token/refresh", {"refresh": raw})


def opened_seconds_ago(seconds):
    Session.objects.update(generation_opened_at=timezone.now() - timedelta(seconds=seconds))


def test_it_works(tokens):
    answer = refresh(tokens["refresh"])
    assert answer.status_code == 200
    body = answer.json()
    assert body.keys() == {"access", "refresh", "expires_in"}
    assert body["expires_in"] == 600
    assert is_open(body["access"])
    assert refreshes(body["refresh"])
    assert Session.objects.get().generation == 3


@pytest.mark.parametrize("body", [{}, {"refresh": ""}, {"refresh": None}, {"refresh": ["a"]}, []])
def test_an_invalid_body(db, body):
    assert post("token/refresh", body).status_code == 400


def test_a_lost_answer_is_asked_for_again(tokens):
    """Nothing of the new generation was used: the old token still gets it, however late."""
    refresh(tokens["refresh"])
    opened_seconds_ago(3600)
    again = refresh(tokens["refresh"])
    assert again.status_code == 200
    assert Session.objects.get().generation == 2
    assert is_open(again.json()["access"])


def test_a_second_tab_has_its_grace(tokens):
    assert is_open(refresh(tokens["refresh"]).json()["access"])
    opened_seconds_ago(29)
    assert refreshes(tokens["refresh"])
    assert Session.objects.get().generation == 2


def test_a_replay_ends_the_session_and_its_owner_is_told(tokens, mailbox):
    new = refresh(tokens["refresh"]).json()
    assert is_open(new["access"])
    opened_seconds_ago(31)
    answer = refresh(tokens["refresh"])
    assert answer.status_code == 401
    assert answer.json()["code"] == "jeton_invalide"
    assert not is_open(new["access"])
    assert not refreshes(new["refresh"])
    (message,) = mailbox()
    assert message.to == ["chantal@exemple.cm"]
    assert message.subject == "Une de vos connexions a été fermée"


def test_what_is_older_than_the_last_generation_is_a_replay(tokens):
    second = refresh(tokens["refresh"]).json()
    third = refresh(second["refresh"]).json()
    assert not refreshes(tokens["refresh"])
    assert not is_open(third["access"])


def test_a_claimed_address_is_not_told(db, mailbox):
    """Whose address an unverified account names would be mailed without end."""
    UtilisateurFactory(username="aline", non_verifie=True)
    tokens = post("login", {"username": "aline", "password": PASSWORD}).json()
    refresh(refresh(tokens["refresh"]).json()["refresh"])
    assert not refreshes(tokens["refresh"])
    assert mailbox() == []


def test_the_first_use_is_written_once(tokens, django_assert_num_queries):
    new = refresh(tokens["refresh"]).json()
    assert not Session.objects.get().generation_seen
    is_open(new["access"])
    assert Session.objects.get().generation_seen
    # The session with its account, and what the profile says of the second factor.
    with django_assert_num_queries(2):
        is_open(new["access"])


def test_an_access_token_of_before_does_not_count_as_use(tokens):
    refresh(tokens["refresh"])
    is_open(tokens["access"])
    assert not Session.objects.get().generation_seen


def test_an_expired_token_is_only_refused(tokens, time_machine, mailbox):
    later(time_machine, days=7, seconds=1)
    assert not refreshes(tokens["refresh"])
    assert Session.objects.get().revoked_at is None
    assert mailbox() == []


def test_a_deleted_user_is_refused(tokens, chantal):
    chantal.delete()
    assert not refreshes(tokens["refresh"])


def test_an_erased_user_is_refused(tokens, chantal):
    erasure.anonymise(chantal)
    assert not refreshes(tokens["refresh"])


def test_a_deactivated_user_is_refused_and_stays_so(tokens, chantal, nadege):
    agents.desactiver(chantal, par=nadege)
    assert not refreshes(tokens["refresh"])
    agents.activer(chantal, par=nadege)
    assert not refreshes(tokens["refresh"])
    assert not is_open(tokens["access"])


@pytest.mark.parametrize("path", ["token/refresh", "token/blacklist"])
@pytest.mark.parametrize("raw", ["abc", "a.b.c", "é.è.à", "x" * 5000, "access"])
def test_what_is_no_refresh_token_is_refused(tokens, path, raw):
    answer = post(path, {"refresh": tokens.get(raw, raw)})
    assert answer.status_code in {400, 401}
    assert is_open(tokens["access"])


def test_a_body_sent_as_a_form(tokens):
    answer = post("token/refresh", {"refresh": tokens["refresh"]}, format="multipart")
    assert answer.status_code == 200


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_leave_one_generation():
    UtilisateurFactory(username="chantal")
    tokens = post("login", {"username": "chantal", "password": PASSWORD}).json()
    for round_number in range(6):
        answers = together(*[lambda raw=tokens["refresh"]: refresh(raw)] * 8)
        assert [answer.status_code for answer in answers] == [200] * 8
        session = Session.objects.get()
        assert session.generation == round_number + 2
        assert session.revoked_at is None
        tokens = answers[0].json()


@pytest.mark.django_db(transaction=True)
def test_a_race_with_a_sign_out_leaves_nothing_open():
    UtilisateurFactory(username="chantal")
    for _round in range(5):
        tokens = post("login", {"username": "chantal", "password": PASSWORD}).json()
        leave = {"HTTP_AUTHORIZATION": f"Bearer {tokens['access']}"}
        answers = together(
            lambda raw=tokens["refresh"]: refresh(raw),
            lambda headers=leave: post("logout", {}, **headers),
        )
        if answers[0].status_code == 200:
            assert not is_open(answers[0].json()["access"])
            assert not refreshes(answers[0].json()["refresh"])
