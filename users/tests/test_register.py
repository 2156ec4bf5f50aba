import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ecms.tests.together import together
from users.models import Utilisateur
from users.tests.factories import UtilisateurFactory
from users.tests.flows import (
    GOOD_PASSWORD,
    CountingHasher,
    code_in,
    in_english,
    post,
    seen,
    signs_in,
)
from users.tests.second_factor import enrol_at_the_door

BODY = {"username": "aline", "email": "aline@exemple.cm", "password": GOOD_PASSWORD}


def register(**changes):
    return post("register", {**BODY, **changes})


def test_it_works(db, mailbox):
    answer = register(first_name="Aline", telephone="677000001", consentement=True)
    assert answer.status_code == 201
    body = answer.json()
    assert body.pop("detail")
    assert body == {"username": "aline", "email": "aline@exemple.cm", "is_verified": False}
    account = Utilisateur.objects.get(username="aline")
    assert account.first_name == "Aline"
    assert account.consentement_le
    assert mailbox()[0].to == ["aline@exemple.cm"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", ""),
        ("username", "a@b"),
        ("username", "a b"),
        ("username", "x" * 151),
        ("username", "\uff41line"),
        ("username", "nul\0"),
        ("email", "pas une adresse"),
        ("email", "é@exemple.cm"),
        ("email", f"a@{'ı' * 60}.cm"),
        ("email", '"a b"@exemple.cm'),
        ("email", "a@exemple.cm\nBcc: b@exemple.cm"),
        ("email", f"{'a' * 250}@exemple.cm"),
        ("password", "court"),
        ("password", "password"),
        ("password", "12345678901"),
        ("password", "x" * 257),
        ("password", "aline@exemple"),
        ("password_confirm", "autre chose"),
        ("langue", "de"),
        ("mairie", "inconnue"),
        ("telephone", "12"),
    ],
)
@pytest.mark.parametrize("kind", ["json", "multipart"])
def test_an_invalid_body(db, field, value, kind):
    answer = post("register", {**BODY, field: value}, format=kind)
    assert answer.status_code == 400
    assert Utilisateur.objects.count() == 0


@pytest.mark.parametrize("field", ["username", "email", "password"])
def test_what_is_required(db, field):
    answer = post("register", {k: v for k, v in BODY.items() if k != field})
    assert answer.json()["fields"].keys() == {field}


@pytest.mark.parametrize("text", ["nul\0", "demi \ud800"])
@pytest.mark.parametrize("field", ["username", "email", "password", "first_name", "mairie"])
def test_what_cannot_be_stored_is_refused_in_a_form_too(db, field, text):
    body = "".join(
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in {**BODY, field: text}.items()
    )
    answer = post(
        "register",
        (body + "--x--\r\n").encode("utf-8", "surrogatepass"),
        content_type="multipart/form-data; boundary=x",
    )
    # A half character is read as U+FFFD, which is text like another.
    assert answer.status_code == 400 or "\ud800" in text
    assert answer.status_code in {201, 400}


def test_a_username_is_taken_whatever_its_case(db):
    UtilisateurFactory(username="Élodie")
    assert register(username="élodie").json()["fields"] == {
        "username": ["Ce nom d'utilisateur est déjà pris."]
    }
    assert register(username="éLODIE").status_code == 400


def test_an_address_is_one_identity_whatever_its_case(db):
    register(email="Aline@EXEMPLE.CM")
    assert Utilisateur.objects.get().email == "aline@exemple.cm"
    assert signs_in("ALINE@exemple.CM", GOOD_PASSWORD)


def test_nothing_tells_whether_the_address_is_known(db):
    UtilisateurFactory(email="verifiee@exemple.cm")
    UtilisateurFactory(email="fermee@exemple.cm", is_active=False)
    UtilisateurFactory(email="revendiquee@exemple.cm", non_verifie=True)
    answers = set()
    for n, name in enumerate(["verifiee", "fermee", "revendiquee", "inconnue"]):
        status, headers, body = seen(register(username=f"nom{n}", email=f"{name}@exemple.cm"))
        body = body.replace(f"{name}@".encode(), b"x@").replace(f"nom{n}".encode(), b"nom")
        headers.pop("Content-Length", None)
        answers.add((status, str(headers), body))
    assert len(answers) == 1


