"""The story of the README, over HTTP, against the served application and a real mail server."""

import http.cookiejar
import json
import re
import urllib.error
import urllib.parse
import urllib.request
import uuid

import pytest
from django.core.management import call_command

from ecms.tests.files import small_pdf
from ecms.tests.served import Mailbox, code_in, served
from users.tests.factories import UtilisateurFactory

pytestmark = [pytest.mark.served, pytest.mark.django_db(transaction=True)]

MAYOR = "secretariat@limbe.example"
CITIZEN = "citoyenne@exemple.example"
PASSWORDS = {
    "national": "Sapelli-rouge-58",
    "agent": "Iroko-debout-41",
    "citizen": "Moabi-ancien-73",
}


class Client:
    """JSON over HTTP, by someone who may be signed in."""

    def __init__(self, root: str):
        self.root = f"{root}/api/v1/"
        self.tokens = {}

    def __call__(self, method: str, path: str, body=None, *, form=None, expect: int):
        headers = {"Accept-Language": "fr"}
        if access := self.tokens.get("access"):
            headers["Authorization"] = f"Bearer {access}"
        data = None
        if body is not None:
            data, headers["Content-Type"] = json.dumps(body).encode(), "application/json"
        if form is not None:
            data, headers["Content-Type"] = multipart(form)
        request = urllib.request.Request(self.root + path, data, headers, method=method)
        status, answer = send(request)
        assert status == expect, answer
        return json.loads(answer) if answer else None

    def sign_in(self, name: str, password: str) -> None:
        self.tokens = self(
            "POST", "auth/login", {"username": name, "password": password}, expect=200
        )


def send(request, opener=urllib.request) -> tuple[int, str]:
    open_ = getattr(opener, "open", None) or opener.urlopen
    try:
        with open_(request, timeout=20) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def multipart(form: dict) -> tuple[bytes, str]:
    boundary = uuid.uuid4().hex
    parts = []
    for name, value in form.items():
        head = f'Content-Disposition: form-data; name="{name}"'
        if isinstance(value, bytes):
            head += f'; filename="{name}.pdf"\r\nContent-Type: application/pdf'
        content = value if isinstance(value, bytes) else value.encode()
        parts.append(f"--{boundary}\r\n{head}\r\n\r\n".encode() + content + b"\r\n")
    return b"".join(
        parts
    ) + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


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
    UtilisateurFactory(username="national", password=PASSWORDS["national"], admin_national=True)

    with Mailbox() as mailbox, served(mailbox, tmp_path) as root:
        visitor, national, agent, citizen = (Client(root) for _ in range(4))
        assert visitor("GET", "mairies", expect=200)["count"] == 374
        national.sign_in("national", PASSWORDS["national"])

        open_the_space(visitor, national, mailbox)
        invitation = mailbox.wait_for(MAYOR, "Bienvenue")
        assert "/admin/mot-de-passe/" in invitation.get_body(("plain",)).get_content()
        choose_password_in_the_admin(root, MAYOR, PASSWORDS["agent"], mailbox)

        agent.sign_in(MAYOR, PASSWORDS["agent"])
        publish(agent, visitor)
        live_as_a_citizen(citizen, mailbox)
