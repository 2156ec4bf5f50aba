"""What citizens and their mairie do with one another, over HTTP, against the served application
and a real mail server."""

import io
import time
from datetime import date, datetime

import icalendar
import pypdf
import pytest

from demarches.tests.dossiers import CHAMPS, PIECES
from demarches.tests.factories import FormulaireFactory
from demarches.tests.rendez_vous import lundi, service_ouvert
from ecms.tests.client import Client, fetch
from ecms.tests.files import photo, small_pdf
from ecms.tests.served import Mailbox, served
from users.tests.factories import PASSWORD

pytestmark = [pytest.mark.served, pytest.mark.django_db(transaction=True)]

DESK = "etat-civil@exemple.example"
CITIZEN = "eloise@exemple.example"
CONTACT = {"nom_demandeur": "Éloïse Ñkolo", "email_demandeur": CITIZEN}


@pytest.fixture
def town(settings, yaounde, douala, awa, brice):
    """Yaoundé, with a desk that takes appointments and a procedure; Awa and Brice can sign in."""
    settings.PASSWORD_HASHERS = ["users.hashers.Argon2"]
    for agent in (awa, brice):
        agent.set_password(PASSWORD)
        agent.save()
    return yaounde


@pytest.fixture
def desk(town):
    return service_ouvert(town, nom="État civil")


@pytest.fixture
def formulaire(town, desk):
    return FormulaireFactory(
        mairie=town,
        service=desk,
        nom="Copie d'acte de naissance",
        champs=CHAMPS,
        pieces_requises=PIECES,
        delai_jours=3,
        cout_xaf=1500,
        email_notification=DESK,
    )


@pytest.fixture
def world(town, desk, formulaire, tmp_path):
    """A visitor, the agents of two mairies, and the mail server."""
    with Mailbox() as mailbox, served(mailbox, tmp_path) as root:
        people = {name: Client(root) for name in ("visitor", "awa", "brice")}
        for name in ("awa", "brice"):
            people[name].sign_in(name, PASSWORD)
        yield people["visitor"], people["awa"], people["brice"], mailbox


def text_of(message) -> str:
    return message.get_body(("plain",)).get_content()


