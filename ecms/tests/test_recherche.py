"""What a search finds, and what it never does."""

from datetime import timedelta

import pytest
from django.utils import timezone

from demarches.tests.factories import FormulaireFactory
from documents.tests.factories import (
    ActualiteFactory,
    DocumentOfficielFactory,
    FAQFactory,
    PageCMSFactory,
)
from documents.workflow import Statut
from ecms.recherche import declared
from ecms.scoping import ScopedQuerySet
from ecms.tests import walking
from evenements.tests.factories import EvenementFactory
from evenements.workflow import StatutEvenement
from mairies.tests.factories import MairieFactory
from mairies.workflow import StatutMairie
from projets.tests.factories import ProjetFactory

URL = "/api/v1/recherche"
# How each type is made public, and under which name its title goes.
PUBLIC = {
    "actualite": (ActualiteFactory, {"publiee": True}, "titre"),
    "document": (DocumentOfficielFactory, {"publie": True}, "titre"),
    "page": (PageCMSFactory, {"publiee": True}, "titre"),
    "faq": (FAQFactory, {}, "question"),
    "evenement": (EvenementFactory, {"publie": True}, "titre"),
    "formulaire": (FormulaireFactory, {}, "nom"),
    "projet": (ProjetFactory, {"public": True}, "titre"),
}
DATES = {
    "actualite": "date_publication",
    "document": "date_publication",
    "evenement": "debut",
}

pytestmark = pytest.mark.django_db


def made(kind, titre, **fields):
    make, public, name = PUBLIC[kind]
    return make(**{**public, name: titre, **fields})


def found(client, q, **asked):
    answer = client.get(URL, {"q": q, **asked})
    assert answer.status_code == 200, answer.content
    body = answer.json()
    assert asked.get("page") or body["count"] >= len(body["results"])
    return body["results"]


def keys(results):
    return {(row["type"], row["id"]) for row in results}


# Each type ----------------------------------------------------------------------------------------


def test_every_declared_type_is_tested_here():
    assert {searchable.name for searchable in declared()} == set(PUBLIC)


@pytest.mark.parametrize("kind", PUBLIC)
def test_each_type_is_found_with_its_fields(api, yaounde, kind):
    row = made(kind, "Marché de Mokolo & <b>environs</b>", mairie=yaounde)
    (result,) = found(api(), "marche mokolo")
    assert result.pop("date")
    assert "extrait" in result
    assert result.pop("type_display")[0].isupper()
    del result["extrait"]
    assert result == {
        "type": kind,
        "id": row.pk,
        "slug": getattr(row, "slug", None),
        "mairie": "yaounde",
        "mairie_nom": "Yaoundé",
        "titre": "Marché de Mokolo & <b>environs</b>",
    }


def test_one_question_to_all_types(api, yaounde):
    rows = {(kind, made(kind, "Marché central").pk) for kind in PUBLIC}
    assert keys(found(api(), "marche")) == rows
    some = {key for key in rows if key[0] in {"faq", "projet"}}
    assert keys(found(api(), "marche", type="faq,projet")) == some
    assert keys(found(api(), "marche", type=" faq , projet,")) == some
    assert keys(found(api(), "marche", type="")) == rows


def test_the_name_of_a_type_is_in_the_language_of_the_reader(api):
    made("actualite", "Marché")
    (result,) = api().get(f"{URL}?q=marche", headers={"accept-language": "en"}).json()["results"]
    assert result["type_display"] == "News item"


# Who sees what ------------------------------------------------------------------------------------


@pytest.mark.parametrize("searchable", declared(), ids=lambda s: s.name)
def test_a_search_holds_public_rows_only(searchable, api, yaounde, nadege, awa):
    for row in walking.rows_of(searchable.model, yaounde):
        searchable.model._base_manager.filter(pk=row.pk).update(**{searchable.titre: "Mokolo"})
    rows = searchable.model._default_manager.visible_to_public()
    public = {(searchable.name, pk) for pk in rows.values_list("pk", flat=True)}
    assert public
    for user in (None, awa, nadege):
        assert keys(found(api(user), "mokolo")) == public


@pytest.mark.parametrize("searchable", declared(), ids=lambda s: s.name)
def test_each_declared_model_goes_through_its_public_scope(searchable, monkeypatch, api):
    made(searchable.name, "Mokolo")
    asked = []

    def nothing(rows):
        asked.append(rows.model)
        return rows.none()

    monkeypatch.setattr(ScopedQuerySet, "visible_to_public", nothing)
    assert found(api(), "mokolo") == []
    assert {each.model for each in declared()} <= set(asked)


def test_what_is_not_published_is_not_found(api, awa):
    tomorrow, yesterday = (timezone.now() + timedelta(days=d) for d in (1, -1))
    before = yesterday - timedelta(days=1)
    titre = "Mokolo"
    ActualiteFactory(titre=titre)
    ActualiteFactory(titre=titre, publiee=True, statut=Statut.ARCHIVEE)
    ActualiteFactory(titre=titre, publiee=True, date_publication=tomorrow)
    ActualiteFactory(titre=titre, publiee=True, date_publication=before, date_expiration=yesterday)
    DocumentOfficielFactory(titre=titre)
    DocumentOfficielFactory(titre=titre, publie=True, date_publication=tomorrow)
    PageCMSFactory(titre=titre)
    PageCMSFactory(titre=titre, statut=Statut.ARCHIVEE)
    FAQFactory(question=titre, est_active=False)
    EvenementFactory(titre=titre)
    FormulaireFactory(nom=titre, est_actif=False)
    ProjetFactory(titre=titre)
    assert found(api(), titre) == found(api(awa), titre) == []
    EvenementFactory(titre=titre, statut=StatutEvenement.ANNULE)
    assert len(found(api(), titre)) == 1


