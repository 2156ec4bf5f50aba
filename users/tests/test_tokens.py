"""What a token says, how long it is worth something, and what is not taken for one."""

import base64
import json
import uuid

import jwt
import pytest
from django.conf import settings as project
from django.utils import timezone

from users.models import Session
from users.services import sessions
from users.tests.factories import PASSWORD, UtilisateurFactory
from users.tests.flows import AUTH, is_open, later, post, refreshes


@pytest.fixture
def tokens(chantal):
    return post("login", {"username": "chantal", "password": PASSWORD}).json()


def read(raw: str) -> dict:
    return jwt.decode(raw, options={"verify_signature": False})


def forge(raw: str, *, key=None, algorithm="HS256", headers=None, without=(), **claims) -> str:
    """`raw` with other claims, signed anew."""
    payload = {k: v for k, v in {**read(raw), **claims}.items() if k not in without}
    key = project.SIMPLE_JWT["SIGNING_KEY"] if key is None else key
    return jwt.encode(payload, key, algorithm=algorithm, headers=headers)


def unsigned(raw: str, name: str) -> str:
    header = base64.urlsafe_b64encode(json.dumps({"alg": name, "typ": "JWT"}).encode())
    return f"{header.decode().rstrip('=')}.{raw.split('.')[1]}."


def test_a_token_says_nothing_personal(tokens, chantal):
    for name, kind in (("access", "access"), ("refresh", "refresh")):
        claims = read(tokens[name])
        assert claims.keys() == {"sub", "sid", "gen", "jti", "iat", "exp", "iss", "token_type"}
        assert claims["token_type"] == kind
        assert claims["sub"] == str(chantal.pk)
        assert claims["sid"] == str(Session.objects.get().pk)
        assert jwt.get_unverified_header(tokens[name]) == {"alg": "HS256", "typ": "JWT"}


def test_tokens_are_not_kept(tokens):
    kept = str(list(Session.objects.values()))
    assert tokens["refresh"] not in kept
    assert read(tokens["refresh"])["jti"] not in kept


def test_lifetimes(tokens):
    access, refresh = read(tokens["access"]), read(tokens["refresh"])
    assert access["exp"] - access["iat"] == 600
    assert refresh["exp"] - refresh["iat"] == 7 * 86400


def test_staff_are_asked_again_after_twelve_hours(awa):
    tokens = post("login", {"username": "awa", "password": PASSWORD}).json()
    refresh = read(tokens["refresh"])
    assert refresh["exp"] - refresh["iat"] == 12 * 3600


def test_an_access_token_ends_after_ten_minutes(tokens, time_machine):
    later(time_machine, minutes=9, seconds=58)
    assert is_open(tokens["access"])
    later(time_machine, seconds=3)
    assert not is_open(tokens["access"])


def test_refreshing_does_not_prolong_a_session_beyond_its_limit(tokens, time_machine):
    for _step in range(4):
        later(time_machine, days=6, hours=23)
        tokens = post("token/refresh", {"refresh": tokens["refresh"]}).json()
    left = Session.objects.get().expires_at - timezone.now()
    later(time_machine, seconds=left.total_seconds() - 120)
    last = post("token/refresh", {"refresh": tokens["refresh"]}).json()
    assert last["expires_in"] <= 120
    later(time_machine, seconds=125)
    assert not is_open(last["access"])
    assert not refreshes(last["refresh"])


