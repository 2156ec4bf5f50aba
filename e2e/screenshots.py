"""The pictures of docs/agents, taken of the demonstration: `script/screenshots`."""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from django.db.models import Model
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Page, expect

from demarches.models import DemarcheAdministrative, Formulaire, RendezVous, Signalement
from documents.models import FAQ, Actualite
from e2e.desk import Desk
from ecms.management.demo.accounts import DEMO_PASSWORD
from evenements.models import Newsletter
from mairies.models import DemandeCreationSite, ServiceMunicipal
from projets.models import Projet
from users.models import Utilisateur
from users.tests.second_factor import code_of

FOLDER = Path(settings.BASE_DIR) / "docs" / "agents" / "images"
MAIRIE = "yaounde-1er"
AGENT, EDITOR, NATIONAL = f"agent.{MAIRIE}", f"contenu.{MAIRIE}", "admin"
# Whoever reads the guide on a telephone pays for it.
MOST_BYTES = 80_000
SCREEN = {"viewport": {"width": 1280, "height": 800}}
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}


@dataclass(frozen=True)
class Picture:
    """What `who` sees at `path` of the admin, once `prepared`."""

    name: str
    path: str | Callable[[], str]
    who: str = AGENT
    prepared: Callable[[Page], None] = lambda page: None
    phone: bool = False


def row(model: type[Model], page: str = "change", **lookups) -> Callable[[], str]:
    """The address of a row of the demonstration, the first one of those `lookups`."""

    def address() -> str:
        found = model.objects.filter(**lookups).order_by("pk").first()
        return f"{model._meta.app_label}/{model._meta.model_name}/{found.pk}/{page}/"

    return address


def here(**lookups) -> dict:
    return {"mairie__slug": MAIRIE, **lookups}


def agenda() -> str:
    """The week of the first appointment to come."""
    soon = RendezVous.objects.filter(
        **here(statut="confirme", debut__gt=timezone.now(), service__nom="État civil")
    ).earliest("debut")
    day = timezone.localdate(soon.debut).isoformat()
    return f"demarches/rendezvous/agenda/?service={soon.service_id}&semaine={day}"


def below(selector: str) -> Callable[[Page], None]:
    """The page scrolled until `selector` is at its top, under the bar that stays."""

    def scroll(page: Page) -> None:
        found = page.locator(selector).first
        found.evaluate("found => scrollTo(0, found.getBoundingClientRect().top + scrollY - 90)")

    return scroll


def to_the_end(page: Page) -> None:
    page.evaluate("scrollTo(0, document.body.scrollHeight)")


def question_open(page: Page) -> None:
    """The one with answers to choose from."""
    card = page.locator("[data-constructeur=id_champs-schema] fieldset[data-cle]").nth(4)
    card.locator("legend button").click()
    card.evaluate("card => scrollTo(0, card.getBoundingClientRect().top + scrollY - 160)")


def place_free(page: Page) -> None:
    page.locator("a[href*='rendezvous/add/?']").nth(1).click()
    page.wait_for_load_state("networkidle")


def examined(page: Page) -> None:
    """A list of questions with a new one, a known one and one that is wrong."""
    known = FAQ.objects.filter(**here()).first()
    lines = [
        "Question;Réponse;Catégorie;Ordre;Affichée",
        "Où payer la taxe de marché ?;À la recette municipale.;Marchés;1;oui",
        f"{known.question};De 7 h 30 à 15 h 30, du lundi au vendredi.;{known.categorie};;oui",
        "Qui nettoie les caniveaux ?;Le service d'hygiène.;Propreté;bientôt;oui",
    ]
    content = "\n".join(lines).encode()
    page.locator("input[type=file]").set_input_files(
        {"name": "questions.csv", "mimeType": "text/csv", "buffer": content}
    )
    page.get_by_role("button", name="Vérifier le fichier").click()
    page.wait_for_load_state("networkidle")