def test_the_same_work_is_done_whether_the_address_is_known(db, settings):
    settings.PASSWORD_HASHERS = ["users.tests.flows.CountingHasher"]
    UtilisateurFactory(email="verifiee@exemple.cm")
    work = set()
    for n, email in enumerate(["chauffe@exemple.cm", "verifiee@exemple.cm", "inconnue@exemple.cm"]):
        CountingHasher.hashes = 0
        with CaptureQueriesContext(
            connection,
        ) as queries:
            register(username=f"nom{n}", email=email)
        if n:
            work.add((len(queries), CountingHasher.hashes))
    assert len(work) == 1
    assert work.pop()[1] == 1


def test_the_holder_of_a_known_address_is_told_and_gets_no_code(db, mailbox):
    UtilisateurFactory(email="aline@exemple.cm", langue="en")
    register(username="voleuse")
    (message,) = mailbox()
    assert message.to == ["aline@exemple.cm"]
    assert message.subject == in_english("Vous avez déjà un compte")
    assert "https://ecms.test/mot-de-passe-oublie" in message.body


@pytest.mark.parametrize(
    "extra",
    [
        {"role_user": "AGENT"},
        {"is_staff": True},
        {"is_superuser": True},
        {"is_verified": True, "email_verifie": True},
        {"groups": [1], "user_permissions": [1]},
        {"is_active": False},
        {"telephone_verifie": True},
        {"id": 99999, "date_joined": "2000-01-01T00:00:00Z"},
        {"profilagentcommunal": {"mairie": "yaounde"}, "agent": {"mairie": "yaounde"}},
    ],
)
def test_nothing_else_can_be_assigned(yaounde, extra):
    assert register(**extra, mairie="yaounde").status_code == 201
    account = Utilisateur.objects.get(username="aline")
    assert account.role_user == "CITOYEN"
    assert (account.is_staff, account.is_superuser, account.is_verified) == (False,) * 3
    assert (account.is_active, account.telephone_verifie) == (True, False)
    assert account.pk != 99999
    assert not account.groups.exists()
    assert account.mairie_agent is None


def test_registrations_of_one_address_are_limited(db, settings):
    settings.RATES = {**settings.RATES, "inscription_adresse": (2, 3600)}
    answers = [register(username=f"nom{n}") for n in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 429]
    assert int(answers[2]["Retry-After"]) > 3500


def test_nobody_occupies_the_address_of_another(db, mailbox):
    """Pre-hijack: an account that claimed the address first has nothing of its owner's."""
    register(username="voleur", password="Mot-du-voleur-1")
    stolen = post("login", {"username": "voleur", "password": "Mot-du-voleur-1"}).json()
    register(username="aline")
    code = code_in(mailbox()[-1])
    tokens = post("login", {"username": "aline", "password": GOOD_PASSWORD}).json()
    confirm = {"code_otp": code}
    thief = {"HTTP_AUTHORIZATION": f"Bearer {stolen['access']}"}
    assert post("email/verify/confirm", confirm, **thief).status_code == 400
    owner = {"HTTP_AUTHORIZATION": f"Bearer {tokens['access']}"}
    assert post("email/verify/confirm", confirm, **owner).status_code == 200
    assert not signs_in("aline@exemple.cm", "Mot-du-voleur-1")
    assert signs_in("aline@exemple.cm", GOOD_PASSWORD)
    assert Utilisateur.objects.get(username="voleur").email is None


@pytest.mark.django_db(transaction=True)
def test_ten_at_once_take_a_name_once(settings):
    answers = together(
        *[lambda n=n: register(username="Aline" if n % 2 else "aline") for n in range(10)]
    )
    assert sorted(answer.status_code for answer in answers) == [201] + [400] * 9
    assert Utilisateur.objects.count() == 1


def create_superuser(monkeypatch, **options):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", GOOD_PASSWORD)
    call_command("createsuperuser", "--noinput", verbosity=0, **options)


def test_createsuperuser_works_at_once(db, monkeypatch, client):
    UtilisateurFactory(non_verifie=True, email="chef@exemple.cm")
    create_superuser(monkeypatch, username="chef", email="Chef@exemple.CM")
    chef = Utilisateur.objects.get(username="chef")
    assert chef.is_verified
    assert Utilisateur.objects.filter(email="chef@exemple.cm").get() == chef
    assert len(enrol_at_the_door(client, "chef@exemple.cm", GOOD_PASSWORD)) == 10
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize(
    "options",
    [
        {"username": "chef", "email": "aline@exemple.cm"},
        {"username": "ALINE", "email": "chef@exemple.cm"},
    ],
)
def test_createsuperuser_says_what_is_taken(db, monkeypatch, options):
    UtilisateurFactory(username="aline", email="aline@exemple.cm")
    with pytest.raises(CommandError):
        create_superuser(monkeypatch, **options)
    assert Utilisateur.objects.count() == 1
