"""Loading the authorities of `mairies/data` as mairies."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection, transaction

from mairies.models import Mairie
from mairies.territoire import Collectivite, collectivites

# What the file says of a mairie; every other column is the mairie's own.
COLONNES = ("type", "nom", "region", "departement")
LOT = 100


@dataclass(frozen=True)
class Bilan:
    """How many authorities of the file made a mairie, changed one, or changed nothing."""

    creees: int
    modifiees: int
    inchangees: int

    def __str__(self) -> str:
        return (
            f"{self.creees} créées, {self.modifiees} modifiées, {self.inchangees} inchangées"
            f" ({self.total} collectivités)"
        )

    @property
    def total(self) -> int:
        return self.creees + self.modifiees + self.inchangees


@transaction.atomic
def importer_collectivites(
    *, simuler: bool = False, avancer: Callable[[int], object] = lambda nombre: None
) -> Bilan:
    """Make every authority a mairie, known by its slug; all of them or none.

    Another import waits until the surrounding transaction ends. `avancer` is told of the
    authorities as they are done; `simuler` writes nothing.
    """
    _verrouiller()
    connues = {slug: valeurs for slug, *valeurs in Mairie.objects.values_list("slug", *COLONNES)}
    nouvelles = [ligne for ligne in collectivites() if ligne.slug not in connues]
    modifiees = [
        ligne for ligne in collectivites() if connues.get(ligne.slug) not in (None, _dites(ligne))
    ]
    ecrites = nouvelles + modifiees
    inchangees = len(collectivites()) - len(ecrites)
    avancer(inchangees)
    for debut in range(0, len(ecrites), LOT):
        lot = ecrites[debut : debut + LOT]
        if not simuler:
            _ecrire(lot)
        avancer(len(lot))
    return Bilan(len(nouvelles), len(modifiees), inchangees)


def _verrouiller() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('mairies.importation', 0))")


def _dites(ligne: Collectivite) -> list[str]:
    return [getattr(ligne, colonne) for colonne in COLONNES]


def _ecrire(lot: list[Collectivite]) -> None:
    Mairie.objects.bulk_create(
        [
            Mairie(slug=ligne.slug, **dict(zip(COLONNES, _dites(ligne), strict=True)))
            for ligne in lot
        ],
        update_conflicts=True,
        unique_fields=["slug"],
        update_fields=[*COLONNES, "date_modification"],
    )
