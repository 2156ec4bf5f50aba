"""Each page of the admin is in one language: walked with all that is registered."""

import re
from html.parser import HTMLParser

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.functional import cached_property

from demarches.services import demarches as dossiers
from demarches.tests.factories import FormulaireFactory
from documents.models import FAQ, Actualite
from ecms import catalogues
from ecms.admin import permission_label
from ecms.tests import walking
from evenements.tests.factories import NewsletterFactory
from mairies.tests.factories import ServiceMunicipalFactory

# Where a message has a value.
HOLE = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}")
READ_OUT = {"title", "placeholder", "aria-label", "alt", "data-placeholder"}
UNSEEN = {"script", "style"}
ROW_PAGES = ("change", "delete", "history")
# Those that belong to no row.
ALONE = (
    "/admin/",
    "/admin/?periode=annee",
    "/admin/mot-de-passe/",
    "/admin/second-facteur/",
    "/admin/second-facteur/activer/",
    "/admin/second-facteur/codes/",
    "/admin/search/?s=mairie&extended=1",
    "/admin/search/?s=zzz&extended=1",
    "/admin/demarches/rendezvous/agenda/",
)


class Text(HTMLParser):
    """What a page says to its reader, piece by piece, the names of its icons left out."""

    def __init__(self, page: str):
        super().__init__()
        self.pieces, self.muted = set(), False
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.muted = tag in UNSEEN or "material-symbols" in (given.get("class") or "")
        self.pieces |= {_plain(given[name]) for name in READ_OUT & given.keys() if given[name]}
        if given.get("type") in {"submit", "button"} and given.get("value"):
            self.pieces.add(_plain(given["value"]))

    def handle_endtag(self, tag):
        self.muted = False

    def handle_data(self, data):
        if not self.muted:
            self.pieces.add(_plain(data))


class Sentence:
    """A message, as it is found in a page: a word alone, several of them anywhere."""

    def __init__(self, text: str):
        self.text = text
        self.parts = [_plain(part) for part in HOLE.split(text.replace("%%", "%"))]
        self.words = len(re.findall(r"\w{2,}", " ".join(self.parts)))
        self.longest = max(self.parts, key=len)

    @property
    def is_telling(self) -> bool:
        """Whether more is fixed of it than a preposition between two values."""
        return self.words > 1 or (self.words == 1 and len(self.parts) == 1)

    @cached_property
    def pattern(self) -> re.Pattern:
        return re.compile(r"(?<!\w)" + r".+".join(map(re.escape, self.parts)) + r"(?!\w)")

    def is_said_in(self, piece: str) -> bool:
        if self.words == 1:
            return self.longest == piece
        return self.longest in piece and self.pattern.search(piece) is not None


def _plain(text: str) -> str:
    return " ".join(text.split())


def sentences(packages, language: str) -> list[Sentence]:
    """The messages of these packages that the reader of `language` has to read as other words."""
    with translation.override(language):
        read = {
            catalogues._shown(message): _read(message)
            for message in catalogues.messages(catalogues.extract(packages))
        }
    right = {text.lower() for text in read.values()}
    found = [Sentence(text) for text in read if text.lower() not in right]
    return [sentence for sentence in found if sentence.is_telling]


def _read(message) -> str:
    text = catalogues._shown(message)
    if message.context:
        return translation.pgettext(message.context, text)
    if message.pluralizable:
        return translation.ngettext(*message.id, 1)
    return translation.gettext(text)


def walked(client, mairie):
    """(address, what it says) of the pages of every model, those that the person may open."""
    for address in _addresses(mairie):
        answer = client.get(address)
        assert answer.status_code in {200, 302, 403}, address
        if answer.status_code == 200:
            yield address, Text(answer.content.decode()).pieces


def _addresses(mairie):
    yield from ALONE
    for model, model_admin in admin.site._registry.items():
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        yield reverse("admin:app_list", args=[model._meta.app_label])
        yield reverse(f"{name}_changelist")
        yield reverse(f"{name}_changelist") + "?q=zzz"
        yield reverse(f"{name}_add")
        ours = model._meta.app_label in walking.OURS
        for row in walking.rows_of(model, mairie)[:1] if ours else model._base_manager.all()[:1]:
            yield from (reverse(f"{name}_{page}", args=[row.pk]) for page in ROW_PAGES)
            for step in getattr(model_admin, "steps", ()):
                yield reverse(f"{name}_step", args=[row.pk, step.name])
        if getattr(model_admin, "imported", None):
            yield reverse(f"{name}_changelist") + "importer/"


@pytest.fixture
def reading(nadege):
    """The browser of the administrator, or of somebody else, that asks for a language."""

    def browser(language: str, person=nadege) -> Client:
        client = Client(headers={"accept-language": language})
        client.force_login(person, backend="users.backends.Backend")
        return client

    return browser


