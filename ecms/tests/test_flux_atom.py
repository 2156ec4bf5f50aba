"""The feeds, as somebody else's parser reads them."""

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import feedparser
import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from documents.models import Actualite, DocumentOfficiel
from documents.tests.factories import ActualiteFactory, DocumentOfficielFactory
from ecms.flux.atom import ENTRIES
from ecms.tests.files import photo
from ecms.tests.test_html import PAYLOADS, Reader
from mairies.tests.factories import MairieFactory

NEWS, PAPERS = "/flux/yaounde/actualites.atom", "/flux/yaounde/documents.atom"
FEEDS = [NEWS, PAPERS]
ATOM = {"a": "http://www.w3.org/2005/Atom"}

pytestmark = pytest.mark.django_db


def read(client, url=NEWS):
    response = client.get(url)
    assert response.status_code == 200
    # Without its own sanitising: what is here is what was sent.
    feed = feedparser.parse(response.content, sanitize_html=False)
    assert not feed.bozo, feed.get("bozo_exception")
    assert feed.version == "atom10"
    return feed


def titles(feed):
    return [entry.title for entry in feed.entries]


def link(entry, rel):
    (found,) = [each for each in entry.links if each.rel == rel]
    return found


def seconds(response):
    kept, _equals, age = response["Cache-Control"].partition("max-age=")
    assert kept == "public, "
    return int(age)


def test_it_works(client, yaounde):
    news = ActualiteFactory(
        mairie=yaounde,
        publiee=True,
        titre="Marché & « foire »",
        slug="marche",
        resume="Dès lundi.",
        contenu="<p>Le marché <strong>rouvre</strong>.</p>",
        categorie="culture",
    )
    feed = read(client)
    assert feed.feed.title == "Actualités – Yaoundé"
    assert feed.feed.language == "fr"
    assert feed.feed.author == "Yaoundé"
    assert feed.feed.link == "https://ecms.test/mairies/yaounde"
    assert feed.feed.id == link(feed.feed, "self").href
    assert feed.feed.id == "https://api.ecms.test/flux/yaounde/actualites.atom"
    (entry,) = feed.entries
    assert entry.id == f"https://api.ecms.test/api/v1/actualites/{news.pk}"
    assert entry.title == "Marché & « foire »"
    assert entry.link == "https://ecms.test/mairies/yaounde/actualites/marche"
    assert entry.summary == "Dès lundi."
    assert entry.content[0].value == "<p>Le marché <strong>rouvre</strong>.</p>"
    assert entry.content[0].type == "text/html"
    assert (entry.tags[0].term, entry.tags[0].label) == ("culture", "Culture")
    published = news.date_publication.astimezone(UTC).replace(microsecond=0)
    assert datetime(*entry.published_parsed[:6], tzinfo=UTC) == published


def test_it_is_french_whatever_is_asked_for(client, yaounde):
    ActualiteFactory(mairie=yaounde, publiee=True, categorie="education")
    response = client.get(NEWS, headers={"accept-language": "en"})
    assert response["Content-Language"] == "fr"
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert 'label="Éducation"' in response.content.decode()


def test_a_document_leads_to_its_file(client, yaounde):
    paper = DocumentOfficielFactory(
        mairie=yaounde,
        publie=True,
        titre="Budget",
        numero_reference="2026/014",
        description="Voté <b>hier</b>.",
        taille=321,
    )
    (entry,) = read(client, PAPERS).entries
    address = f"https://api.ecms.test/api/v1/documents-officiels/{paper.pk}"
    assert (entry.id, entry.link, entry.title) == (
        address,
        f"{address}/fichier",
        "2026/014 – Budget",
    )
    piece = link(entry, "enclosure")
    assert (piece.href, piece.length, piece.type) == (
        f"{address}/fichier",
        "321",
        "application/pdf",
    )
    assert entry.summary_detail.type == "text/plain"
    assert entry.summary == "Voté <b>hier</b>."
    assert (entry.tags[0].term, entry.tags[0].label) == ("arrete", "Arrêté")


