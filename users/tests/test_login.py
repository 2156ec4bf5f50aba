import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ecms.models import LimitCounter
from ecms.tests.together import together
from users.models import Session, Utilisateur
from users.services import sessions, sign_in
from users.tests.factories import PASSWORD, UtilisateurFactory, hashed
from users.tests.flows import CountingHasher, bearer, post, seen, signs_in

CLASSES = ["verifiee", "fermee", "revendiquee", "invitee", "inconnue"]


@pytest.fixture
def known(db):
    UtilisateurFactory(email="verifiee@exemple.cm", username="verifiee")
    UtilisateurFactory(email="fermee@exemple.cm", username="fermee", is_active=False)
    UtilisateurFactory(email="revendiquee@exemple.cm", username="revendiquee", non_verifie=True)
    invited = UtilisateurFactory(email="invitee@exemple.cm", username="invitee", non_verifie=True)
    invited.set_unusable_password()
    invited.save()


def login(identifier, password=PASSWORD, **headers):
    return post("login", {"username": identifier, "password": password}, **headers)


def fail(times, identifier="chantal", **headers):
    return [login(identifier, "faux", **headers).status_code for _ in range(times)]


def test_it_works(chantal):
    answer = login("chantal")
    assert answer.status_code == 200
    body = answer.json()
    assert body.keys() == {"access", "refresh", "expires_in", "user"}
    assert body["expires_in"] == 600
    assert body["user"]["email"] == "chantal@exemple.cm"
    assert "password" not in body["user"]
    assert bearer(body["access"]).get("/api/v1/auth/profile").status_code == 200
    assert answer["Cache-Control"] == "private, no-store"


def test_the_address_may_have_a_field_of_its_own(chantal):
    body = {"email": "Chantal@EXEMPLE.cm", "password": PASSWORD}
    assert post("login", body).status_code == 200


@pytest.mark.parametrize("spelling", ["Éric-ß", "éric-ß", "ÉRIC-ß", " Éric-ß "])
def test_a_username_opens_in_any_case(db, spelling):
    UtilisateurFactory(username="Éric-ß")
    assert signs_in(spelling, PASSWORD)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"password": PASSWORD},
        {"username": "chantal"},
        {"username": "", "email": "", "password": PASSWORD},
        {"username": ["chantal"], "password": PASSWORD},
        {"username": "chantal", "password": {"a": 1}},
        {"username": "x" * 255, "password": PASSWORD},
        {"username": "chantal", "password": "x" * 257},
        {"username": "nul\0", "password": PASSWORD},
    ],
)
@pytest.mark.parametrize("kind", ["json", "multipart"])
def test_an_invalid_body(chantal, body, kind):
    if kind == "multipart" and any(isinstance(value, dict) for value in body.values()):
        body = {}
    if kind == "multipart" and isinstance(body.get("username"), list):
        body = {}
    assert post("login", body, format=kind).status_code == 400


def test_wrong_unknown_and_deactivated_are_told_alike(known):
    """Byte for byte, by address and by username, with a right password for the closed one."""
    for suffix in ("", "@exemple.cm"):
        answers = [seen(login(f"{name}{suffix}", "faux")) for name in CLASSES]
        answers.append(seen(login(f"fermee{suffix}", PASSWORD)))
        assert answers[0][0] == 401
        assert b"identifiants_invalides" in answers[0][2]
        assert answers[0][1]["WWW-Authenticate"]
        assert all(answer == answers[0] for answer in answers)


def test_the_same_work_is_done_for_each(settings, request):
    settings.PASSWORD_HASHERS = ["users.tests.flows.CountingHasher"]
    request.getfixturevalue("known")
    login("chauffe", "faux")
    for suffix, hashes in (("", 1), ("@exemple.cm", 2)):
        work = set()
        for name in CLASSES:
            CountingHasher.hashes = 0
            with CaptureQueriesContext(connection) as queries:
                login(f"{name}{suffix}", "faux")
            work.add((len(queries), CountingHasher.hashes))
        assert len(work) == 1
        assert work.pop()[1] == hashes


def test_by_address_the_holder_and_the_newest_claim_are_tried(db):
    UtilisateurFactory(username="titulaire", email="a@exemple.cm")
    for name in ("ancienne", "recente"):
        UtilisateurFactory(
            username=name, email="a@exemple.cm", non_verifie=True, password=f"Mot-{name}-237"
        )
    assert login("a@exemple.cm").json()["user"]["username"] == "titulaire"
    assert login("a@exemple.cm", "Mot-recente-237").json()["user"]["username"] == "recente"
    assert not signs_in("a@exemple.cm", "Mot-ancienne-237")