def eventually(act, *, seconds: float = 20):
    """What `act` returns once it does not fail any more."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return act()
        except AssertionError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def is_closed_to(other: Client, *doors: tuple[str, str]) -> None:
    for method, path in doors:
        other(method, path, None if method == "GET" else {}, expect=404)


def test_from_a_request_to_a_report(world, formulaire, desk):
    a_dossier(*world, formulaire.pk)
    an_appointment(*world, desk.pk)
    a_problem(*world)


def a_dossier(visitor, awa, brice, mailbox, formulaire: int) -> None:
    body = {"formulaire": formulaire, **CONTACT, "donnees": {"quartier": "Etoudi", "enfants": 2}}
    begun = visitor("POST", "demarches", body, expect=201)
    numero, secret = begun["numero_suivi"], {"code_suivi": begun["code_suivi"]}
    path = f"demarches/{begun['id']}"
    awa("GET", path, expect=404)

    refused = visitor("POST", f"{path}/deposer", secret, expect=400)
    assert "identite" in str(refused)
    paper = {**secret, "champ": "identite", "fichier": small_pdf()}
    visitor("POST", f"{path}/pieces", form=paper, expect=201)
    filed = visitor("POST", f"{path}/deposer", secret, expect=200)
    assert date.fromisoformat(filed["echeance"]) > date.today()
    told = text_of(mailbox.wait_for(CITIZEN, f"{numero} déposé"))
    assert begun["code_suivi"] in told
    assert begun["code_suivi"] not in text_of(mailbox.wait_for(DESK, numero))
    the_receipt(visitor, path, numero, secret)

    is_closed_to(
        brice,
        ("GET", path),
        ("GET", f"{path}/pieces"),
        ("GET", f"{path}/suivi"),
        ("GET", f"{path}/recepisse"),
        ("POST", f"{path}/recepisse/lien"),
        ("POST", f"{path}/prendre-en-charge"),
        ("POST", f"{path}/annuler"),
    )
    assert brice("GET", "demarches", expect=200)["count"] == 0
    the_mairie_answers(visitor, awa, mailbox, path, numero, secret)


def the_receipt(visitor, path: str, numero: str, secret: dict) -> None:
    link = eventually(lambda: visitor("POST", f"{path}/recepisse/lien", secret, expect=200))
    (page,) = pypdf.PdfReader(io.BytesIO(fetch(link["url"]))).pages
    read = page.extract_text()
    for said in (numero, "Yaoundé", "Éloïse Ñkolo", "Copie d'acte de naissance"):
        assert said in read
    assert secret["code_suivi"] not in read


def the_mairie_answers(visitor, awa, mailbox, path: str, numero: str, secret: dict) -> None:
    def acts(name: str, subject: str, **body):
        awa("POST", f"{path}/{name}", body, expect=200)
        return text_of(mailbox.wait_for(CITIZEN, subject))

    acts("prendre-en-charge", f"{numero} pris en charge")
    motif = "Le verso de la carte, s'il vous plaît."
    assert motif in acts("demander-piece", "pièce est demandée", motif=motif)
    visitor("POST", f"{path}/completer", secret, expect=409)
    paper = {**secret, "champ": "identite", "fichier": small_pdf()}
    visitor("POST", f"{path}/pieces", form=paper, expect=201)
    assert visitor("POST", f"{path}/completer", secret, expect=200)["statut"] == "en_cours"
    mailbox.wait_for("awa@example.cm", "pièce reçue")

    acts("valider", f"{numero} accepté")
    assert "1500 FCFA" in acts("preparer", f"{numero} prêt")
    acts("remettre", "document remis")
    awa("POST", f"{path}/remettre", {}, expect=409)
    followed = visitor("POST", "suivi", {"numero_suivi": numero, **secret}, expect=200)
    moves = [line["statut"] for line in followed["historique"] if line["statut"]]
    expected = "deposee en_cours piece_demandee en_cours validee prete remise"
    assert moves == expected.split()


def an_appointment(visitor, awa, brice, mailbox, desk: int) -> None:
    day = lundi()
    free = visitor("GET", f"creneaux?service={desk}&du={day}&au={day}", expect=200)
    first, second = [slot["debut"] for slot in free["jours"][0]["creneaux"]][:2]
    body = {"service": desk, "debut": first, "nom": "Fatima Bello", "email": CITIZEN}
    booked = visitor("POST", "rendez-vous", body, expect=201)
    entry = the_entry(mailbox.wait_for(CITIZEN, "confirmé"))
    assert (entry["DTSTART"].dt, entry["SEQUENCE"]) == (datetime.fromisoformat(first), 0)

    path, secret = f"rendez-vous/{booked['id']}", {"code": booked["code"]}
    is_closed_to(
        brice,
        ("GET", path),
        ("GET", f"{path}/agenda"),
        ("POST", f"{path}/annuler"),
        ("POST", f"{path}/honorer"),
    )
    visitor("POST", f"{path}/deplacer", {"code": "FAUX", "debut": second}, expect=404)
    visitor("POST", f"{path}/deplacer", {**secret, "debut": second}, expect=200)
    moved = the_entry(mailbox.wait_for(CITIZEN, "déplacé"))
    assert moved["UID"] == entry["UID"]
    assert (moved["DTSTART"].dt, moved["SEQUENCE"]) == (datetime.fromisoformat(second), 1)
    assert awa("GET", path, expect=200)["nom"] == "Fatima Bello"


def the_entry(message):
    (file,) = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
    calendar = icalendar.Calendar.from_ical(file.get_content())
    assert calendar["METHOD"] == file.get_param("method") == "PUBLISH"
    (entry,) = calendar.walk("VEVENT")
    return entry


def a_problem(visitor, awa, brice, mailbox) -> None:
    report = {
        "mairie": "yaounde",
        "categorie": "eclairage",
        "titre": "Lampadaire éteint",
        "description": "La rue est dans le noir depuis lundi.",
        "repere": "Derrière l'école publique",
        "email": CITIZEN,
        "photos": photo((320, 240)),
    }
    filed = visitor("POST", "signalements", form=report, expect=201)
    assert filed["code_suivi"] in text_of(mailbox.wait_for(CITIZEN, "Signalement reçu"))

    path = f"signalements/{filed['id']}"
    is_closed_to(brice, ("POST", f"{path}/prendre-en-charge"), ("POST", f"{path}/resoudre"))
    assert "email" not in brice("GET", path, expect=200)
    said = "Ampoule remplacée ce matin."
    awa("POST", f"{path}/resoudre", {"message": said}, expect=200)
    assert said in text_of(mailbox.wait_for(CITIZEN, "Résolu"))

    (shown,) = visitor("GET", "signalements?mairie=yaounde", expect=200)["results"]
    assert (shown["statut"], len(shown["photos"])) == ("resolu", 1)
    assert not {"email", "numero_suivi", "code_suivi"} & set(shown)
