"""Full text: French words in any of their forms, and the signs that people know from the web."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from documents.models import FAQ
from documents.tests.factories import ActualiteFactory, FAQFactory, PageCMSFactory

pytestmark = pytest.mark.django_db


def found(api, words: str, address="faqs", **asked) -> list[str]:
    answer = api().get(f"/api/v1/{address}", {"search": words, **asked})
    assert answer.status_code == 200, answer.content
    return [row.get("question") or row["titre"] for row in answer.json()["results"]]


@pytest.fixture
def shelf(yaounde):
    for question, reponse in (
        ("Démarches d'État-civil", "Une naissance, un mariage."),
        ("L'œuvre de la commune", "Des écoles et de l'eau potable."),
        ("Eau et marchés", "Le marché central ; les droits de place."),
    ):
        FAQFactory(mairie=yaounde, question=question, reponse=f"<p>{reponse}</p>")


@pytest.mark.parametrize(
    "words",
    [
        "demarche",
        "DÉMARCHES",
        "État-civil",
        "etat civil",
        "d'état",
        "naissances",
        "mariages civils",
    ],
)
def test_it_works(api, shelf, words):
    assert found(api, words) == ["Démarches d'État-civil"]


@pytest.mark.parametrize("words", ["oeuvres", "ŒUVRE", "l’œuvre", "ecole"])
def test_ligatures_and_apostrophes(api, shelf, words):
    assert found(api, words) == ["L'œuvre de la commune"]


@pytest.mark.parametrize(
    ("words", "rows"),
    [
        ("eau", {"L'œuvre de la commune", "Eau et marchés"}),
        ("eau marché", {"Eau et marchés"}),
        ('"eau potable"', {"L'œuvre de la commune"}),
        ('"potable eau"', set()),
        ("potable or mariage", {"L'œuvre de la commune", "Démarches d'État-civil"}),
        ("eau -marché", {"L'œuvre de la commune"}),
        ("eau -état-civil", {"L'œuvre de la commune", "Eau et marchés"}),
        ('eau -"droits de place"', {"L'œuvre de la commune"}),
        ("-eau", {"Démarches d'État-civil"}),
        ("eau piscine", set()),
    ],
)
def test_the_signs_of_the_web(api, shelf, words, rows):
    assert set(found(api, words)) == rows


@pytest.mark.parametrize(
    "words", ["& | ! ( ) :* <->", "'; --", '"', '-"', "- -", "%", "\\", "-" * 100, "le", "or or"]
)
def test_no_sign_is_a_fault(api, shelf, words):
    assert len(found(api, words)) <= 3


def test_no_word_is_no_question(api, shelf):
    for words in ("", "   ", "-", "_", "''"):
        assert len(found(api, words)) == 3


def test_a_search_has_a_length(api):
    answer = api().get("/api/v1/faqs", {"search": "a" * 101})
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["search"])


def test_the_best_comes_first_unless_an_order_is_asked(api, yaounde):
    for address, make, heavy in (
        ("faqs", FAQFactory, {"question": "Marché"}),
        ("pages", PageCMSFactory, {"titre": "Marché", "publiee": True}),
        ("actualites", ActualiteFactory, {"titre": "Marché", "publiee": True, "ordre": 0}),
    ):
        named = next(iter(heavy))
        heavy.pop("ordre", None)
        text = "reponse" if address == "faqs" else "contenu"
        light = {**heavy, named: "Autre", text: "<p>Le marché.</p>"}
        make(mairie=yaounde, **{**heavy, text: "<p>x</p>"})
        make(mairie=yaounde, **light)
        assert found(api, "marchés", address) == ["Marché", "Autre"]
        assert found(api, "marchés", address, mairie="yaounde") == ["Marché", "Autre"]
        by_date = found(api, "marchés", address, ordering="-date_modification")
        assert by_date == ["Autre", "Marché"]


def test_what_is_pinned_does_not_come_before_the_best(api, yaounde):
    ActualiteFactory(mairie=yaounde, titre="Marché", publiee=True)
    ActualiteFactory(
        mairie=yaounde, titre="Épinglée", contenu="<p>Marché</p>", publiee=True, epinglee=True
    )
    assert found(api, "marché", "actualites", mairie="yaounde") == ["Marché", "Épinglée"]


def test_the_index_is_used(api, yaounde):
    FAQ.objects.bulk_create(
        FAQ(mairie=yaounde, question=f"Question {n} mot{n % 500}", reponse="<p>Lundi.</p>" * 20)
        for n in range(4000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE documents_faq")
    with CaptureQueriesContext(connection) as queries:
        assert len(found(api, "mot7")) == 8
    (page,) = [q["sql"] for q in queries if "ORDER BY ts_rank" in q["sql"]]
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + page)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "documents_faq_texte" in plan
