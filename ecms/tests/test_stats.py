"""The figures that anyone may see."""

import pytest

from demarches.tests.factories import FormulaireFactory
from documents.tests.factories import ActualiteFactory, DocumentOfficielFactory, PageCMSFactory
from ecms.scoping import ScopedQuerySet
from ecms.stats import declared
from ecms.tests import walking
from mairies.tests.factories import MairieFactory
from projets.tests.factories import ProjetFactory

URL = "/api/v1/stats"

pytestmark = pytest.mark.django_db


@pytest.fixture
def figures(yaounde, douala):
    MairieFactory(inactive=True)
    for mairie in (yaounde, yaounde, douala):
        ActualiteFactory(mairie=mairie, publiee=True)
        DocumentOfficielFactory(mairie=mairie, publie=True)
        PageCMSFactory(mairie=mairie, publiee=True)
        ProjetFactory(mairie=mairie, public=True, budget_xaf=9 * 10**15, depense_xaf=5)
        ActualiteFactory(mairie=mairie)
        DocumentOfficielFactory(mairie=mairie)
        PageCMSFactory(mairie=mairie)
        ProjetFactory(mairie=mairie)
        FormulaireFactory(mairie=mairie, service=None)
    ProjetFactory(mairie=douala, public=True, budget_xaf=None)


def test_of_the_country(api, figures):
    body = api().get(URL).json()
    assert body["mairies"] == {"nombre": 3, "active": 2, "non_activee": 1, "suspendue": 0}
    for name in ("actualites", "documents", "pages", "formulaires"):
        assert body[name] == {"nombre": 3}
    assert body["projets"] == {"nombre": 4, "budget_xaf": 27 * 10**15, "depense_xaf": 15}
    assert body["faq"] == body["evenements"] == {"nombre": 0}


def test_of_a_mairie(api, figures):
    body = api().get(URL, {"mairie": "yaounde"}).json()
    assert body["mairies"] == {"nombre": 1, "active": 1, "non_activee": 0, "suspendue": 0}
    assert body["actualites"] == {"nombre": 2}
    assert body["projets"] == {"nombre": 2, "budget_xaf": 18 * 10**15, "depense_xaf": 10}
    assert api().get(URL, {"mairie": "nulle-part"}).status_code == 400


def test_agents_see_the_same(api, figures, awa, nadege):
    assert api().get(URL).json() == api(awa).get(URL).json() == api(nadege).get(URL).json()


@pytest.mark.parametrize("figures", declared(), ids=lambda f: f.name)
def test_only_public_rows_are_counted(figures, yaounde):
    walking.rows_of(figures.model, yaounde)
    public = figures.model._default_manager.visible_to_public().count()
    assert figures.compute(None)["nombre"] == figures.compute(yaounde)["nombre"] == public


def test_every_figure_goes_through_the_public_scope(monkeypatch, api, figures):
    monkeypatch.setattr(ScopedQuerySet, "visible_to_public", lambda rows: rows.none())
    assert {n for each in api().get(URL).json().values() for n in each.values()} == {0}


def test_it_may_be_kept_a_minute(api, awa, figures):
    answer = api().get(URL)
    assert answer["Cache-Control"] == "public, max-age=60"
    again = api().get(URL, headers={"if-none-match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert api(awa).get(URL)["Cache-Control"] == "private, no-store"


def test_the_number_of_queries_is_that_of_the_models(api, figures, django_assert_max_num_queries):
    with django_assert_max_num_queries(len(declared()) + 3):
        api().get(URL)
