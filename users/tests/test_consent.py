"""Which privacy notice an account has accepted: told, asked anew, kept, and forgotten with it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from ecms.tests.together import together
from users.models import Consentement, Utilisateur
from users.services import accounts, erasure, sessions
from users.tests.factories import PASSWORD, ConsentementFactory, UtilisateurFactory
from users.tests.flows import AUTH, GOOD_PASSWORD, post

URL = f"{AUTH}/profile/consentement"
PROFILE = f"{AUTH}/profile"
BODY = {"username": "aline", "email": "aline@exemple.cm", "password": GOOD_PASSWORD}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _second_notice(settings):
    settings.PRIVACY_NOTICE_VERSION = "2"


def told(client) -> tuple[str, str]:
    body = client.get(PROFILE).json()
    return body["consentement_version"], body["notice_version"]


def test_it_works(chantal, api):
    ConsentementFactory(utilisateur=chantal)
    client = api(chantal)
    assert told(client) == ("1", "2")
    answer = client.post(URL, {"version": "2"})
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "private, no-store"
    assert answer.json().keys() == {"version", "date"}
    assert told(client) == ("2", "2")
    kept = chantal.consentements.values_list("version", flat=True)
    assert sorted(kept) == ["1", "2"]


def test_whoever_registers_accepts_the_notice_in_force():
    assert post("register", {**BODY, "consentement": True}).status_code == 201
    accepted = Consentement.objects.get()
    assert accepted.version == "2"
    assert accepted.date == accepted.utilisateur.consentement_le


def test_whoever_registers_without_has_accepted_none(api):
    assert post("register", BODY).status_code == 201
    assert not Consentement.objects.exists()
    assert told(api(Utilisateur.objects.get())) == ("", "2")


def test_an_account_that_is_not_opened_has_accepted_nothing():
    UtilisateurFactory(username="aline")
    assert post("register", {**BODY, "consentement": True}).status_code == 400
    assert not Consentement.objects.exists()


def test_a_sign_in_tells_it_too(chantal):
    ConsentementFactory(utilisateur=chantal)
    user = post("login", {"username": "chantal", "password": PASSWORD}).json()["user"]
    assert (user["consentement_version"], user["notice_version"]) == ("1", "2")


def test_a_changed_profile_tells_it_too(chantal, api):
    ConsentementFactory(utilisateur=chantal)
    body = api(chantal).patch(PROFILE, {"first_name": "C."}).json()
    assert (body["first_name"], body["consentement_version"]) == ("C.", "1")


def test_again_changes_nothing(chantal, api):
    first = api(chantal).post(URL, {"version": "2"})
    Utilisateur.objects.update(consentement_le="2026-01-01T00:00:00Z")
    assert api(chantal).post(URL, {"version": "2"}).json() == first.json()
    assert Consentement.objects.count() == 1
    chantal.refresh_from_db()
    assert f"{chantal.consentement_le:%Y-%m-%d}" == "2026-01-01"


def test_the_first_one_dates_the_consent_of_an_invited_account(chantal, api):
    assert chantal.consentement_le is None
    api(chantal).post(URL, {"version": "2"})
    chantal.refresh_from_db()
    assert chantal.consentement_le == Consentement.objects.get().date


def test_a_notice_that_comes_back_into_force_is_not_asked_for_again(chantal, api, settings):
    ago = timezone.now() - timedelta(days=9)
    ConsentementFactory(utilisateur=chantal, version="1", date=ago)
    ConsentementFactory(utilisateur=chantal, version="2")
    assert told(api(chantal)) == ("2", "2")
    settings.PRIVACY_NOTICE_VERSION = "1"
    assert told(api(chantal)) == ("1", "1")
    settings.PRIVACY_NOTICE_VERSION = "3"
    assert told(api(chantal)) == ("2", "3")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"version": "1"},
        {"version": ""},
        {"version": None},
        {"version": ["2"]},
        {"version": True},
        {"version": "2" * 21},
        {"version": "2\0"},
        [],
    ],
)
def test_an_invalid_body(chantal, api, body):
    assert api(chantal).post(URL, body).status_code == 400
    assert not Consentement.objects.exists()


@pytest.mark.parametrize("field", ["consentement_version", "notice_version"])
def test_a_change_of_profile_accepts_nothing(chantal, api, field):
    assert api(chantal).patch(PROFILE, {field: "2"}).status_code == 200
    assert told(api(chantal)) == ("", "2")


def test_an_unverified_account_accepts_too(api):
    account = UtilisateurFactory(non_verifie=True)
    assert api(account).post(URL, {"version": "2"}).status_code == 200


@pytest.mark.parametrize("method", ["get", "post", "put", "delete"])
def test_a_visitor(api, method):
    assert getattr(api(), method)(URL, {"version": "2"}).status_code == 401


def test_others_accept_nothing_by_it(chantal, awa, nadege, api):
    api(chantal).post(URL, {"version": "2"})
    for other in (awa, nadege):
        assert told(api(other)) == ("", "2")
        assert not Consentement.objects.owned_by(other).exists()
    assert Consentement.objects.owned_by(chantal).exists()


def test_reading_the_profile_takes_the_queries_it_took(chantal, api, django_assert_num_queries):
    client = api(chantal)
    for version in "12":
        ConsentementFactory(utilisateur=chantal, version=version)
    # The session with its account; what the profile tells.
    with django_assert_num_queries(2):
        assert told(client) == ("2", "2")


def test_the_database_keeps_one_row_of_a_version(chantal):
    ConsentementFactory(utilisateur=chantal)
    with pytest.raises(IntegrityError, match="users_consentement_unique"):
        ConsentementFactory(utilisateur=chantal)


@pytest.mark.django_db(transaction=True)
def test_accepted_twice_at_once_is_accepted_once():
    account = UtilisateurFactory()
    accepted = together(*[lambda: accounts.accept_notice(account, "2").pk] * 4)
    assert len(set(accepted)) == 1
    assert Consentement.objects.count() == 1


def test_an_account_that_ended_meanwhile_accepts_nothing(chantal):
    erasure.anonymise(chantal)
    with pytest.raises(sessions.InvalidToken):
        accounts.accept_notice(chantal, "2")
    assert not Consentement.objects.exists()


def test_the_export_tells_every_one(chantal, awa, api):
    ConsentementFactory(utilisateur=awa)
    for version in "12":
        ConsentementFactory(utilisateur=chantal, version=version)
    held = api(chantal).get(f"{PROFILE}/export").json()["users.consentement"]
    assert [row["version"] for row in held] == ["1", "2"]
    assert all(row["date"] for row in held)


def test_the_erasure_forgets_them(chantal, awa):
    ConsentementFactory(utilisateur=chantal)
    kept = ConsentementFactory(utilisateur=awa)
    erasure.anonymise(chantal)
    assert Consentement.objects.get() == kept