@pytest.mark.parametrize("statut", [StatutMairie.NON_ACTIVEE, StatutMairie.SUSPENDUE])
def test_a_mairie_that_is_not_active_has_nothing_to_find(api, statut):
    mairie = MairieFactory()
    for kind in PUBLIC:
        made(kind, "Mokolo", mairie=mairie)
    type(mairie).objects.filter(pk=mairie.pk).update(statut=statut)
    assert found(api(), "mokolo") == found(api(), "mokolo", mairie=mairie.slug) == []


def test_of_one_mairie(api, yaounde, douala):
    rows = {
        m.slug: {(kind, made(kind, "Mokolo", mairie=m).pk) for kind in PUBLIC}
        for m in (yaounde, douala)
    }
    for slug, expected in rows.items():
        results = found(api(), "mokolo", mairie=slug)
        assert keys(results) == expected
        assert {row["mairie"] for row in results} == {slug}


def test_between_two_days(api):
    # Yesterday's noon: at whatever hour this runs, nothing is published in the future.
    now = timezone.localtime().replace(hour=12) - timedelta(days=1)
    for kind in PUBLIC:
        row = made(kind, "Mokolo")
        name = DATES.get(kind) or next(s.date for s in declared() if s.name == kind)
        new = {name: now - timedelta(days=400)}
        new |= {"fin": now} if kind == "evenement" else {}
        type(row).objects.filter(pk=row.pk).update(**new)
        made(kind, "Mokolo", **({name: now - timedelta(hours=1)} if kind in DATES else {}))
    day = (now - timedelta(days=400)).date()
    before, after = day - timedelta(days=1), day + timedelta(days=1)
    assert len(found(api(), "mokolo")) == 14
    assert len(found(api(), "mokolo", depuis=day)) == 14
    assert len(found(api(), "mokolo", depuis=after)) == 7
    assert len(found(api(), "mokolo", jusqua=day)) == 7
    assert len(found(api(), "mokolo", jusqua=before)) == 0
    assert len(found(api(), "mokolo", depuis=day, jusqua=day)) == 7


# The best first -----------------------------------------------------------------------------------


def test_a_title_beats_a_text_however_long_or_recent(api):
    old = timezone.now() - timedelta(days=3650)
    title = made("actualite", "Vaccination", contenu="<p>x</p>", date_publication=old)
    text = made("actualite", "Santé", contenu="<p>vaccination</p>" * 200)
    summary = made("actualite", "Avis", resume="La vaccination", contenu="<p>x</p>")
    order = [row["id"] for row in found(api(), "vaccination")]
    assert order == [title.pk, summary.pk, text.pk]
    both = made("actualite", "Vaccination gratuite", contenu="<p>x</p>", date_publication=old)
    made("actualite", "Santé", contenu="<p>vaccination gratuite</p>" * 200)
    assert found(api(), "vaccination gratuite")[0]["id"] == both.pk


def test_of_equal_texts_the_recent_one_comes_first(api):
    now = timezone.now()
    days = [900, 3, 30, 2000, 365]
    rows = {
        d: made("actualite", "Vaccination", date_publication=now - timedelta(days=d)) for d in days
    }
    order = [row["id"] for row in found(api(), "vaccination")]
    assert order == [rows[d].pk for d in sorted(days)]


def test_pages_hold_each_row_once(api):
    for kind in PUBLIC:
        for _n in range(5):
            made(kind, "Mokolo")
    seen, url = [], f"{URL}?q=mokolo&page_size=4"
    while url:
        body = api().get(url).json()
        assert (body["count"], body["count_exact"]) == (35, True)
        seen += [(row["type"], row["id"]) for row in body["results"]]
        url = body["next"]
    assert len(seen) == len(set(seen)) == 35
    assert api().get(f"{URL}?q=mokolo&page=3&page_size=20").status_code == 404


# Caching and price --------------------------------------------------------------------------------


def test_what_a_visitor_found_may_be_kept_a_minute(api, awa):
    made("actualite", "Mokolo")
    answer = api().get(f"{URL}?q=mokolo")
    assert answer["Cache-Control"] == "public, max-age=60"
    again = api().get(f"{URL}?q=mokolo", headers={"if-none-match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert api(awa).get(f"{URL}?q=mokolo")["Cache-Control"] == "private, no-store"
    made("actualite", "Autre", date_publication=timezone.now() + timedelta(seconds=30))
    age = api().get(f"{URL}?q=mokolo")["Cache-Control"].rpartition("=")[2]
    assert 28 <= int(age) <= 30


def test_the_number_of_queries_is_that_of_the_types(api, django_assert_max_num_queries):
    for kind in PUBLIC:
        made(kind, "Mokolo")
    with django_assert_max_num_queries(14):
        assert len(found(api(), "mokolo")) == 7
    for kind in PUBLIC:
        for _n in range(6):
            made(kind, "Mokolo")
    with django_assert_max_num_queries(14):
        assert len(found(api(), "mokolo", page_size=50)) == 49