PICTURES = [
    Picture("accueil", ""),
    Picture("accueil-telephone", "", phone=True),
    Picture("dossiers", "demarches/demarcheadministrative/"),
    Picture("dossier", row(DemarcheAdministrative, **here(statut="en_cours"))),
    Picture(
        "dossier-historique",
        row(DemarcheAdministrative, **here(statut="en_cours")),
        prepared=to_the_end,
    ),
    Picture(
        "demander-une-piece",
        row(DemarcheAdministrative, "etape/demander_piece", **here(statut="en_cours")),
    ),
    Picture("agenda", agenda),
    Picture("reserver", agenda, prepared=place_free),
    Picture("signalement", row(Signalement, **here(statut="signale")), phone=True),
    Picture("actualite", row(Actualite, **here(statut="publiee")), EDITOR),
    Picture("evenement-lieu", "evenements/evenement/add/", EDITOR, below(".ecms-map")),
    Picture("newsletter", row(Newsletter, **here(statut="brouillon")), EDITOR),
    Picture("projet", row(Projet, **here(statut="en_cours")), prepared=below("text=Calendrier")),
    Picture(
        "formulaire", row(Formulaire, **here(type="certificat_residence")), prepared=question_open
    ),
    Picture(
        "horaires",
        row(ServiceMunicipal, **here(nom="État civil")),
        prepared=below("[data-horaires=horaires]"),
    ),
    Picture("importer", "documents/faq/importer/", EDITOR, examined),
    Picture("accueil-national", "", NATIONAL, below("text=Mairies par état")),
    Picture("demande", row(DemandeCreationSite), NATIONAL),
]


@pytest.fixture(scope="session")
def browser_language():
    """Dates and hours that the browser writes are in French too."""
    return "fr"


@pytest.fixture
def sit_down(site, browser):
    contexts = []

    def sit(who: str = "", *, phone: bool = False) -> Desk:
        context = browser.new_context(
            locale="fr-FR",
            timezone_id="Africa/Douala",
            reduced_motion="reduce",
            **(PHONE if phone else SCREEN),
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        desk = Desk(context.new_page(), site.url, "fr", phone)
        if who:
            desk.sign_in_as(Utilisateur.objects.get(username=who))
        return desk

    yield sit
    for context in contexts:
        context.close()


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)
def test_picture(sit_down, picture):
    desk = sit_down(picture.who, phone=picture.phone)
    path = picture.path if isinstance(picture.path, str) else picture.path()
    assert desk.open(path).status == 200
    picture.prepared(desk.page)
    take(desk, picture.name)


def test_pictures_of_the_door(sit_down):
    """Whoever signs in for the first time: the code to photograph, then those to keep."""
    desk = sit_down()
    page = desk.page
    desk.open("")
    page.locator("[name=username]").fill(AGENT)
    page.locator("[name=password]").fill(DEMO_PASSWORD)
    page.get_by_role("button", name="Connexion").click()
    page.wait_for_load_state("networkidle")
    take(desk, "second-facteur")
    page.get_by_text("Je ne peux pas photographier le code").click()
    secret = page.locator(".second-facteur-secret").inner_text().replace(" ", "")
    page.get_by_label("Code à six chiffres que l'application affiche").fill(code_of(secret))
    page.get_by_role("button", name="Activer et entrer").click()
    expect(page.locator("#codes-de-secours")).to_be_visible()
    take(desk, "codes-de-secours")


def take(desk: Desk, name: str) -> None:
    """What is on the screen now, as docs/agents/images/`name`.webp."""
    desk.page.wait_for_load_state("networkidle")
    desk.page.evaluate("document.activeElement?.blur()")
    # What is drawn, is drawn after the last file has come.
    desk.page.wait_for_timeout(1_000)
    assert not desk.said, desk.said
    shot = Image.open(BytesIO(desk.page.screenshot(animations="disabled", caret="hide")))
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{name}.webp").write_bytes(small(shot.convert("RGB")))


def small(shot: Image.Image) -> bytes:
    """As good as it may be below `MOST_BYTES`."""
    for quality in (80, 65, 50, 35):
        file = BytesIO()
        shot.save(file, "WEBP", quality=quality, method=6)
        if len(file.getvalue()) < MOST_BYTES:
            return file.getvalue()
    raise AssertionError(f"{len(file.getvalue())} bytes")
