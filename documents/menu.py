"""The menu of a mairie: the tree of the pages that it shows."""

from collections import defaultdict
from dataclasses import dataclass, field

from documents.models import PageCMS
from ecms.db.functions import SansAccents
from mairies.models import Mairie


@dataclass
class Entree:
    """A page in the menu, with the entries under it."""

    id: int
    titre: str
    slug: str
    enfants: list["Entree"] = field(default_factory=list)


def menu_de(mairie: Mairie) -> list[Entree]:
    """What anyone sees, in one query: published pages whose ancestors are all published.

    A page that is kept out of the menu leaves its place to those under it.
    """
    pages = PageCMS.objects.visible_to_public().filter(mairie=mairie)
    rows = pages.order_by("ordre", SansAccents("titre"), "pk")
    under = defaultdict(list)
    for row in rows.values("pk", "parent_id", "titre", "slug", "afficher_dans_menu"):
        under[row["parent_id"]].append(row)
    # From the top down: what stands under a page that is not published is never met.
    return _entrees(None, under)


def _entrees(parent: int | None, under: dict) -> list[Entree]:
    entrees = []
    for row in under[parent]:
        enfants = _entrees(row["pk"], under)
        if row["afficher_dans_menu"]:
            entrees.append(Entree(row["pk"], row["titre"], row["slug"], enfants))
        else:
            entrees.extend(enfants)
    return entrees
