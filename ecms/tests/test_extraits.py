"""Extracts: short, well chosen, and never alive."""

import re
from html import unescape
from html.parser import HTMLParser

import pytest

from documents.tests.factories import ActualiteFactory, FAQFactory
from ecms.extraits import extract
from ecms.tests.test_html import PAYLOADS
from projets.tests.factories import ProjetFactory

URL = "/api/v1/recherche"
ONLY_MARKS = re.compile(r"(?:[^<>\"']|<mark>[^<>\"']*</mark>)*")


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.seen = []

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, attrs))


def shown(html):
    return unescape(re.sub("</?mark>", "", html))


def alive(html):
    reader = Tags()
    reader.feed(html)
    reader.close()
    return [seen for seen in reader.seen if seen != ("mark", [])] or not ONLY_MARKS.fullmatch(html)


def test_at_least_thirty_payloads():
    assert len(PAYLOADS) >= 30


@pytest.mark.django_db
@pytest.mark.parametrize("payload", PAYLOADS, ids=ascii)
def test_nothing_alive_in_what_is_found(api, payload):
    payload = payload.replace("\0", "").encode("utf-8", "ignore").decode()  # as any input is
    texts = [f"{payload} Mokolo {payload}", f"Mokolo{payload}", f"{payload}Mokolo"]
    for text in texts:
        ActualiteFactory(publiee=True, titre="Mokolo", resume=text[:500], contenu=f"<p>{text}</p>")
        FAQFactory(question="Mokolo", reponse=f"<p>{text}</p>")
        ProjetFactory(public=True, titre="Mokolo", lieu=text[:255], description=text)
    for asked in ("mokolo", "mokolo script", "mokolo alert"):
        answer = api().get(URL, {"q": asked, "page_size": 50})
        assert answer.status_code == 200
        for row in answer.json()["results"]:
            assert not alive(row["extrait"]), row["extrait"]


def test_the_tests_see_what_is_alive():
    assert alive("<b>x</b>")
    assert alive("<mark onclick=x>a</mark>")
    assert not alive("a <mark>b</mark> &lt;script&gt;")


def test_the_words_that_matched_are_marked_and_the_rest_escaped():
    text = 'Le "marché" & <les> Marchés'
    marked = "Le &quot;<mark>marché</mark>&quot; &amp; &lt;les&gt; <mark>Marchés</mark>"
    assert extract(text, {"marché", "Marchés"}) == marked


def test_the_passage_with_most_different_words_is_shown():
    text = "marché " * 40 + "rien du tout " * 60 + "le marché gratuit de Mokolo " + "fin " * 100
    html = extract(text, {"marché", "gratuit", "Mokolo"})
    assert "<mark>marché</mark> <mark>gratuit</mark> de <mark>Mokolo</mark>" in html
    assert html.startswith("…")
    assert html.endswith("…")


@pytest.mark.parametrize(
    "text",
    ["", "court", "x" * 5000, "mot " * 2000, "é" * 299, "<" * 400, "a" * 281, "mot" * 90 + " mot"],
)
def test_an_extract_is_short(text):
    for matched in (set(), {"mot"}, {"é" * 299}):
        html = extract(text, matched)
        assert len(shown(html)) <= 300
        assert not alive(html)
        assert shown(html).strip("…").strip() in text


@pytest.mark.django_db
def test_the_extract_of_a_long_text(api):
    contenu = "<p>" + "Un mot de plus. " * 500 + "Le <b>marché</b> de Mokolo&nbsp;!</p>"
    ActualiteFactory(publiee=True, titre="Avis", contenu=contenu)
    (row,) = api().get(URL, {"q": "marche"}).json()["results"]
    assert "Le <mark>marché</mark> de Mokolo" in row["extrait"]
    assert len(shown(row["extrait"])) <= 300


@pytest.mark.django_db
def test_a_text_that_is_cut_in_a_tag_shows_no_tag(api):
    link = '<a href="https://exemple.cm/page">voir</a> '
    ActualiteFactory(publiee=True, titre="Mokolo", contenu="<p>" + link * 800 + "</p>")
    (row,) = api().get(URL, {"q": "mokolo"}).json()["results"]
    assert set(shown(row["extrait"]).strip("…").split()) == {"voir"}
