"""Writes the load up to the numbers that are asked for."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from django.db.models import Model

from ecms.management.load.lignes.partage import Partage
from ecms.management.load.sortes import Sorte, Tailles, sortes

BATCH = 500

Avancer = Callable[[int], object]


def charger(tailles: Tailles, avancer: Avancer = lambda n: None) -> dict[str, int]:
    """Make what is missing, batch by batch; says how many of each. What stops it in the middle
    costs nothing: called again, it goes on."""
    partage, faites = Partage(tailles.mairies), {}
    for sorte in sortes(tailles):
        absentes = sorte.absentes()
        for numeros in _par_lots(absentes):
            _ecrire(sorte, numeros, partage)
            avancer(len(numeros))
        faites[sorte.nom] = len(absentes)
    analyser()
    return faites


def a_faire(tailles: Tailles) -> int:
    """How many rows `charger` would make, what hangs on them aside."""
    return sum(len(sorte.absentes()) for sorte in sortes(tailles))


def analyser() -> None:
    """Tell the planner what the tables hold now."""
    with connection.cursor() as cursor:
        for model in _models():
            cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")


def _models() -> Iterable[type[Model]]:
    """Each once, in the order of the load."""
    faits = sortes(Tailles(mairies=1))
    models = [model for s in faits for model in (s.model, *(enfant for enfant, _nom in s.enfants))]
    return dict.fromkeys(models)


def _par_lots(numeros: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(numeros), BATCH):
        yield numeros[start : start + BATCH]


@transaction.atomic
def _ecrire(sorte: Sorte, numeros: list[int], partage: Partage) -> None:
    faites = [sorte.faire(n, partage) for n in numeros]
    with _dates_gardees(sorte.model, faites):
        sorte.model.objects.bulk_create(faites)
    if sorte.suites:
        _ecrire_suites(
            suite for n, row in zip(numeros, faites, strict=True) for suite in sorte.suites(n, row)
        )


def _ecrire_suites(suites: Iterable[Model]) -> None:
    par_model = defaultdict(list)
    for suite in suites:
        par_model[type(suite)].append(suite)
    for model, rows in par_model.items():
        model.objects.bulk_create(rows)


@contextmanager
def _dates_gardees(model: type[Model], rows: list[Model]):
    """Let `rows` be created on the dates that they carry, if they do. Put right afterwards, the
    tops of the indexes would be full of what was there before."""
    champ = model._meta.get_field("date_creation")
    champ.auto_now_add = rows[0].date_creation is None
    try:
        yield
    finally:
        champ.auto_now_add = True
