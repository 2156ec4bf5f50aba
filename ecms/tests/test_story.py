"""The story of the README, over HTTP, against the served application and a real mail server."""

import http.cookiejar
import re
import urllib.parse
import urllib.request

import pytest
from django.core.management import call_command

from ecms.tests.client import Client, send
from ecms.tests.files import small_pdf
from ecms.tests.served import Mailbox, code_in, served
from users.tests.factories import UtilisateurFactory
from users.tests.second_factor import code_of, enrol

pytestmark = [pytest.mark.served, pytest.mark.django_db(transaction=True)]

MAYOR = "secretariat@limbe.example"
CITIZEN = "citoyenne@exemple.example"
PASSWORDS = {
    "national": "Sapelli-rouge-58",
    "agent": "Iroko-debout-41",
    "citizen": "Moabi-ancien-73",
}


def choose_password_in_the_admin(root: str, address: str, password: str, mailbox: Mailbox) -> None:
    """The page that the invitation names, as a browser without scripts uses it."""
    opener = urllib.request.build_opener(
        urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
    )
    page = f"{root}/admin/mot-de-passe/"

    def post(html: str, **fields) -> str:
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', html)[1]
        data = urllib.parse.urlencode({"csrfmiddlewaretoken": token, **fields}).encode()
        status, answer = send(urllib.request.Request(page, data, {"Referer": page}), opener)
        assert status == 200
        return answer

    html = post(send(page, opener)[1], email=address)
    code = code_in(mailbox.wait_for(address, "mot de passe"))
    answer = post(html, email=address, code_otp=code, password=password, password_confirm=password)
    assert "Votre mot de passe est choisi" in answer


def open_the_space(visitor: Client, national: Client, mailbox: Mailbox) -> None:
    demande = {
        "mairie": "limbe-1er",
        "nom_demandeur": "Secrétaire général",
        "fonction_demandeur": "Secrétariat général",
        "email": MAYOR,
        "telephone": "+237 699 00 11 22",
        "justificatif": small_pdf(),
    }
    visitor("POST", "demandes-creation-site", form=demande, expect=201)
    mailbox.wait_for(MAYOR, "demande est reçue")
    (waiting,) = national("GET", "demandes-creation-site?statut=en_attente", expect=200)["results"]
    national("POST", f"demandes-creation-site/{waiting['id']}/valider", expect=200)
    national("POST", f"demandes-creation-site/{waiting['id']}/valider", expect=409)
    assert visitor("GET", "mairies/limbe-1er", expect=200)["statut"] == "active"


def publish(agent: Client, visitor: Client) -> None:
    agent(
        "POST",
        "actualites",
        {
            "titre": "Journée de propreté à Limbé",
            "contenu": "<p>Rendez-vous jeudi à 8 h.</p><script>alert(1)</script>",
            "statut": "publiee",
            "mairie": "douala-1er",
        },
        expect=201,
    )
    (news,) = visitor("GET", "actualites?mairie=limbe-1er", expect=200)["results"]
    whole = visitor("GET", f"actualites/{news['slug']}?mairie=limbe-1er", expect=200)
    assert whole["contenu"] == "<p>Rendez-vous jeudi à 8 h.</p>"
    assert visitor("GET", "actualites?mairie=douala-1er", expect=200)["count"] == 0


def live_as_a_citizen(citizen: Client, mailbox: Mailbox) -> None:
    account = {"username": "citoyenne", "email": CITIZEN, "password": PASSWORDS["citizen"]}
    citizen("POST", "auth/register", {**account, "consentement": True}, expect=201)
    citizen.sign_in("citoyenne", PASSWORDS["citizen"])
    code = code_in(mailbox.wait_for(CITIZEN, "code de vérification"))
    citizen("POST", "auth/email/verify/confirm", {"code_otp": code}, expect=200)
    assert citizen("GET", "auth/profile", expect=200)["is_verified"] is True

    citizen.tokens = citizen(
        "POST", "auth/token/refresh", {"refresh": citizen.tokens["refresh"]}, expect=200
    )
    citizen("GET", "auth/profile", expect=200)

    citizen("POST", "auth/password/forgot", {"email": CITIZEN.upper()}, expect=200)
    code = code_in(mailbox.wait_for(CITIZEN, "mot de passe"))
    reset = {"email": CITIZEN, "code_otp": code, "password": "Bubinga-veine-19"}
    citizen("POST", "auth/password/reset", reset, expect=200)
    citizen("GET", "auth/profile", expect=401)
    mailbox.wait_for(CITIZEN, "mot de passe a changé")

    citizen.tokens = {}
    citizen.sign_in("citoyenne", "Bubinga-veine-19")
    citizen("POST", "auth/logout", {}, expect=200)
    citizen("GET", "auth/profile", expect=401)


def test_a_mairie_opens_its_space_and_a_citizen_lives_with_it(settings, tmp_path):
    settings.PASSWORD_HASHERS = ["users.hashers.Argon2"]
    call_command("import_collectivites", verbosity=0)
    secret = enrol(
        UtilisateurFactory(username="national", password=PASSWORDS["national"], admin_national=True)
    )

    with Mailbox() as mailbox, served(mailbox, tmp_path) as root:
        visitor, national, agent, citizen = (Client(root) for _ in range(4))
        assert visitor("GET", "mairies", expect=200)["count"] == 374
        national.sign_in("national", PASSWORDS["national"], code_of(secret))

        open_the_space(visitor, national, mailbox)
        invitation = mailbox.wait_for(MAYOR, "Bienvenue")
        assert "/admin/mot-de-passe/" in invitation.get_body(("plain",)).get_content()
        choose_password_in_the_admin(root, MAYOR, PASSWORDS["agent"], mailbox)

        agent.sign_in(MAYOR, PASSWORDS["agent"])
        publish(agent, visitor)
        live_as_a_citizen(citizen, mailbox)
