"""The Atom feeds (RFC 4287)."""

import re

from django.http import Http404
from django.utils import translation
from django.utils.feedgenerator import Atom1Feed
from django.views.decorators.http import require_safe

from ecms.flux.adresses import own_address, page_address
from ecms.flux.registre import FLUX, Entree, Flux
from ecms.flux.reponses import active_mairie, cached
from ecms.html import sanitise

ENTRIES = 50
# What XML 1.0 cannot hold, even escaped.
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class AtomFeed(Atom1Feed):
    """Django's, with the HTML of an entry beside its summary, and labels of categories."""

    content_type = "application/atom+xml; charset=utf-8"

    def add_item_elements(self, handler, item):
        super().add_item_elements(handler, item)
        if item["resume"]:
            handler.addQuickElement("summary", item["resume"], {"type": "text"})
        if item["contenu"]:
            handler.addQuickElement("content", item["contenu"], {"type": "html"})
        for term, label in item["rubriques"]:
            handler.addQuickElement("category", "", {"term": term, "label": label})

    def latest_post_date(self):
        # Of an empty feed Django says "now": it would change at each request.
        return super().latest_post_date() if self.items else self.feed["otherwise_updated"]


@require_safe
def atom(request, mairie: str, nom: str):
    """The newest entries of one feed of an active mairie."""
    if (flux := FLUX.get(nom)) is None:
        raise Http404
    row = active_mairie(mairie)
    with translation.override("fr"):
        content = _feed(flux, row, request.path).writeString("utf-8")
    lignes = flux.lignes().filter(mairie=row)
    return cached(
        request,
        content.encode(),
        AtomFeed.content_type,
        changement=flux.changement(lignes),
        modifiee=max(filter(None, [flux.dernier(lignes), row.date_modification])),
    )


def _feed(flux: Flux, mairie, path: str) -> AtomFeed:
    address = own_address(path)
    feed = AtomFeed(
        title=_writable(flux.titre % {"mairie": mairie.nom}),
        link=page_address(mairie),
        description=None,
        language="fr",
        author_name=_writable(mairie.nom),
        feed_url=address,
        feed_guid=address,
        otherwise_updated=mairie.date_modification,
    )
    rows = flux.lignes().visible_to_public().filter(mairie=mairie)
    for row in rows[:ENTRIES]:
        _add(feed, flux.entree(row, mairie))
    return feed


def _add(feed: AtomFeed, entree: Entree) -> None:
    feed.add_item(
        title=_writable(entree.titre),
        link=entree.lien,
        description=None,
        unique_id=entree.identite,
        pubdate=entree.publiee,
        # What was written before its date is news on that date.
        updateddate=max(entree.publiee, entree.modifiee),
        enclosures=entree.pieces,
        resume=_writable(entree.resume),
        contenu=_writable(_absolute(sanitise(entree.contenu))),
        rubriques=entree.categories,
    )


def _absolute(html: str) -> str:
    """A reader knows no host of its own: pictures of ours get theirs."""
    return html.replace('src="/media/', f'src="{own_address("/media/")}')


def _writable(text: str) -> str:
    return UNWRITABLE.sub("", text)