def test_a_picture_is_an_enclosure(client, yaounde):
    news = ActualiteFactory(mairie=yaounde, publiee=True, image=ContentFile(photo(), "a.jpg"))
    piece = link(read(client).entries[0], "enclosure")
    assert piece.href == f"https://api.ecms.test{news.image.url}"
    assert (piece.type, int(piece.length)) == ("image/webp", news.image.size)
    news.image.storage.delete(news.image.name)
    assert read(client).entries[0].links[0].rel == "alternate"


def test_pictures_in_the_text_have_their_host(client, yaounde):
    ActualiteFactory(mairie=yaounde, publiee=True, contenu='<p><img src="/media/a.webp"></p>')
    read(client)
    content = ElementTree.fromstring(client.get(NEWS).content).findtext(
        "a:entry/a:content", "", ATOM
    )
    assert content == '<p><img src="https://api.ecms.test/media/a.webp"></p>'


def test_only_what_is_public_of_this_mairie(client, yaounde, douala):
    later, sooner = timezone.now() + timedelta(days=1), timezone.now() - timedelta(days=1)
    ActualiteFactory(mairie=yaounde, publiee=True, titre="Publiée")
    ActualiteFactory(mairie=yaounde, titre="CANARI brouillon")
    ActualiteFactory(mairie=yaounde, statut="archivee", titre="CANARI archivée")
    ActualiteFactory(mairie=yaounde, publiee=True, date_publication=later, titre="CANARI future")
    ActualiteFactory(
        mairie=yaounde,
        publiee=True,
        date_publication=sooner - timedelta(days=1),
        date_expiration=sooner,
        titre="CANARI passée",
    )
    ActualiteFactory(mairie=douala, publiee=True, titre="CANARI Douala")
    assert titles(read(client)) == ["Publiée"]
    DocumentOfficielFactory(mairie=yaounde, publie=True, titre="Public")
    DocumentOfficielFactory(mairie=yaounde, titre="CANARI privé")
    DocumentOfficielFactory(mairie=yaounde, publie=True, date_publication=later, titre="CANARI")
    DocumentOfficielFactory(mairie=douala, publie=True, titre="CANARI Douala")
    assert titles(read(client, PAPERS)) == ["Public"]


def test_an_agent_sees_no_more(api, awa, yaounde):
    ActualiteFactory(mairie=yaounde, titre="CANARI")
    assert titles(read(api(awa))) == []


def test_the_newest_first_and_fifty_at_most(client, yaounde, django_assert_max_num_queries):
    now = timezone.now()
    for n in range(ENTRIES + 2):
        dates = {"date_publication": now - timedelta(minutes=n)}
        ActualiteFactory(mairie=yaounde, publiee=True, titre=f"{n}", **dates)
        DocumentOfficielFactory(mairie=yaounde, publie=True, titre=f"{n}", **dates)
    for url in FEEDS:
        with django_assert_max_num_queries(4):
            feed = read(client, url)
        assert titles(feed) == [str(n) for n in range(ENTRIES)]
        published = [entry.published_parsed for entry in feed.entries]
        assert published == sorted(published, reverse=True)


def test_an_id_outlives_every_change(client, yaounde):
    news = ActualiteFactory(mairie=yaounde, publiee=True)
    before = read(client).entries[0]
    news.titre, news.date_publication = "Corrigé", timezone.now()
    news.save()
    after = read(client).entries[0]
    assert after.id == before.id
    assert (after.title, before.title) == ("Corrigé", news.slug.replace("actualite-", "Actualité "))
    assert after.updated_parsed >= before.updated_parsed


def test_what_was_scheduled_is_new_on_its_day(client, yaounde):
    news = ActualiteFactory(mairie=yaounde, publiee=True)
    Actualite.objects.update(date_modification=news.date_publication - timedelta(days=3))
    (entry,) = read(client).entries
    assert entry.updated_parsed == entry.published_parsed


@pytest.mark.parametrize("url", FEEDS)
@pytest.mark.parametrize("statut", ["suspendue", "non_activee"])
def test_a_mairie_that_is_not_open_has_none(client, url, statut):
    mairie = MairieFactory(slug="yaounde", statut=statut)
    ActualiteFactory(mairie=mairie, publiee=True, titre="CANARI")
    response = client.get(url)
    assert response.status_code == 404
    assert "CANARI" not in response.content.decode()


