"""Lists of the admin: found whatever the accents, and counted no further than 10,000."""

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from documents.models import Actualite
from documents.tests.factories import ActualiteFactory, DocumentOfficielFactory
from ecms.admin.lists import AtLeast, CappedPaginator
from mairies.models import Mairie
from mairies.tests.factories import MairieFactory
from users.models import Utilisateur
from users.tests.factories import UtilisateurFactory

LIST = "/admin/documents/actualite/"


@pytest.fixture
def browser(nadege):
    client = Client()
    client.force_login(nadege, backend="users.backends.Backend")
    return client


def found(model, words: str, rf, user) -> set[str]:
    model_admin = admin.site._registry[model]
    request = rf.get("/")
    request.user = user
    rows = model_admin.get_queryset(request)
    return {str(row) for row in model_admin.get_search_results(request, rows, words)[0]}


@pytest.mark.parametrize(
    ("words", "nom"),
    [
        ("Yaoundé", "Yaoundé VIII"),
        ("yaounde", "Yaoundé VIII"),
        ("YAOUNDÉ viii", "Yaoundé VIII"),
        ("« Yaoundé VIII »", "Yaoundé VIII"),
        ('"yaounde viii"', "Yaoundé VIII"),
        ("N'Gaoundéré", "N'Gaoundéré IV"),
        ("n’gaoundere", "N'Gaoundéré IV"),
        ("N GAOUNDERE iv", "N'Gaoundéré IV"),
    ],
)
def test_accents_case_and_quotes_do_not_count(words, nom, rf, nadege):
    MairieFactory(nom="Yaoundé VIII", slug="y8")
    MairieFactory(nom="N'Gaoundéré IV", slug="n4")
    assert found(Mairie, words, rf, nadege) == {nom}


def test_two_words_over_two_fields(rf, nadege):
    UtilisateurFactory(username="u1", first_name="Hélène", last_name="Mbarga")
    UtilisateurFactory(username="u2", first_name="Hélène", last_name="Étoga")
    assert found(Utilisateur, "helene etoga", rf, nadege) == {"u2"}
    assert found(Utilisateur, "etoga helene", rf, nadege) == {"u2"}
    assert found(Utilisateur, "helene absente", rf, nadege) == set()


def test_signs_of_patterns_are_letters(rf, nadege):
    ActualiteFactory(titre="50 % d'aide")
    ActualiteFactory(titre="Rien")
    assert found(Actualite, "%", rf, nadege) == {"50 % d'aide"}


def test_a_long_or_broken_text_is_an_answer(browser):
    for words in ("a" * 5000, "é " * 3000, "a\x00b", "\x00", "'", '"', "\\"):
        assert browser.get(LIST, {"q": words}).status_code in {200, 302, 400}, words


def test_beyond_a_hundred_characters_nothing_is_read(rf, nadege):
    ActualiteFactory(titre="Marché")
    assert found(Actualite, "marche" + " " * 100 + "absent", rf, nadege) == {"Marché"}
    assert found(Actualite, "\x00marché\x00", rf, nadege) == {"Marché"}


def test_every_list_that_has_a_search_answers(browser):
    for model, model_admin in admin.site._registry.items():
        if model_admin.search_fields:
            address = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
            assert browser.get(address, {"q": "été d'hiver"}).status_code == 200, model


def test_another_mairie_is_not_found(rf, brice, yaounde, douala):
    ActualiteFactory(mairie=yaounde, titre="Fête de Yaoundé")
    ActualiteFactory(mairie=douala, titre="Fête de Douala")
    assert found(Actualite, "fete", rf, brice) == {"Fête de Douala"}


def test_pickers_search_the_same_way(browser):
    asked = {
        "app_label": "documents", "model_name": "documentofficiel", "field_name": "remplace_par",
    }  # fmt: skip
    row = DocumentOfficielFactory(titre="Arrêté du marché")
    answer = browser.get("/admin/autocomplete/", {**asked, "term": "MARCHE arrete"})
    assert [each["id"] for each in answer.json()["results"]] == [str(row.pk)]
    for term in ("a" * 5000, "é\x00"):
        assert browser.get("/admin/autocomplete/", {**asked, "term": term}).status_code < 500


def counts(browser, address: str) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(address).status_code == 200
    return [query["sql"] for query in captured if query["sql"].startswith("SELECT COUNT(")]


def test_no_list_counts_all_its_rows(browser):
    for model in admin.site._registry:
        for question in ("", "?q=a"):
            address = f"/admin/{model._meta.app_label}/{model._meta.model_name}/{question}"
            unbounded = [sql for sql in counts(browser, address) if "LIMIT 10001" not in sql]
            assert unbounded == [], address


def test_a_history_and_a_picker_count_no_further(browser, yaounde):
    row = ActualiteFactory(mairie=yaounde)
    asked = "app_label=documents&model_name=documentofficiel&field_name=remplace_par&term=a"
    for address in (f"{LIST}{row.pk}/history/", f"/admin/autocomplete/?{asked}"):
        assert [sql for sql in counts(browser, address) if "LIMIT 10001" not in sql] == [], address


@pytest.mark.parametrize(("language", "shown"), [("fr", "4+"), ("en", "4+")])
def test_a_list_that_goes_on_says_so(language, shown, browser, monkeypatch):
    monkeypatch.setattr(CappedPaginator, "counted", 4)
    monkeypatch.setattr(type(admin.site._registry[Actualite]), "list_per_page", 2)
    ActualiteFactory.create_batch(7)
    headers = {"accept-language": language}
    page = " ".join(browser.get(LIST, headers=headers).content.decode().split())
    things = {"fr": "actualités", "en": "news items"}[language]
    assert f"{shown} {things}" in page
    assert "p=2" in page
    assert "p=3" not in page
    assert browser.get(LIST, {"p": 2}).status_code == 200
    assert browser.get(LIST, {"p": 3}).status_code == 302


def test_a_short_list_is_counted_exactly(browser):
    ActualiteFactory.create_batch(3)
    page = " ".join(browser.get(LIST, headers={"accept-language": "fr"}).content.decode().split())
    assert "3 actualités" in page


@pytest.mark.parametrize(("language", "shown"), [("fr", "10\xa0000+"), ("en", "10,000+")])
def test_a_stopped_count_is_written_as_the_reader_writes_numbers(language, shown):
    with translation.override(language):
        assert str(AtLeast(10_000)) == shown
        assert AtLeast(10_000) > 9_999
