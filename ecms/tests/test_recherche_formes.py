"""The words of a search: their forms, the operators, and what is no question at all."""

import pytest

from documents.tests.factories import ActualiteFactory, FAQFactory
from ecms.recherche import Query

URL = "/api/v1/recherche"

pytestmark = pytest.mark.django_db


def found(client, q, **asked):
    answer = client.get(URL, {"q": q, **asked})
    assert answer.status_code == 200, answer.content
    return answer.json()["results"]


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("Les démarches à suivre", "demarche"),
        ("Une demarche simple", "DÉMARCHES"),
        ("L'état-civil est ouvert", "État-civil"),
        ("L’état civil est ouvert", "etat-civil"),
        ("L'ÉTAT-CIVIL", "etat civil"),
        ("Une œuvre d'art", "oeuvres"),
        ("Des oeuvres d'art", "œuvre"),
        ("La fête de l'été", "ete"),
        ("Pendant ete et hiver", "l'été"),
        ("Le marché rouvrira", "rouvrir le marche"),
        ("Inscription des élèves", "inscriptions d'un eleve"),
        ("Nous recenserons les habitants", "recenser l'habitant"),
        ("Les marchés municipaux", "marche municipal"),
        ("Paiement des taxes communales", "payement taxe communale OR paiement"),
        ("La mairie célèbre les mariages", "CELEBRER MARIAGE"),
        ("Arrêté n° 045/2026", "arrete 045/2026"),
        ("Nai\u0308ve e\u0301cole", "école"),
        ("Public notice: water supply in Buea", "water supply buea"),
        ("Birth certificates are free", "birth certificate"),
        ("Garbage collection on Mondays", "garbage collection monday"),
    ],
)
def test_forms_of_a_word(api, written, asked):
    row = ActualiteFactory(publiee=True, titre="Avis", resume=written, contenu="<p>x</p>")
    ActualiteFactory(publiee=True, titre="Autre chose", contenu="<p>x</p>")
    (result,) = found(api(), asked)
    assert result["id"] == row.pk
    assert "<mark>" in result["extrait"]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("acte naissance", {"Acte de naissance", "Naissance d'un acte"}),
        ('"acte de naissance"', {"Acte de naissance"}),
        ("acte -naissance", {"Acte de mariage"}),
        ("acte -Mariage", {"Acte de naissance", "Naissance d'un acte"}),
        ('acte -"acte de naissance"', {"Acte de mariage", "Naissance d'un acte"}),
        ("mariage or naissance", {"Acte de naissance", "Naissance d'un acte", "Acte de mariage"}),
        ("acte-naissance", {"Acte de naissance", "Naissance d'un acte"}),
        ("acte ¬naissance", {"Acte de naissance", "Naissance d'un acte"}),
        ("les acte de la naissance", {"Acte de naissance", "Naissance d'un acte"}),
    ],
)
def test_operators(api, asked, expected):
    for titre in ("Acte de naissance", "Acte de mariage", "Naissance d'un acte"):
        FAQFactory(question=titre, reponse="<p>x les</p>")
    assert {row["titre"] for row in found(api(), asked)} == expected


@pytest.mark.parametrize("asked", ["le la de", "dans la", "-mariage", '-"acte de"', "le -mariage"])
def test_without_a_word_to_look_for_nothing_is_found(api, asked):
    FAQFactory(question="La mairie, le mariage")
    assert Query(asked).lexemes == []
    assert found(api(), asked) == []


HOSTILE = [
    "'", '"', "\\", "'; DROP TABLE users_utilisateur; --", "a & | !", "<->", "a:*", "(((", "%_%",
    "\\' \\\\", "''", '"' * 200, "-" * 200, "¬", "¬¬ -¬", "or", "or or", "a or", "-", '-"', "😀",
    "-a " * 66, "a" + " -b" * 60,
    "\ud7ff\u202e", "é" * 200, "a " * 100, "{}", "$1", "%s %(a)s", "<script>alert(1)</script>",
    "www.mairie.cm/a?b=c", "awa@exemple.cm", "3.14e400", "a\tb\nc", "\u0301", "O'Brien's", "1=1",
]  # fmt: skip


@pytest.mark.parametrize("asked", HOSTILE, ids=ascii)
def test_whatever_is_asked_is_a_question(api, asked):
    ActualiteFactory(publiee=True, titre=asked[:200], resume=asked, contenu="<p>a b</p>")
    answer = api().get(URL, {"q": asked})
    assert answer.status_code == 200, answer.content


@pytest.mark.parametrize(
    "query",
    [
        "",
        "q=",
        "q=%20%20",
        "q=" + "a" * 201,
        "q=a%00b",
        "q=a&type=inconnu",
        "q=a&type=faq,inconnu",
        "q=a&mairie=nulle-part",
        "q=a&mairie=1",
        "q=a&depuis=hier",
        "q=a&depuis=0001-01-01",
        "q=a&jusqua=9999-12-31",
        "q=a&page=0",
        "q=a&page_size=-1",
    ],
)
def test_what_is_no_question_is_refused(api, yaounde, query):
    answer = api().get(f"{URL}?{query}")
    assert answer.status_code == 400, answer.content
    assert answer["Content-Type"] == "application/problem+json"


def test_empty_parameters_are_not_given(api, yaounde):
    FAQFactory(question="Mariage", mairie=yaounde)
    assert len(found(api(), "mariage", mairie="", type="", depuis="", jusqua="")) == 1
