"""How long it is kept who came to an event (docs/operations.md): a year, then only how many."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from ecms import journal, retention
from ecms.codes import new_secret
from evenements.models import InscriptionEvenement

DUREE = timedelta(days=365)
LOT = 200
ANONYME = "Anonyme"
# No address can end so (RFC 2606); with the row's own key before it, for addresses are unique.
NULLE_PART = "@anonyme.invalid"


def passees():
    """Registrations to what has been over for a year."""
    rows = InscriptionEvenement.objects.filter(evenement__fin__lt=timezone.now() - DUREE)
    return rows.exclude(email__endswith=NULLE_PART)


def anonymiser(lot: list[InscriptionEvenement]) -> None:
    """Leave how many persons, and what became of it."""
    for inscription in lot:
        inscription.nom, inscription.telephone = ANONYME, ""
        inscription.email = f"{inscription.pk}{NULLE_PART}"
        inscription.participant, inscription.code = None, new_secret()
    changed = ["nom", "telephone", "email", "participant", "code"]
    InscriptionEvenement.objects.bulk_update(lot, changed)
    journal.forget(lot)


def oublier_les_passees(apply: bool) -> int:
    """The rule of retention (`ecms.retention`), a batch at a time."""
    if not apply:
        return passees().count()
    total = 0
    while nombre := _un_lot():
        total += nombre
    return total


@transaction.atomic
def _un_lot() -> int:
    libres = passees().select_for_update(skip_locked=True, of=("self",))
    lot = list(libres.order_by("pk")[:LOT])
    anonymiser(lot)
    return len(lot)


retention.declare("inscriptions passées", oublier_les_passees)
