"""Sitemaps (sitemaps.org): the pages of the front end that show what is public."""

from collections.abc import Iterator
from io import StringIO
from itertools import islice

from django.urls import reverse
from django.utils.xmlutils import SimplerXMLGenerator
from django.views.decorators.http import require_safe

from ecms.flux.adresses import own_address, page_address
from ecms.flux.registre import PAGES
from ecms.flux.reponses import active_mairie, active_mairies, cached

SCHEMA = "http://www.sitemaps.org/schemas/sitemap/0.9"
CONTENT_TYPE = "application/xml; charset=utf-8"
# What the protocol allows in one file.
ADDRESSES = 50_000

Address = tuple[str, str | None]


@require_safe
def sitemap(request, mairie: str):
    """The pages of one active mairie."""
    row = active_mairie(mairie)
    content = _xml("urlset", "url", islice(_pages(row), ADDRESSES))
    dates = [pages.changement(pages.lignes().filter(mairie=row)) for pages in PAGES]
    return cached(request, content, CONTENT_TYPE, changement=min(filter(None, dates), default=None))


@require_safe
def index(request):
    """The sitemaps of all active mairies."""
    slugs = active_mairies().order_by("slug").values_list("slug", flat=True)
    addresses = ((own_address(reverse("sitemap", args=[slug])), None) for slug in slugs)
    return cached(request, _xml("sitemapindex", "sitemap", addresses), CONTENT_TYPE)


def _pages(mairie) -> Iterator[Address]:
    yield page_address(mairie), mairie.date_modification.isoformat(timespec="seconds")
    for pages in PAGES:
        rows = pages.lignes().visible_to_public().filter(mairie=mairie)
        for key, modified in rows.values_list(pages.champ, "date_modification")[:ADDRESSES]:
            path = pages.chemin.format(**{pages.champ: key})
            yield page_address(mairie, path), modified.isoformat(timespec="seconds")


def _xml(root: str, each: str, addresses) -> bytes:
    out = StringIO()
    xml = SimplerXMLGenerator(out, "utf-8")
    xml.startDocument()
    xml.startElement(root, {"xmlns": SCHEMA})
    for address, modified in addresses:
        xml.startElement(each, {})
        xml.addQuickElement("loc", address)
        if modified:
            xml.addQuickElement("lastmod", modified)
        xml.endElement(each)
    xml.endElement(root)
    return out.getvalue().encode()
