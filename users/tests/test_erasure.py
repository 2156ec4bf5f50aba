from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from ecms.exceptions import DomainError
from ecms.tests.together import together
from users.models import ProfilAgentCommunal, Session, Utilisateur
from users.services import erasure
from users.tests.factories import PASSWORD, TokenVerificationFactory, UtilisateurFactory
from users.tests.flows import AUTH, bearer, is_open, post, refreshes, signs_in
from users.tests.second_factor import code_of, enrol, wrong_code

URL = f"{AUTH}/profile"


@pytest.fixture
def tokens(chantal):
    return post("login", {"username": "chantal", "password": PASSWORD}).json()


def erase(tokens, password=PASSWORD):
    return bearer(tokens["access"]).delete(URL, {"current_password": password})


def test_it_works(tokens, chantal, mailbox):
    TokenVerificationFactory(utilisateur=chantal)
    assert erase(tokens).status_code == 200
    assert not is_open(tokens["access"])
    assert not refreshes(tokens["refresh"])
    assert not signs_in("chantal", PASSWORD)
    assert mailbox()[-1].to == ["chantal@exemple.cm"]
    assert not Session.objects.exists()


def test_no_name_is_left(chantal):
    Utilisateur.objects.update(
        first_name="Chantal-C", last_name="Ndongo-C", adresse="Rue-C", lieu_naissance="Lieu-C",
        telephone="+237677000001", date_naissance="1990-01-02", avatar_url="/media/C.webp",
    )  # fmt: skip
    erasure.anonymise(chantal)
    row = str(Utilisateur.objects.values().get(pk=chantal.pk))
    for word in ("chantal", "-C", "677000001", "1990", "C.webp", "exemple.cm"):
        assert word not in row


def test_the_picture_goes_too(chantal, settings, django_capture_on_commit_callbacks):
    name = default_storage.save("users/avatars/moi.webp", ContentFile(b"x"))
    Utilisateur.objects.update(avatar_url=f"https://api.ecms.test/media/{name}")
    with django_capture_on_commit_callbacks(execute=True):
        erasure.anonymise(chantal)
    assert not Path(settings.MEDIA_ROOT, name).exists()


def test_an_agent_is_one_no_more(awa, nadege, api):
    erasure.anonymise(awa)
    awa = Utilisateur.objects.get(pk=awa.pk)
    assert (awa.is_staff, awa.role_user, awa.groups.count()) == (False, "CITOYEN", 0)
    assert not ProfilAgentCommunal.objects.exists()
    assert api(nadege).post(f"/api/v1/utilisateurs/{awa.pk}/activer").status_code == 404


def test_nobody_can_stand_in_the_way(chantal):
    """By registering the name that an erased account would get."""
    erasure.anonymise(chantal)
    name = Utilisateur.objects.get(pk=chantal.pk).username
    body = {"username": name, "email": "a@exemple.cm", "password": "Bananes-plantains-7"}
    assert post("register", body).json()["fields"].keys() == {"username"}


def test_the_address_and_the_name_are_free_again(chantal):
    erasure.anonymise(chantal)
    UtilisateurFactory(username="chantal", email="chantal@exemple.cm")


def test_the_current_password_is_needed(tokens):
    assert erase(tokens, "faux").json()["fields"].keys() == {"current_password"}
    assert bearer(tokens["access"]).delete(URL).status_code == 400
    assert is_open(tokens["access"])


def test_the_last_national_administrator_stays(nadege, api):
    client = api(nadege)
    body = {"current_password": PASSWORD}
    UtilisateurFactory(admin_national=True, is_active=False)
    answer = client.delete(URL, body)
    assert answer.status_code == 409
    assert answer.json()["code"] == "dernier_administrateur"
    UtilisateurFactory(admin_national=True)
    assert client.delete(URL, body).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_two_administrators_do_not_leave_at_once():
    both = UtilisateurFactory.create_batch(2, admin_national=True)

    def leave(account):
        try:
            erasure.anonymise(account)
        except DomainError as error:
            return error.code
        return None

    left = together(*[lambda account=account: leave(account) for account in both])
    assert sorted(left, key=str) == [None, "dernier_administrateur"]
    assert Utilisateur.objects.filter(is_superuser=True, is_active=True).count() == 1


def test_a_second_factor_is_asked_for(chantal, api):
    secret = enrol(chantal)
    body = {"current_password": PASSWORD}
    for code in ({}, {"code_2fa": ""}, {"code_2fa": wrong_code(secret)}):
        answer = api(chantal).delete(URL, {**body, **code})
        assert answer.status_code == 400
        assert answer.json()["fields"].keys() == {"code_2fa"}
    answer = api(chantal).delete(URL, {**body, "code_2fa": code_of(secret)})
    assert answer.status_code == 200, answer.content


def test_guesses_are_counted(tokens, settings):
    settings.RATES = {**settings.RATES, "connexion_compte": (2, 60)}
    for _guess in range(2):
        assert erase(tokens, "faux").status_code == 400
    answer = erase(tokens)
    assert answer.status_code == 429
    assert answer["Retry-After"]
    assert is_open(tokens["access"])


def test_nobody_is_erased_by_the_mairie(chantal, awa, nadege, api):
    for agent in (awa, nadege):
        address = f"/api/v1/utilisateurs/{chantal.pk}"
        assert api(agent).delete(address).status_code in {404, 405}
    chantal.refresh_from_db()
    assert chantal.is_active
