"""The sitemaps, by the rules of sitemaps.org."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from django.utils import timezone

from documents.models import Actualite
from documents.tests.factories import ActualiteFactory, DocumentOfficielFactory, PageCMSFactory
from ecms.flux import sitemap
from mairies.tests.factories import MairieFactory
from projets.tests.factories import ProjetFactory

URL = "/flux/yaounde/sitemap.xml"
INDEX = "/flux/sitemap.xml"
SPACE = "https://ecms.test/mairies/yaounde"
MAP = {"s": sitemap.SCHEMA}

pytestmark = pytest.mark.django_db


def addresses(client, url=URL, *, root="urlset", each="url") -> dict[str, str]:
    """Each address with its last change, as a crawler takes them."""
    response = client.get(url)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/xml; charset=utf-8"
    assert response.content.startswith(b'<?xml version="1.0" encoding="utf-8"?>')
    assert len(response.content) < 50 * 1024 * 1024
    tree = ElementTree.fromstring(response.content)
    assert tree.tag == f"{{{sitemap.SCHEMA}}}{root}"
    found = {}
    for element in tree:
        assert element.tag == f"{{{sitemap.SCHEMA}}}{each}"
        names = [child.tag.partition("}")[2] for child in element]
        assert names in (["loc"], ["loc", "lastmod"])
        address = element.findtext("s:loc", namespaces=MAP)
        parts = urlsplit(address)
        assert parts.scheme == "https"
        assert parts.netloc
        assert len(address) < 2048
        assert address not in found
        found[address] = element.findtext("s:lastmod", namespaces=MAP)
        if found[address]:
            assert datetime.fromisoformat(found[address]).tzinfo
    assert len(found) <= 50_000
    return found


@pytest.fixture
def published(yaounde):
    paper = DocumentOfficielFactory(mairie=yaounde, publie=True)
    ActualiteFactory(mairie=yaounde, publiee=True, slug="marche")
    PageCMSFactory(mairie=yaounde, publiee=True, slug="histoire")
    ProjetFactory(mairie=yaounde, public=True, slug="pont")
    return paper


def test_it_works(client, yaounde, published):
    found = addresses(client)
    assert list(found) == [
        SPACE,
        f"{SPACE}/pages/histoire",
        f"{SPACE}/actualites/marche",
        f"{SPACE}/documents/{published.pk}",
        f"{SPACE}/projets/pont",
    ]
    news = Actualite.objects.get()
    assert datetime.fromisoformat(found[f"{SPACE}/actualites/marche"]) == (
        news.date_modification.replace(microsecond=0)
    )


def test_only_what_is_public_of_this_mairie(client, api, awa, yaounde, douala):
    later = timezone.now() + timedelta(days=1)
    for mairie, public in ((yaounde, False), (douala, True)):
        ActualiteFactory(mairie=mairie, publiee=public, slug="canari")
        PageCMSFactory(mairie=mairie, publiee=public, slug="canari")
        ProjetFactory(mairie=mairie, public=public, slug="canari")
        DocumentOfficielFactory(mairie=mairie, publie=public)
    ActualiteFactory(mairie=yaounde, publiee=True, slug="future", date_publication=later)
    DocumentOfficielFactory(mairie=yaounde, publie=True, date_publication=later)
    assert list(addresses(client)) == [SPACE]
    assert list(addresses(api(awa))) == [SPACE]


@pytest.mark.parametrize("statut", ["suspendue", "non_activee"])
def test_a_mairie_that_is_not_open_has_none(client, statut):
    MairieFactory(slug="yaounde", statut=statut)
    assert client.get(URL).status_code == 404
    assert addresses(client, INDEX, root="sitemapindex", each="sitemap") == {}


def test_an_unknown_mairie_has_none(client, db):
    assert client.get("/flux/atlantide/sitemap.xml").status_code == 404


def test_the_index_leads_to_the_sitemaps(client, yaounde, douala):
    MairieFactory(inactive=True)
    found = addresses(client, INDEX, root="sitemapindex", each="sitemap")
    origin = "https://api.ecms.test"
    assert list(found) == [
        f"{origin}/flux/douala/sitemap.xml",
        f"{origin}/flux/yaounde/sitemap.xml",
    ]
    for address in found:
        assert client.get(address.removeprefix(origin)).status_code == 200


def test_never_more_than_a_file_may_hold(client, published, monkeypatch):
    monkeypatch.setattr(sitemap, "ADDRESSES", 3)
    assert len(addresses(client)) == 3


def test_the_queries_do_not_grow(client, yaounde, published, django_assert_num_queries):
    with django_assert_num_queries(8):
        addresses(client)
    ActualiteFactory.create_batch(20, mairie=yaounde, publiee=True)
    with django_assert_num_queries(8):
        assert len(addresses(client)) == 25
    with django_assert_num_queries(1):
        client.get(INDEX)


@pytest.mark.parametrize("url", [URL, INDEX])
def test_what_did_not_change_is_not_sent_again(client, published, url):
    first = client.get(url)
    assert first["Cache-Control"] == "public, max-age=300"
    again = client.get(url, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    MairieFactory(slug="autre")
    ActualiteFactory(mairie=published.mairie, publiee=True)
    assert client.get(url, headers={"if-none-match": first["ETag"]}).status_code == 200
    assert client.post(url).status_code == 405
