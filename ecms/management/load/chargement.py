"""Writes the load up to the numbers that are asked for, and takes it away again."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import ProtectedError, QuerySet

from documents.models import Actualite, DocumentOfficiel
from ecms.exceptions import DomainError
from ecms.management.load import lignes
from mairies.models import Mairie
from projets.models import MiseAJourProjet, Projet

# At scale 1.
MAIRIES, ACTUALITES, DOCUMENTS, PROJETS = 50, 20_000, 5_000, 2_000
BATCH = 500
TABLES = [Mairie, Actualite, DocumentOfficiel, Projet, MiseAJourProjet]
# Of the load is what carries its prefix in a mairie that carries it too.
DANS_LA_CHARGE = {"mairie__slug__startswith": lignes.PREFIXE}

Avancer = Callable[[int], object]


@dataclass(frozen=True)
class Tailles:
    """How many rows of each kind there shall be."""

    mairies: int
    actualites: int
    documents: int
    projets: int

    @classmethod
    def pour(cls, echelle: float, mairies: int | None = None) -> "Tailles":
        def at_scale(n: int) -> int:
            return max(1, round(n * echelle))

        return cls(
            mairies or at_scale(MAIRIES),
            at_scale(ACTUALITES),
            at_scale(DOCUMENTS),
            at_scale(PROJETS),
        )


@dataclass(frozen=True)
class Sorte:
    """One kind of rows: where they are, the field that carries their number, what makes one."""

    nom: str
    presentes: Callable[[], QuerySet]
    champ: str
    faire: Callable
    taille: int

    def absentes(self) -> list[int]:
        """The numbers that are still to be made."""
        noms = set(self.presentes().values_list(self.champ, flat=True))
        return [n for n in range(1, self.taille + 1) if lignes.nom_court(n) not in noms]


def sortes(tailles: Tailles) -> list[Sorte]:
    return [
        Sorte("actualités", actualites, "slug", lignes.actualite, tailles.actualites),
        Sorte("documents", documents, "numero_reference", lignes.document, tailles.documents),
        Sorte("projets", projets, "slug", lignes.projet, tailles.projets),
    ]


def mairies() -> QuerySet:
    return Mairie.objects.filter(slug__startswith=lignes.PREFIXE).order_by("slug")


def actualites() -> QuerySet:
    return Actualite.objects.filter(slug__startswith=lignes.PREFIXE, **DANS_LA_CHARGE)


def documents() -> QuerySet:
    return DocumentOfficiel.objects.filter(
        numero_reference__startswith=lignes.PREFIXE, **DANS_LA_CHARGE
    )


def projets() -> QuerySet:
    return Projet.objects.filter(slug__startswith=lignes.PREFIXE, **DANS_LA_CHARGE)


def charger(tailles: Tailles, avancer: Avancer = lambda n: None) -> dict[str, int]:
    """Make what is missing, batch by batch; says how many of each. What stops it in the middle
    costs nothing: called again, it goes on."""
    faites = {"mairies": _charger_mairies(tailles.mairies, avancer)}
    partage = list(mairies()[: tailles.mairies].only("pk"))
    for sorte in sortes(tailles):
        absentes = sorte.absentes()
        for numeros in _par_lots(absentes):
            _ecrire(sorte, numeros, partage)
            avancer(len(numeros))
        faites[sorte.nom] = len(absentes)
    analyser()
    return faites


def a_faire(tailles: Tailles) -> int:
    """How many rows `charger` would make, updates of projects aside."""
    presentes = mairies().count()
    autres = sum(len(sorte.absentes()) for sorte in sortes(tailles))
    return max(0, tailles.mairies - presentes) + autres


def purger(avancer: Avancer = lambda n: None) -> dict[str, int]:
    """Delete the load and its files.

    Raises `DomainError` when somebody else's rows stand in a mairie of the load: those stay, and
    what they stand on with them.
    """
    try:
        MiseAJourProjet.objects.filter(projet__in=projets()).delete()
        otees = {
            "actualités": _oter(actualites, avancer),
            "documents": _oter(documents, avancer),
            "projets": _oter(projets, avancer),
            "mairies": _oter(mairies, avancer),
        }
    except ProtectedError as error:
        autres = {str(row._meta.verbose_name_plural) for row in error.protected_objects}
        raise DomainError(
            f"D'autres lignes tiennent à celles de la charge : {', '.join(sorted(autres))}."
        ) from error
    analyser()
    return otees


def analyser() -> None:
    """Tell the planner what the tables hold now."""
    with connection.cursor() as cursor:
        for model in TABLES:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")


def _par_lots(numeros: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(numeros), BATCH):
        yield numeros[start : start + BATCH]


def _charger_mairies(combien: int, avancer: Avancer) -> int:
    presentes = set(mairies().values_list("slug", flat=True))
    numeros = [n for n in range(1, combien + 1) if lignes.nom_court(n) not in presentes]
    Mairie.objects.bulk_create([lignes.mairie(n) for n in numeros], batch_size=BATCH)
    avancer(len(numeros))
    return len(numeros)


@transaction.atomic
def _ecrire(sorte: Sorte, numeros: list[int], partage: list[Mairie]) -> None:
    faites = [sorte.faire(n, partage) for n in numeros]
    type(faites[0]).objects.bulk_create(faites)
    if isinstance(faites[0], Projet):
        MiseAJourProjet.objects.bulk_create(
            mise_a_jour
            for n, projet in zip(numeros, faites, strict=True)
            for mise_a_jour in lignes.mises_a_jour(n, projet)
        )


def _oter(presentes: Callable[[], QuerySet], avancer: Avancer) -> int:
    """By batches: a statement may last fifteen seconds only, and files go after the commit."""
    otees = 0
    while pks := list(presentes().order_by().values_list("pk", flat=True)[:BATCH]):
        presentes().filter(pk__in=pks).delete()
        avancer(len(pks))
        otees += len(pks)
    return otees
