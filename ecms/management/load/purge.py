"""Takes the load away again, its files and its history with it."""

from django.db import transaction
from django.db.models import ProtectedError

from demarches.models import Suivi
from demarches.services.historique import effacement
from ecms.exceptions import DomainError
from ecms.management.load.chargement import BATCH, Avancer, analyser
from ecms.management.load.sortes import Sorte, Tailles, sortes


def purger(avancer: Avancer = lambda n: None) -> dict[str, int]:
    """Delete the load, the last kind first; says how many of each.

    Raises `DomainError` when somebody else's rows stand in a mairie of the load: those stay, and
    what they stand on with them.
    """
    toutes = reversed(sortes(Tailles(mairies=1)))
    try:
        otees = {sorte.nom: _oter(sorte, avancer) for sorte in toutes}
    except ProtectedError as error:
        autres = {str(row._meta.verbose_name_plural) for row in error.protected_objects}
        raise DomainError(
            f"D'autres lignes tiennent à celles de la charge : {', '.join(sorted(autres))}."
        ) from error
    analyser()
    return otees


def _oter(sorte: Sorte, avancer: Avancer) -> int:
    """By batches: a statement may last fifteen seconds only, and files go after the commit."""
    otees = 0
    while pks := list(sorte.presentes().order_by().values_list("pk", flat=True)[:BATCH]):
        _oter_lot(sorte, pks)
        avancer(len(pks))
        otees += len(pks)
    return otees


def _oter_lot(sorte: Sorte, pks: list[int]) -> None:
    a_un_historique = any(model is Suivi for model, _champ in sorte.enfants)
    with effacement() if a_un_historique else transaction.atomic():
        for model, champ in sorte.enfants:
            model.objects.filter(**{f"{champ}__in": pks}).delete()
        sorte.model.objects.filter(pk__in=pks).delete()
