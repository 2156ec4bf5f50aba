"""How long it is kept who asked to open a mairie's space: a year after the answer."""

from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from ecms import erasures, journal, portability, retention
from ecms.exceptions import DomainError
from ecms.portability import Person, plain
from mairies.models import DemandeCreationSite
from mairies.workflow import StatutDemande

DUREE = timedelta(days=365)
LOT = 200
ANONYME = "Anonyme"
VIDE = {"nom_demandeur": ANONYME, "email": "", "telephone": "", "message": "", "justificatif": ""}


def demandes(person: Person) -> QuerySet:
    """A request is of no account: whoever made it is known by the address."""
    rows = DemandeCreationSite.objects.all()
    return rows.filter(email__iexact=person.address) if person.address else rows.none()


@portability.also("mairies.demandecreationsite")
def leurs_demandes(person: Person) -> list[dict]:
    return plain(demandes(person))


@portability.with_files
def justificatifs(person: Person):
    for demande in demandes(person).exclude(justificatif="").order_by("pk"):
        file = demande.justificatif
        yield f"justificatifs/{demande.pk}-{file.name.rpartition('/')[2]}", file.storage, file.name


@retention.unless
def demande_en_attente(person: Person) -> None:
    """Raises `DomainError` while a request of theirs waits for its answer."""
    if demandes(person).filter(statut=StatutDemande.EN_ATTENTE).exists():
        message = _("Une demande de création de site attend encore sa réponse.")
        raise DomainError(message, "demande_en_attente")


@retention.with_person
def oublier(person: Person) -> None:
    lot = list(demandes(person).select_for_update(no_key=True, of=("self",)))
    erasures.record_all(lot)
    for demande in lot:
        anonymiser(demande)


@erasures.replays("mairies.demandecreationsite")
def anonymiser(demande: DemandeCreationSite) -> None:
    """Leave the mairie, the function and the answer."""
    for name, value in VIDE.items():
        setattr(demande, name, value)
    # One by one: the proof's file goes with the signal of its row.
    demande.save(update_fields=[*VIDE, "date_modification"])
    journal.forget([demande])


def traitees() -> QuerySet:
    limite = timezone.now() - DUREE
    rows = DemandeCreationSite.objects.filter(date_traitement__lt=limite)
    return rows.exclude(statut=StatutDemande.EN_ATTENTE).exclude(email="")


def oublier_les_traitees(apply: bool) -> int:
    """The rule of retention (`ecms.retention`), a batch at a time."""
    if not apply:
        return traitees().count()
    total = 0
    while nombre := _un_lot():
        total += nombre
    return total


@transaction.atomic
def _un_lot() -> int:
    libres = traitees().select_for_update(skip_locked=True, of=("self",))
    lot = list(libres.order_by("pk")[:LOT])
    for demande in lot:
        anonymiser(demande)
    return len(lot)


retention.declare("demandes de création de site", oublier_les_traitees)
