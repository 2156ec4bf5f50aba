"""What the apps publish: their feeds, and the front-end pages that show their rows."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.feedgenerator import Enclosure

from ecms.scoping import ScopedQuerySet

Dates = Callable[[ScopedQuerySet], datetime | None]


def never(lignes: ScopedQuerySet) -> None:
    """Nothing appears or disappears by itself."""


@dataclass(frozen=True)
class Entree:
    """One entry of a feed. `identite` never changes; `contenu` is HTML, `resume` plain text."""

    identite: str
    titre: str
    lien: str
    publiee: datetime
    modifiee: datetime
    resume: str = ""
    contenu: str = ""
    # (code, label)
    categories: list[tuple[str, str]] = field(default_factory=list)
    pieces: list[Enclosure] = field(default_factory=list)


@dataclass(frozen=True)
class Flux:
    """A feed per mairie, at `/flux/<mairie>/<nom>.atom`.

    `lignes` gives the rows, the newest first; the view keeps those that are public and of the
    mairie. The two dates are asked of all the rows of the mairie: `changement`, when the next
    appears or disappears by itself; `dernier`, when what is published last changed, also by
    something that went away.
    """

    nom: str
    titre: str
    lignes: Callable[[], ScopedQuerySet]
    entree: Callable[..., Entree]
    dernier: Dates
    changement: Dates = never


@dataclass(frozen=True)
class Pages:
    """Pages of the front end, for the sitemap: `chemin` is below the mairie's own page, with the
    fields of the row in braces (`actualites/{slug}`)."""

    lignes: Callable[[], ScopedQuerySet]
    chemin: str
    champ: str = "slug"
    changement: Dates = never


FLUX: dict[str, Flux] = {}
PAGES: list[Pages] = []


def publier(flux: Flux) -> None:
    """Serve a feed."""
    FLUX[flux.nom] = flux


def annoncer(pages: Pages) -> None:
    """Put pages into the sitemap of their mairie."""
    PAGES.append(pages)