def said(pages, unwanted: list[Sentence]) -> set:
    """(message, piece, an address) of each message that is in the text of a page."""
    where = {piece: address for address, pieces in pages for piece in pieces}
    return {
        (sentence.text, piece, address)
        for piece, address in where.items()
        for sentence in unwanted
        if sentence.is_said_in(piece)
    }


def test_a_french_page_says_nothing_of_unfold_in_english(reading, yaounde):
    english = sentences(["unfold"], "fr")
    assert len(english) > 80
    assert said(walked(reading("fr"), yaounde), english) == set()


def test_an_english_page_says_nothing_of_ours_in_french(reading, yaounde):
    found = said(walked(reading("en"), yaounde), sentences(catalogues.OURS, "en"))
    # The rows are in the words of whoever wrote them: these are French.
    rows = {
        *Group.objects.values_list("name", flat=True),
        *FAQ.objects.values_list("reponse", flat=True),
    }
    assert {each for each in found if each[1] not in rows} == set()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_desk_of_an_agent_is_in_one_language(reading, awa, yaounde, language):
    service = ServiceMunicipalFactory(mairie=yaounde, nom="Zed", rdv_en_ligne=True)
    formulaire = FormulaireFactory(mairie=yaounde, nom="Zed", champs=[])
    draft = dossiers.commencer(
        formulaire,
        par=awa,
        canal="guichet",
        nom_demandeur="Zed",
        telephone_demandeur="+237690000001",
        langue=language,
    )
    letter = NewsletterFactory(mairie=yaounde, titre="Zed", contenu="<p>Zed</p>")
    agenda = "/admin/demarches/rendezvous/agenda/"
    addresses = [
        "/admin/",
        *(agenda, f"{agenda}?service={service.pk}", f"{agenda}?service={service.pk}&vue=jour"),
        f"/admin/demarches/rendezvous/add/?service={service.pk}",
        f"/admin/demarches/demarcheadministrative/{draft.pk}/reponses/",
        f"/admin/demarches/demarcheadministrative/{draft.pk}/change/",
        f"/admin/evenements/newsletter/{letter.pk}/apercu/",
    ]
    client, pages = reading(language, awa), []
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 200, address
        pages.append((address, Text(answer.content.decode()).pieces))
    other = sentences(["unfold"] if language == "fr" else catalogues.OURS, language)
    rows = set(Group.objects.values_list("name", flat=True))
    assert {each for each in said(pages, other) if each[1] not in rows} == set()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_door_is_in_the_language_of_the_reader(language, db):
    page = Client(headers={"accept-language": language}).get("/admin/login/").content.decode()
    pieces = Text(page).pieces
    other = sentences(["unfold"] if language == "fr" else catalogues.OURS, language)
    assert said([("/admin/login/", pieces)], other) == set()
    assert ("Bienvenue sur" if language == "fr" else "Welcome back to") in pieces


def test_the_measure_sees_english():
    pieces = Text('<p>12 <b>Type to search</b></p><a title="Select record"></a><i>Save</i>').pieces
    found = {text for text, _, _ in said([("/", pieces)], sentences(["unfold"], "fr"))}
    assert found >= {"Type to search", "Select record"}


def test_rights_are_named_in_the_language_of_the_reader(db):
    right = Permission.objects.select_related("content_type").get(codename="add_actualite")
    with translation.override("fr"):
        assert permission_label(right) == "Publications | actualité | ajouter"
    with translation.override("en"):
        assert permission_label(right) == "Publications | news item | add"


def test_other_rights_keep_their_name(db):
    right = Permission.objects.select_related("content_type").get(codename="add_actualite")
    right.codename, right.name = "relire_actualite", "Relire"
    assert permission_label(right).endswith("| Relire")


def test_what_is_refused_and_confirmed_is_said_in_french(reading, yaounde):
    client, (row, *_) = reading("fr"), walking.rows_of(Actualite, yaounde)
    asked = {"action": "delete_selected", "_selected_action": [row.pk]}
    pages = [
        ("refused", Text(client.post("/admin/documents/actualite/add/", {}).content.decode())),
        ("confirmed", Text(client.post("/admin/documents/actualite/", asked).content.decode())),
    ]
    said_there = [(name, page.pieces) for name, page in pages]
    assert "Ce champ est obligatoire." in said_there[0][1]
    assert "Oui, je suis sûr" in said_there[1][1]
    assert said(said_there, sentences(["unfold"], "fr")) == set()


def test_a_group_is_deleted_without_a_line_per_right(reading, db):
    group = Group.objects.create(name="Essai")
    group.permissions.set(Permission.objects.all()[:5])
    address = f"/admin/auth/group/{group.pk}/delete/"
    page = reading("fr").get(address).content.decode()
    assert "Essai" in page
    assert "Group_permissions" not in page
    assert reading("fr").post(address, {"post": "yes"}).status_code == 302
    assert not Group.objects.filter(pk=group.pk).exists()