def test_five_failures_close_the_account_for_that_address_alone(chantal):
    assert fail(5) == [401] * 5
    answer = login("chantal")
    assert answer.status_code == 429
    assert 800 < int(answer["Retry-After"]) <= 901
    assert answer.json()["code"] == "trop_de_demandes"
    assert login("chantal", REMOTE_ADDR="10.0.0.9").status_code == 200


def test_an_unknown_account_closes_alike(db):
    assert fail(6, "inconnue@exemple.cm") == [401] * 5 + [429]


def test_successes_are_free(chantal):
    assert fail(4) == [401] * 4
    assert all(signs_in("chantal", PASSWORD) for _ in range(6))
    assert fail(2) == [401, 429]


def test_an_address_may_fail_a_hundred_times_in_all(settings, db):
    settings.RATES = {**settings.RATES, "connexion_adresse": (3, 3600)}
    answers = [login(f"nom{n}", "faux").status_code for n in range(4)]
    assert answers == [401, 401, 401, 429]


def test_a_closed_account_costs_its_neighbours_nothing(chantal, settings):
    """What is refused by the account's limit does not count for the quarter's address."""
    settings.RATES = {**settings.RATES, "connexion_adresse": (6, 3600)}
    assert fail(9) == [401] * 5 + [429] * 4
    assert login("autre", "faux").status_code == 401


def test_the_client_does_not_choose_its_limit(chantal, settings):
    headers = ["HTTP_X_FORWARDED_FOR", "HTTP_X_REAL_IP", "HTTP_FORWARDED", "HTTP_CF_CONNECTING_IP"]
    answers = [
        login("chantal", "faux", **{header: f"10.1.{n}.{i}" for i, header in enumerate(headers)})
        for n in range(7)
    ]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429] * 2


def test_behind_a_proxy_its_own_word_counts_and_no_other(chantal, settings):
    settings.NUM_PROXIES = 1
    lied = [fail(1, HTTP_X_FORWARDED_FOR=f"10.2.0.{n}, 41.202.1.1")[0] for n in range(6)]
    assert lied == [401] * 5 + [429]
    assert fail(1, HTTP_X_FORWARDED_FOR="41.202.1.1, 41.202.1.2") == [401]


def test_an_ipv6_client_is_its_whole_network(chantal):
    answers = [fail(1, REMOTE_ADDR=f"2001:db8:1:1::{n}")[0] for n in range(1, 7)]
    assert answers == [401] * 5 + [429]


@pytest.mark.django_db(transaction=True)
def test_a_burst_of_forty_evaluates_five(settings):
    settings.PASSWORD_HASHERS = ["users.tests.flows.CountingHasher"]
    UtilisateurFactory(username="chantal")
    CountingHasher.hashes = 0
    answers = together(*[lambda n=n: login("chantal", f"faux{n}") for n in range(40)])
    assert sorted(answer.status_code for answer in answers) == [401] * 5 + [429] * 35
    assert CountingHasher.hashes == 5


def test_a_refused_try_is_not_hashed(chantal, settings):
    settings.PASSWORD_HASHERS = ["users.tests.flows.CountingHasher"]
    Utilisateur.objects.update(password=hashed(PASSWORD))
    fail(5)
    CountingHasher.hashes = 0
    assert fail(3) == [429] * 3
    assert CountingHasher.hashes == 0


def test_counters_name_nobody(chantal):
    fail(1)
    keys = "".join(LimitCounter.objects.values_list("key", flat=True))
    assert "chantal" not in keys
    assert "127.0.0.1" not in keys


def test_an_unverified_account_signs_in(db):
    UtilisateurFactory(username="aline", non_verifie=True)
    assert login("aline").json()["user"]["is_verified"] is False


def test_a_sign_in_is_written_down_with_its_device(chantal):
    login("chantal", HTTP_USER_AGENT="Firefox\0" + "x" * 300)
    session = Session.objects.get()
    assert session.user_agent.startswith("Firefoxx")
    assert len(session.user_agent) == 200
    chantal.refresh_from_db()
    assert chantal.last_login


def test_no_session_opens_behind_a_change_of_password(chantal):
    """The password was right when it was tried, and is another when the session would open."""
    tried = sign_in.authenticate("chantal", PASSWORD, address="127.0.0.1")
    chantal.set_password("Un-autre-mot-1")
    chantal.save()
    with pytest.raises(sessions.InvalidToken):
        sessions.open_session(tried, user_agent="")


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_other_methods_do_not_exist(api, db, method):
    assert getattr(api(), method)("/api/v1/auth/login").status_code == 405
