"""Brice, of another mairie, at the addresses of what is not his: he is answered as if it were not
there."""

import pytest
from django.conf import settings
from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from demarches.tests.factories import (
    DemarcheAdministrativeFactory,
    FormulaireFactory,
    PieceJointeFactory,
    RendezVousFactory,
    SignalementFactory,
)
from documents.models import FAQ
from documents.tests.factories import ActualiteFactory
from e2e import people
from ecms.imports import services as imports
from evenements.tests.factories import NewsletterFactory
from mairies.models import DemandeCreationSite
from mairies.tests.factories import DemandeCreationSiteFactory, ServiceMunicipalFactory

PAGES = ["change/", "delete/", "history/"]
# Far beyond the numbers of what there is.
NOWHERE = 10_000_000
QUESTIONS = b"Question;R\xc3\xa9ponse\nO\xc3\xb9 ?;Ici.\n"


class Theirs:
    """What a mairie has; every title says `word`."""

    def __init__(self):
        self.word = people.anew("CANARI")
        self.mairie = people.town_hall()
        own = {"mairie": self.mairie}
        self.service = ServiceMunicipalFactory(**own, nom=f"Service {self.word}")
        form = FormulaireFactory(**own, service=self.service, slug=self.word.lower())
        self.dossier = DemarcheAdministrativeFactory(
            **own, formulaire=form, demandeur=None, nom_demandeur=self.word, **_numbers("D")
        )
        self.paper = PieceJointeFactory(**own, demarche=self.dossier)
        self.rows = [
            self.dossier,
            ActualiteFactory(**own, titre=self.word, slug=self.word.lower(), publiee=True),
            NewsletterFactory(**own, titre=self.word),
            SignalementFactory(**own, signaleur=None, titre=self.word, **_numbers("S")),
            RendezVousFactory(
                **own,
                service=self.service,
                citoyen=None,
                nom=self.word,
                debut=timezone.now(),
                code=people.anew("code"),
            ),
            DemandeCreationSiteFactory(nom_demandeur=f"Madame {self.word}", **_closed()),
            form,
            self.service,
            self.mairie,
        ]
        awa = people.agent(self.mairie)
        file = SimpleUploadedFile("questions.csv", QUESTIONS, "text/csv")
        self.file = imports.receive(FAQ, file, mairie=self.mairie, par=awa)


def _numbers(letter: str) -> dict[str, str]:
    return {"numero_suivi": people.anew(letter), "code_suivi": people.anew("code")}


def _closed() -> dict:
    return {"mairie": people.town_hall(inactive=True)}


@pytest.fixture
def theirs(site):
    return Theirs()


@pytest.fixture
def own_news(site):
    mairie = people.town_hall()
    for name in ("État civil", "Urbanisme"):
        ServiceMunicipalFactory(mairie=mairie, nom=name)
    return ActualiteFactory(mairie=mairie, titre=people.anew("La nôtre"), slug=people.anew("n"))


@pytest.fixture
def desk(sit_down, own_news):
    return sit_down(people.agent(own_news.mairie))


def listed(model, *rest) -> str:
    """An address of the admin, from the list of `model` on."""
    opts = model._meta
    where = reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")
    return where.removeprefix(f"/{settings.ADMIN_URL}") + "".join(str(each) for each in rest)


def pages_of(theirs, row) -> list[str]:
    """What follows the number of `row` in the addresses of its pages."""
    steps = [f"etape/{step.name}/" for step in admin.site._registry[type(row)].steps]
    others = {
        "newsletter": ["apercu/"],
        "demarcheadministrative": ["reponses/", "recepisse/", f"pieces/{theirs.paper.pk}/"],
        "demandecreationsite": ["justificatif/"],
    }
    return [*PAGES, *steps, *others.get(row._meta.model_name, [])]


def told(desk, path: str, number, form: dict | None = None) -> tuple:
    """What Brice is answered at `path`, `number` aside."""
    address = f"{desk.root}/{settings.ADMIN_URL}{path}"
    if form is None:
        answer = desk.page.request.get(address, max_redirects=0)
    else:
        answer = desk.page.request.post(address, form=form, max_redirects=0)
    where = answer.headers.get("location", "").replace(str(number), "NUMBER")
    body = "" if where else answer.text().replace(str(number), "NUMBER")
    return answer.status, where, body


@pytest.mark.parametrize("screen", ["desktop"])
@pytest.mark.parametrize("language", ["fr"])
def test_their_rows_are_not_there(desk, theirs):
    """Asked with his cookies: no page of these is looked at."""
    desk.open(listed(type(theirs.rows[1]), "add/"))
    token = desk.page.locator("[name=csrfmiddlewaretoken]").first.input_value()
    before = [_stored(row) for row in theirs.rows]
    for row in theirs.rows:
        for page in pages_of(theirs, row):
            for sent in _sent(page, token):
                there = told(desk, listed(type(row), row.pk, "/", page), row.pk, sent)
                absent = row.pk + NOWHERE
                nothing = told(desk, listed(type(row), absent, "/", page), absent, sent)
                assert there[0] in {302, 403, 404}, (row._meta.label, page, there)
                assert there == nothing, (row._meta.label, page)
    assert [_stored(row) for row in theirs.rows] == before


def _sent(page: str, token: str) -> list[dict | None]:
    """What `page` is asked with: a form where it may write, nothing where it is read."""
    form = {"post": "yes", "csrfmiddlewaretoken": token}
    if page == "change/":
        return [None, form]
    return [form if page == "delete/" or page.startswith("etape/") else None]


def _stored(row) -> dict:
    return type(row)._base_manager.filter(pk=row.pk).values().get()


def test_he_reads_that_there_is_nothing(desk, theirs):
    for row in theirs.rows:
        if isinstance(row, DemandeCreationSite):
            # The requests are not for the agents of any mairie.
            continue
        desk.open(listed(type(row), row.pk, "/change/"))
        said = desk.words("n’existe pas", "doesn’t exist")
        expect(desk.page.get_by_text(said).first).to_be_visible()
        assert theirs.word not in desk.page.content()
    desk.check()
    desk.open(listed(FAQ, "importer/", theirs.file.pk, "/"))
    said = "Ce fichier n'est pas, ou n'est plus, à confirmer."
    desk.expect_said(desk.words(said, "This file is not, or no longer, to be confirmed."))
    assert "questions.csv" not in desk.page.content()
    desk.check()


def test_lists_searches_and_files_have_only_his(desk, theirs, own_news):
    page = desk.page
    for row in theirs.rows[:5]:
        desk.open(listed(type(row), f"?q={theirs.word}"))
        assert theirs.word not in page.locator("#changelist").inner_text()
        for query in ("", f"?mairie__id__exact={theirs.mairie.pk}", f"?q={theirs.word}"):
            where = f"{desk.root}/{settings.ADMIN_URL}{listed(type(row), 'exporter/csv/', query)}"
            assert theirs.word not in page.request.get(where).text()
    where = f"{desk.root}/{settings.ADMIN_URL}{listed(type(own_news), 'exporter/csv/')}"
    assert own_news.titre in page.request.get(where).text()
    desk.check()


@pytest.mark.parametrize("place", ["agenda/", "add/"])
def test_the_agenda_of_a_service_of_theirs(desk, theirs, place):
    """As that of no service."""
    agenda = listed(type(theirs.rows[4]), place)
    read = []
    for service in (theirs.service.pk, theirs.service.pk + NOWHERE):
        desk.open(f"{agenda}?service={service}")
        assert theirs.word not in desk.page.content()
        read.append(desk.page.locator("#content").inner_text())
    assert read[0] == read[1]
    desk.check()