@pytest.mark.parametrize(
    "url",
    [
        "/flux/atlantide/actualites.atom",
        "/flux/yaounde/demarches.atom",
        "/flux/yaounde/actualites.rss",
        "/flux/yaounde/actualites.atom/",
        "/flux/yaounde",
        "/flux/",
        "/flux/%00/actualites.atom",
        "/flux/" + "a" * 3000 + "/actualites.atom",
        "/flux/yaoundé/actualites.atom",
        "/flux/../actualites.atom",
    ],
)
def test_what_does_not_exist(client, yaounde, url):
    assert client.get(url).status_code in {400, 404}


@pytest.mark.parametrize("url", FEEDS)
def test_it_is_only_read(client, yaounde, url):
    assert client.post(url).status_code == 405
    assert client.head(url).status_code == 200


@pytest.mark.parametrize("url", FEEDS)
def test_an_empty_feed_is_valid_and_does_not_change(client, yaounde, url):
    assert read(client, url).entries == []
    assert client.get(url)["ETag"] == client.get(url)["ETag"]


# Hostile texts

# As PostgreSQL can hold them.
STORABLE = [p.replace("\0", "").encode("utf-8", "ignore").decode() for p in PAYLOADS]


@pytest.mark.parametrize("field", ["titre", "resume", "contenu"])
def test_nothing_hostile_is_alive(client, yaounde, field):
    Actualite.objects.bulk_create(
        ActualiteFactory.build(mairie=yaounde, publiee=True, slug=f"n{n}", **{field: payload[:200]})
        for n, payload in enumerate(STORABLE[:ENTRIES])
    )
    # As if it had come into the table by another way than ours.
    Actualite.objects.filter(slug="n0").update(contenu="<script>alert(1)</script><p>x</p>")
    read(client)
    root = ElementTree.fromstring(client.get(NEWS).content)
    entries = root.findall("a:entry", ATOM)
    assert len(entries) == ENTRIES
    for entry in entries:
        assert {child.tag.partition("}")[2] for child in entry} <= {
            "title", "link", "published", "updated", "id", "summary", "content", "category",
        }  # fmt: skip
        for name in ("title", "summary"):
            element = entry.find(f"a:{name}", ATOM)
            assert element is None or element.get("type", "text") == "text"
        content = entry.find("a:content", ATOM)
        if content is not None:
            reader = Reader()
            reader.feed(content.text)
            assert reader.forbidden == []


def test_the_payloads_that_are_left(client, yaounde):
    payloads = STORABLE[ENTRIES:]
    assert len(payloads) <= ENTRIES
    Actualite.objects.bulk_create(
        ActualiteFactory.build(mairie=yaounde, publiee=True, slug=f"n{n}", contenu=payload)
        for n, payload in enumerate(payloads)
    )
    for entry in read(client).entries:
        reader = Reader()
        reader.feed(entry.content[0].value if "content" in entry else "")
        assert reader.forbidden == []


def test_documents_are_plain_text(client, yaounde):
    hostile = "<script>alert(1)</script>]]></summary>"
    DocumentOfficielFactory(
        mairie=yaounde, publie=True, titre=hostile, description=hostile, numero_reference=hostile
    )
    (entry,) = read(client, PAPERS).entries
    assert entry.summary == hostile
    root = ElementTree.fromstring(client.get(PAPERS).content)
    assert root.find("a:entry/a:title", ATOM).text == f"{hostile} – {hostile}"


def test_what_xml_cannot_hold_is_left_out(client, yaounde):
    control = "a\x01b\x0bc\ufffed\uffff\x1fe"
    ActualiteFactory(mairie=yaounde, publiee=True, titre=control, resume=control, contenu=control)
    DocumentOfficielFactory(mairie=yaounde, publie=True, titre=control, description=control)
    for url in FEEDS:
        (entry,) = read(client, url).entries
        assert (entry.title, entry.summary) == ("abcde", "abcde")


