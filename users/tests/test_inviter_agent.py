import pytest
from django.contrib.auth.models import Group, Permission

from ecms.tests.together import together
from mairies.tests.factories import MairieFactory, ServiceMunicipalFactory
from users.models import ProfilAgentCommunal, Utilisateur
from users.tests.factories import PASSWORD, UtilisateurFactory, agent_of
from users.tests.flows import GOOD_PASSWORD, code_in, in_english, post, signs_in

URL = "/api/v1/utilisateurs/inviter-agent"
BODY = {
    "email": "Paul@EXEMPLE.cm",
    "first_name": "Paul",
    "last_name": "Étoundi",
    "groupes": ["Contenu"],
    "fonction": "Chargé de communication",
}


def invite(client, **changes):
    return client.post(URL, {**BODY, **changes})


def test_it_works(awa, api, yaounde, mailbox):
    """From the invitation to the first sign-in."""
    answer = invite(api(awa))
    assert answer.status_code == 201
    body = answer.json()
    assert (body["mairie"], body["groupes"], body["email"]) == (
        "yaounde",
        ["Contenu"],
        "paul@exemple.cm",
    )
    (message,) = mailbox()
    assert "https://api.ecms.test/admin/mot-de-passe/" in message.body
    post("password/forgot", {"email": "paul@exemple.cm"})
    reset = {
        "email": "paul@exemple.cm",
        "code_otp": code_in(mailbox()[-1]),
        "password": GOOD_PASSWORD,
    }
    assert post("password/reset", reset).status_code == 200
    assert signs_in(body["username"], GOOD_PASSWORD)
    paul = Utilisateur.objects.get(pk=body["id"])
    assert paul.mairie_agent == yaounde
    assert paul.has_perm("documents.add_actualite")


def test_nobody_signs_in_before_a_password_is_chosen(awa, api):
    invite(api(awa))
    for password in ("", "!", "None"):
        body = {"username": "paul@exemple.cm", "password": password}
        assert post("login", body).status_code in {400, 401}


@pytest.mark.parametrize(
    "changes",
    [
        {"email": "x"},
        {"email": ""},
        {"first_name": ""},
        {"last_name": "x" * 151},
        {"groupes": []},
        {"groupes": ["Inconnu"]},
        {"groupes": "Contenu"},
        {"groupes": [{"a": 1}]},
        {"service": 999999},
        {"service": "abc"},
    ],
)
def test_an_invalid_body(awa, api, changes):
    assert invite(api(awa), **changes).status_code == 400
    assert not Utilisateur.objects.filter(email="paul@exemple.cm").exists()


def test_nobody_grants_more_than_they_hold(yaounde, api):
    inviter = agent_of(yaounde, groups=["Contenu"])
    inviter.user_permissions.set(Permission.objects.filter(codename="add_utilisateur"))
    assert invite(api(inviter), groupes=["Contenu"]).status_code == 201
    for name in ("Administration de la mairie", "Guichet"):
        answer = invite(api(inviter), email="autre@exemple.cm", groupes=["Contenu", name])
        assert answer.json()["fields"].keys() == {"groupes"}
    assert not Utilisateur.objects.filter(email="autre@exemple.cm").exists()


def test_a_group_that_was_given_more_is_not_granted_any_more(awa, api):
    Group.objects.get(name="Contenu").permissions.add(
        Permission.objects.get(codename="delete_utilisateur")
    )
    assert invite(api(awa)).json()["fields"].keys() == {"groupes"}


@pytest.mark.parametrize(
    "extra",
    [
        {"is_superuser": True},
        {"is_staff": False},
        {"is_verified": True},
        {"role_user": "CITOYEN"},
        {"password": GOOD_PASSWORD},
        {"user_permissions": [1]},
        {"mairie": "douala"},
    ],
)
def test_nothing_else_can_be_assigned(awa, douala, api, extra):
    assert invite(api(awa), **extra).status_code == 201
    paul = Utilisateur.objects.get(email="paul@exemple.cm")
    assert not paul.is_superuser
    assert not paul.is_verified
    assert not paul.has_usable_password()
    assert paul.mairie_agent.slug == "yaounde"


