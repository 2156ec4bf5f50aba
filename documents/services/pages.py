"""The acts of those who keep the pages, and their tree. The API and the admin both call these."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from documents.models import PageCMS
from documents.services.transitions import verifier_transition
from documents.workflow import Statut
from ecms.exceptions import DomainError
from ecms.files import discarded_on_error
from ecms.slugs import save_with_slug, slug_of
from mairies.models import Mairie

# How many levels the tree of a mairie may have: a menu that is deeper is read by nobody.
NIVEAUX_AU_PLUS = 5
# Addresses under `pages/` that are no page.
RESERVES = {"menu"}


class PageEnBoucle(DomainError):
    code = "page_en_boucle"


class PageTropProfonde(DomainError):
    code = "page_trop_profonde"


def creer_page(page: PageCMS) -> PageCMS:
    """Save a new page under a slug of its own, made of its title, at its place in the tree.

    Raises what `_verifier_place` raises.
    """
    with discarded_on_error(page), transaction.atomic():
        _verifier_place(page)
        save_with_slug(page, _nom_court(page.titre), constraint="documents_pagecms_slug")
    return page


def modifier_page(page: PageCMS) -> PageCMS:
    """Save a changed page. Its slug stays: links to it live.

    Raises `TransitionInterdite` for a move outside the table of `documents.workflow`, and what
    `_verifier_place` raises.
    """
    with discarded_on_error(page), transaction.atomic():
        kept = PageCMS.objects.select_for_update(no_key=True).get(pk=page.pk)
        message = _("Une page « %(ancien)s » ne peut pas devenir « %(nouveau)s ».")
        verifier_transition(kept.statut, page.statut, message)
        if page.parent_id != kept.parent_id:
            _verifier_place(page)
        page.save()
    return page


@transaction.atomic
def changer_statut_page(page: PageCMS, statut: Statut) -> PageCMS:
    """Move a page and leave the rest of it as it is by now. Raises `TransitionInterdite`."""
    kept = PageCMS.objects.select_for_update(no_key=True).get(pk=page.pk)
    kept.statut = statut
    return modifier_page(kept)


@transaction.atomic
def supprimer_page(page: PageCMS) -> None:
    """Delete a page; raises `ProtectedError` as long as there are pages under it."""
    _verrouiller(page.mairie_id)
    page.delete()


def _verifier_place(page: PageCMS) -> None:
    """Raise `ValidationError` for a parent that the mairie has not, `PageEnBoucle` for one that
    stands under the page, `PageTropProfonde` beyond `NIVEAUX_AU_PLUS` levels.

    The lock lasts until the end of the transaction: two moves at once see each other.
    """
    if page.parent_id is None:
        return
    _verrouiller(page.mairie_id)
    pages = PageCMS.objects.filter(mairie=page.mairie_id)
    parents = dict(pages.values_list("pk", "parent_id"))
    if page.parent_id not in parents:
        raise ValidationError({"parent": [_("Cette page n'existe pas dans cette mairie.")]})
    au_dessus = _lignee(page.parent_id, parents)
    if page.pk in au_dessus:
        raise PageEnBoucle(_("Une page ne peut pas se trouver sous elle-même."))
    if len(au_dessus) + _hauteur(page.pk, parents) > NIVEAUX_AU_PLUS:
        message = _("Les pages ont %(niveaux)s niveaux au plus.")
        raise PageTropProfonde(message % {"niveaux": NIVEAUX_AU_PLUS})


def _verrouiller(mairie_id: int) -> None:
    """Hold the tree of this mairie: the row of the mairie stands for it."""
    Mairie.objects.select_for_update(no_key=True).only("pk").get(pk=mairie_id)


def _lignee(pk: int, parents: dict[int, int | None]) -> list[int]:
    """`pk` and the pages above it, upwards."""
    lignee = []
    while pk is not None and pk not in lignee:
        lignee.append(pk)
        pk = parents[pk]
    return lignee


def _hauteur(pk: int | None, parents: dict[int, int | None]) -> int:
    """How many levels the page and those under it have."""
    lignees = (_lignee(other, parents) for other in parents)
    return max((lignee.index(pk) + 1 for lignee in lignees if pk in lignee), default=1)


def _nom_court(titre: str) -> str:
    nom = slug_of(titre, default="page")
    return f"page-{nom}" if nom in RESERVES else nom