BAD = {
    "no algorithm": lambda raw: unsigned(raw, "none"),
    "None": lambda raw: unsigned(raw, "None"),
    "nOnE": lambda raw: unsigned(raw, "nOnE"),
    "another algorithm": lambda raw: forge(raw, algorithm="HS512", key="x" * 64),
    "our key, another algorithm": lambda raw: forge(raw, algorithm="HS384"),
    "another key": lambda raw: forge(raw, key="y" * 64),
    "a key by url": lambda raw: forge(raw, key="y" * 64, headers={"jku": "https://evil.cm/k"}),
    "a key by id": lambda raw: forge(raw, key="y" * 64, headers={"kid": "../../dev/null"}),
    "a key in the header": lambda raw: forge(
        raw, key="y" * 64, headers={"jwk": {"kty": "oct", "k": "eXl5"}}
    ),
    "another issuer": lambda raw: forge(raw, iss="evil"),
    "no issuer": lambda raw: forge(raw, without=["iss"]),
    "no end": lambda raw: forge(raw, without=["exp"]),
    "no identifier": lambda raw: forge(raw, without=["jti"]),
    "no type": lambda raw: forge(raw, without=["token_type"]),
    "no session": lambda raw: forge(raw, without=["sid"]),
    "no account": lambda raw: forge(raw, without=["sub"]),
    "no generation": lambda raw: forge(raw, without=["gen"]),
    "a session that is none": lambda raw: forge(raw, sid="1"),
    "a session that is a number": lambda raw: forge(raw, sid=1),
    "an unknown session": lambda raw: forge(raw, sid=str(uuid.uuid4())),
    "another account": lambda raw: forge(raw, sub=str(int(read(raw)["sub"]) + 1)),
    "an account that is none": lambda raw: forge(raw, sub="abc"),
    "an account beyond numbers": lambda raw: forge(raw, sub="9" * 30),
    "a generation to come": lambda raw: forge(raw, gen=9),
    "a generation that is none": lambda raw: forge(raw, gen="x"),
    "a generation without end": lambda raw: forge(raw, gen=float("inf")),
    "its end in the past": lambda raw: forge(raw, exp=1),
    "garbage": lambda raw: "abc",
    "three dots": lambda raw: "...",
    "cut": lambda raw: raw[:-3],
    "nothing": lambda raw: "",
    "two tokens": lambda raw: f"{raw} {raw}",
    "a character that is none": lambda raw: "\x80\xff." + raw,
}


@pytest.mark.parametrize("name", BAD)
def test_only_our_own_tokens_sign_in(tokens, name):
    assert not is_open(BAD[name](tokens["access"]))


@pytest.mark.parametrize("name", BAD)
def test_only_our_own_tokens_refresh(tokens, name):
    answer = post("token/refresh", {"refresh": BAD[name](tokens["refresh"])})
    assert answer.status_code == (400 if name == "nothing" else 401)
    assert is_open(tokens["access"])


def test_each_token_does_its_own_work(tokens):
    assert not is_open(tokens["refresh"])
    assert not refreshes(tokens["access"])


def test_a_refusal_says_how_to_sign_in(api, db):
    answer = api().get(f"{AUTH}/profile", headers={"Authorization": "Bearer abc"})
    assert answer["WWW-Authenticate"] == 'Bearer realm="ecms"'
    assert answer.json()["code"] == "jeton_invalide"


@pytest.mark.parametrize("header", ["Basic YTpi", "Token abc", "", "Bearer"])
def test_other_schemes_are_nobody(api, db, header):
    assert api().get(f"{AUTH}/profile", headers={"Authorization": header}).status_code == 401


def test_an_ended_session_is_nobody(tokens):
    sessions.end(Session.objects.all())
    assert not is_open(tokens["access"])
    assert not refreshes(tokens["refresh"])


def test_rights_are_those_of_the_moment(awa, api, douala, yaounde):
    """Demoted, moved, suspended: the next request with the old token obeys."""
    client = api(awa)
    url = "/api/v1/utilisateurs"
    names = lambda: {row["username"] for row in client.get(url).json()["results"]}  # noqa: E731
    UtilisateurFactory(username="douglas", agent=True, profil__mairie=douala)
    assert names() == {"awa"}
    awa.profilagentcommunal.mairie = douala
    awa.profilagentcommunal.save()
    assert names() == {"awa", "douglas"}
    douala.statut = "suspendue"
    douala.save()
    assert names() == set()
    douala.statut = "active"
    douala.save()
    awa.groups.clear()
    assert client.get(url).status_code == 403
    awa.is_active = False
    awa.save()
    assert client.get(url).status_code == 401