def test_the_service_of_another_mairie_is_refused(awa, api, douala, yaounde):
    theirs, ours = ServiceMunicipalFactory(mairie=douala), ServiceMunicipalFactory(mairie=yaounde)
    assert invite(api(awa), service=theirs.pk).json()["fields"].keys() == {"service"}
    assert invite(api(awa), service=ours.pk).json()["service"] == ours.pk


def test_the_national_administrator_names_the_mairie(nadege, api, douala):
    assert invite(api(nadege)).json()["fields"].keys() == {"mairie"}
    assert invite(api(nadege), mairie="douala").json()["mairie"] == "douala"


def test_a_citizen_keeps_their_account(awa, api, chantal, yaounde):
    answer = invite(api(awa), email="Chantal@exemple.cm")
    assert answer.json()["username"] == "chantal"
    assert signs_in("chantal", PASSWORD)
    chantal = Utilisateur.objects.get(pk=chantal.pk)
    assert chantal.mairie_agent == yaounde
    assert chantal.first_name == ""


def test_a_claim_is_not_its_owner(awa, api):
    """Whoever registered with the address first does not become the agent."""
    claim = UtilisateurFactory(email="paul@exemple.cm", non_verifie=True)
    invite(api(awa))
    claim.refresh_from_db()
    assert not claim.is_staff
    assert Utilisateur.objects.filter(email="paul@exemple.cm").count() == 2


@pytest.mark.parametrize("whose", ["awa", "brice", "nadege"])
def test_an_agent_is_refused(awa, brice, nadege, api, whose):
    answer = invite(api(awa), email=f"{whose}@example.cm")
    assert answer.status_code == 409
    assert answer.json()["code"] == "deja_agent"


def test_whoever_was_invited_is_refused(awa, brice, api):
    invite(api(awa))
    assert invite(api(brice)).json()["code"] == "deja_agent"


def test_a_closed_account_is_refused(awa, api, chantal):
    Utilisateur.objects.filter(pk=chantal.pk).update(is_active=False)
    answer = invite(api(awa), email="chantal@exemple.cm")
    assert answer.json()["code"] == "compte_desactive"


def test_homonyms_get_names_of_their_own(awa, api):
    names = {invite(api(awa), email=f"paul{n}@exemple.cm").json()["username"] for n in range(3)}
    assert names == {"paul-etoundi", "paul-etoundi-2", "paul-etoundi-3"}


def test_a_permission_is_needed(yaounde, chantal, api):
    reader = agent_of(yaounde, groups=["Lecture"])
    assert invite(api(reader)).status_code == 403
    assert invite(api(chantal)).status_code == 403


def test_a_suspended_mairie_invites_nobody(awa, yaounde, api):
    client = api(awa)
    yaounde.statut = "suspendue"
    yaounde.save()
    assert invite(client).status_code == 403
    assert not Utilisateur.objects.filter(email="paul@exemple.cm").exists()


def test_a_visitor(api, db):
    assert invite(api()).status_code == 401


def test_the_mail_is_in_the_language_of_the_account(awa, api, chantal, mailbox):
    Utilisateur.objects.filter(pk=chantal.pk).update(langue="en")
    invite(api(awa), email="chantal@exemple.cm")
    assert mailbox()[-1].subject == in_english("Bienvenue parmi les agents")


@pytest.mark.django_db(transaction=True)
def test_two_mairies_at_once_invite_one_person_once(api):
    inviters = [agent_of(MairieFactory()) for _ in range(2)]
    clients = [api(inviter) for inviter in inviters]
    answers = together(*[lambda client=client: invite(client) for client in clients])
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert ProfilAgentCommunal.objects.filter(utilisateur__email="paul@exemple.cm").count() == 1
