"""What is left of registrations and subscriptions once a person asks to be forgotten."""

import secrets

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from ecms import erasures, journal, retention
from ecms.portability import Person
from evenements.models import AbonneNewsletter, InscriptionEvenement
from evenements.services import portabilite
from evenements.services.conservation import DUREE, LOT, NULLE_PART, anonymiser
from evenements.services.inscriptions import abandonner
from evenements.workflow import StatutAbonne, StatutInscription

ADRESSE = "adresse"


@retention.with_person
def oublier(person: Person) -> None:
    """Places to come are given back; registrations keep no name, subscribers no address."""
    inscriptions = portabilite.inscriptions(person)
    erasures.record_all(inscriptions.filter(person.left(*portabilite.INSCRIPTION)))
    _inscriptions(list(inscriptions.select_related("evenement").order_by("evenement_id", "pk")))
    abonnes = list(portabilite.abonnements(person).select_for_update(no_key=True))
    erasures.record_all(abonnes, ADRESSE)
    for abonne in abonnes:
        _abonne(abonne)


def partis() -> QuerySet:
    """Subscribers who left, or whose address refused a letter, a year ago."""
    limite = timezone.now() - DUREE
    rows = AbonneNewsletter.objects.filter(
        Q(statut=StatutAbonne.DESINSCRIT, date_desinscription__lt=limite)
        | Q(statut=StatutAbonne.REJETE, date_rejet__lt=limite)
    )
    return rows.exclude(email__endswith=NULLE_PART)


def oublier_les_partis(apply: bool) -> int:
    """The rule of retention (`ecms.retention`), a batch at a time."""
    if not apply:
        return partis().count()
    total = 0
    while nombre := _un_lot():
        total += nombre
    return total


@transaction.atomic
def _un_lot() -> int:
    lot = list(partis().select_for_update(skip_locked=True).order_by("pk")[:LOT])
    for abonne in lot:
        _abonne(abonne)
    return len(lot)


@erasures.replays("evenements.inscriptionevenement")
def _inscription_encore(inscription: InscriptionEvenement) -> None:
    _inscriptions([inscription])


def _inscriptions(lot: list[InscriptionEvenement]) -> None:
    vivantes = {StatutInscription.CONFIRMEE, StatutInscription.EN_ATTENTE}
    for inscription in lot:
        if inscription.statut in vivantes and inscription.evenement.debut > timezone.now():
            abandonner(inscription)
    rows = InscriptionEvenement.objects.filter(pk__in=[inscription.pk for inscription in lot])
    anonymiser(list(rows.select_for_update(of=("self",))))


@erasures.replays(f"evenements.abonnenewsletter:{ADRESSE}")
def _abonne(abonne: AbonneNewsletter) -> None:
    """The row stays for the count of the letters that it got."""
    if abonne.statut != StatutAbonne.DESINSCRIT:
        abonne.statut, abonne.date_desinscription = StatutAbonne.DESINSCRIT, timezone.now()
    abonne.email, abonne.nom = f"{abonne.pk}{NULLE_PART}", ""
    abonne.jeton = secrets.token_urlsafe(32)
    abonne.save()
    journal.forget([abonne])


retention.declare("abonnés partis", oublier_les_partis)