def test_the_host_of_a_request_is_not_believed(client, yaounde, settings):
    settings.ALLOWED_HOSTS = ["*"]
    ActualiteFactory(mairie=yaounde, publiee=True)
    for url in (*FEEDS, "/flux/sitemap.xml", "/flux/yaounde/sitemap.xml"):
        assert b"evil" not in client.get(url, headers={"host": "evil.example"}).content


# Caches


@pytest.mark.parametrize("url", FEEDS)
def test_what_did_not_change_is_not_sent_again(client, yaounde, url):
    ActualiteFactory(mairie=yaounde, publiee=True)
    paper = DocumentOfficielFactory(mairie=yaounde, publie=True)
    first = client.get(url)
    for name, given in (("if-none-match", "ETag"), ("if-modified-since", "Last-Modified")):
        again = client.get(url, headers={name: first[given]})
        assert (again.status_code, again.content) == (304, b"")
        assert again["ETag"] == first["ETag"]
        assert seconds(again) == 300
    later = timezone.now() + timedelta(seconds=5)
    for model in (Actualite, DocumentOfficiel):
        model.objects.update(titre="Changé", date_modification=later)
    for name, given in (("if-none-match", "ETag"), ("if-modified-since", "Last-Modified")):
        assert client.get(url, headers={name: first[given]}).status_code == 200
    assert DocumentOfficiel.objects.get(pk=paper.pk).titre == "Changé"


def test_what_went_away_is_a_change(client, yaounde):
    """For readers that know only dates."""
    long_ago = timezone.now() - timedelta(days=9)
    type(yaounde).objects.update(date_modification=long_ago)
    news = ActualiteFactory(mairie=yaounde, publiee=True, date_publication=long_ago)
    Actualite.objects.update(date_modification=long_ago)
    before = client.get(NEWS)["Last-Modified"]
    news.statut = "archivee"
    news.save()
    assert client.get(NEWS, headers={"if-modified-since": before}).status_code == 200
    Actualite.objects.update(
        statut="publiee",
        date_modification=long_ago,
        date_expiration=timezone.now() - timedelta(minutes=1),
    )
    assert client.get(NEWS, headers={"if-modified-since": before}).status_code == 200


def test_a_draft_that_nobody_saw_tells_nothing(client, yaounde):
    ActualiteFactory(mairie=yaounde, publiee=True)
    type(yaounde).objects.update(date_modification=timezone.now() - timedelta(days=9))
    Actualite.objects.update(date_modification=timezone.now() - timedelta(days=8))
    before = client.get(NEWS)["Last-Modified"]
    ActualiteFactory(mairie=yaounde)
    assert client.get(NEWS)["Last-Modified"] == before


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"date_publication": 30}, 30),
        ({"date_publication": -60, "date_expiration": 20}, 20),
        ({"date_publication": 3600}, 300),
        ({"date_publication": 0.4}, 0),
    ],
)
def test_it_ends_with_the_next_publication_or_expiry(client, yaounde, douala, fields, expected):
    dates = {name: timezone.now() + timedelta(seconds=s) for name, s in fields.items()}
    ActualiteFactory(mairie=yaounde, publiee=True, **dates)
    for url in (NEWS, "/flux/yaounde/sitemap.xml"):
        assert expected - 1 <= seconds(client.get(url)) <= expected
    assert seconds(client.get("/flux/douala/actualites.atom")) == 300


def test_a_document_to_come_ends_it(client, yaounde):
    soon = timezone.now() + timedelta(seconds=40)
    DocumentOfficielFactory(mairie=yaounde, publie=True, date_publication=soon)
    assert 39 <= seconds(client.get(PAPERS)) <= 40


def test_a_front_end_may_read_it(client, yaounde, settings):
    settings.CORS_ALLOWED_ORIGINS = ["https://ecms.test"]
    response = client.get(NEWS, headers={"origin": "https://ecms.test"})
    assert response["Access-Control-Allow-Origin"] == "https://ecms.test"
    assert "origin" in response["Vary"].lower()
    assert "cookie" not in response["Vary"].lower()
