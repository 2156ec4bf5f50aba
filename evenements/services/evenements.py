"""The acts of those who keep the agenda of a mairie. The API and the admin both call these.

Rows of a series are locked together, by ascending key; what is done to one is done under its lock.
"""

from contextlib import ExitStack
from datetime import datetime, timedelta
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_q.tasks import async_task

from ecms.exceptions import DomainError, TransitionInterdite
from ecms.files import discarded_on_error
from ecms.slugs import save_with_slug, slug_of
from evenements.models import Evenement
from evenements.recurrences import Borne, journees, occurrences
from evenements.services.inscriptions import promouvoir, verrouiller_evenement
from evenements.workflow import TRANSITIONS_EVENEMENT, StatutEvenement

# Last words of addresses of ours: `evenements/calendrier` is no event.
RESERVED_SLUGS = {"calendrier"}
# Lists by period find what has begun before it within this time.
DUREE_AU_PLUS = timedelta(days=366)
TACHE = "evenements.tasks.prevenir"
# Of which those who are registered, and agendas, must learn.
AVISES = ("debut", "fin", "journee_entiere", "lieu", "latitude", "longitude")
# Each occurrence has its own.
PROPRES = {"image", "inscription_debut", "inscription_fin"}
MOMENTS = ("debut", "fin")


class Portee(models.TextChoices):
    """What of a series is meant: of the others, those that have not begun."""

    OCCURRENCE = "occurrence", gettext_lazy("Cette date seule")
    SUIVANTES = "suivantes", gettext_lazy("Cette date et les suivantes")
    SERIE = "serie", gettext_lazy("Toute la série")


class EvenementAnnule(DomainError):
    code = "evenement_annule"


class EvenementPasse(DomainError):
    code = "evenement_passe"


class CapaciteInsuffisante(DomainError):
    """`places_prises` is the least that is possible."""

    code = "capacite_insuffisante"


class InscriptionsExistantes(DomainError):
    code = "inscriptions_existantes"


class DateAttendue(DomainError):
    code = "date_attendue"


def creer_evenement(evenement: Evenement, *, borne: Borne | None = None) -> Evenement:
    """Save a new draft, with `borne` all its occurrences; returns the first.

    Raises `ValidationError` for dates that cannot be, and for a recurrence that does not end.
    """
    evenement.statut = StatutEvenement.BROUILLON
    _ranger(evenement)
    lignes = _occurrences(evenement, borne)
    with ExitStack() as stack, transaction.atomic():
        for ligne in lignes:
            stack.enter_context(discarded_on_error(ligne))
            save_with_slug(ligne, _nom_court(ligne), constraint="evenements_evenement_slug")
    return lignes[0]


def modifier_evenement(
    evenement: Evenement, changements: dict, *, portee: Portee = Portee.OCCURRENCE
) -> Evenement:
    """Change an event, and those of its series that `portee` names: a moved time moves theirs as
    far. Its image and when it takes registrations are each occurrence's own.

    Raising `capacite` gives places to those who wait. Raises `CapaciteInsuffisante` rather than
    throw anybody out, `EvenementAnnule`, and `ValidationError`.
    """
    with ExitStack() as stack, transaction.atomic():
        lignes = _verrouiller(evenement, portee)
        decalages = _decalages(lignes[0], changements)
        communs = {k: v for k, v in changements.items() if k not in {*PROPRES, *MOMENTS}}
        for ligne in lignes:
            siens = changements if ligne.pk == evenement.pk else communs
            for name, value in siens.items():
                setattr(ligne, name, value)
            stack.enter_context(discarded_on_error(ligne))
            _modifier(ligne, {} if ligne.pk == evenement.pk else decalages)
    return lignes[0]


@transaction.atomic
def publier(evenement: Evenement, *, portee: Portee = Portee.OCCURRENCE) -> Evenement:
    """Announce an event, or confirm the date of one that was put off.

    Raises `TransitionInterdite`, and `DateAttendue` for one whose new date is not known. Of the
    others of its series, drafts are announced.
    """
    lignes = _verrouiller(evenement, portee)
    for ligne in [lignes[0], *[une for une in lignes[1:] if _est_brouillon(une)]]:
        if ligne.date_a_confirmer:
            raise DateAttendue(_("Donnez d'abord la nouvelle date."))
        _avancer(ligne, StatutEvenement.PUBLIE, message="")
    return lignes[0]


@transaction.atomic
def reporter(
    evenement: Evenement,
    *,
    debut: datetime | None = None,
    fin: datetime | None = None,
    message: str = "",
) -> Evenement:
    """Put an announced event off, to `debut` or to a date that is not known yet; `fin` is as long
    after unless told. Whoever is registered keeps the place and is told, with `message`.

    Raises `TransitionInterdite`, and `ValidationError` for a date that has passed.
    """
    evenement = verrouiller_evenement(evenement.pk)
    if debut is None:
        return _avancer(evenement, StatutEvenement.REPORTE, message=message, date_a_confirmer=True)
    if debut <= timezone.now():
        raise ValidationError({"debut": [_("Cette date est passée.")]})
    evenement.fin = fin or debut + (evenement.fin - evenement.debut)
    evenement.debut = debut
    _ranger(evenement)
    return _avancer(evenement, StatutEvenement.REPORTE, message=message, date_a_confirmer=False)


@transaction.atomic
def annuler(
    evenement: Evenement, *, message: str = "", portee: Portee = Portee.OCCURRENCE
) -> Evenement:
    """Cancel an announced event, and what `portee` names of its series: drafts stay, nobody knows
    of them. Raises `TransitionInterdite`, `EvenementPasse`."""
    lignes = _verrouiller(evenement, portee)
    if lignes[0].fin <= timezone.now() and not lignes[0].date_a_confirmer:
        raise EvenementPasse(_("Cet événement a déjà eu lieu."))
    for ligne in [lignes[0], *[une for une in lignes[1:] if not _est_brouillon(une)]]:
        _avancer(ligne, StatutEvenement.ANNULE, message=message, date_a_confirmer=False)
    return lignes[0]


@transaction.atomic
def retirer(evenement: Evenement) -> Evenement:
    """Make a draft of an announced event again. Raises `InscriptionsExistantes` as soon as
    somebody is registered, `TransitionInterdite`."""
    evenement = verrouiller_evenement(evenement.pk)
    vivantes = evenement.inscriptions.exclude(statut="annulee")
    if evenement.statut == StatutEvenement.PUBLIE and vivantes.exists():
        raise InscriptionsExistantes(_("Des personnes sont inscrites : annulez plutôt."))
    return _avancer(evenement, StatutEvenement.BROUILLON, message="")


@transaction.atomic
def supprimer_evenement(evenement: Evenement) -> None:
    """Delete a draft, or an event to which nobody ever registered. Raises
    `InscriptionsExistantes`."""
    evenement = verrouiller_evenement(evenement.pk)
    if _est_brouillon(evenement):
        # What was cancelled before it was taken back.
        evenement.inscriptions.all().delete()
    elif evenement.inscriptions.exists():
        raise InscriptionsExistantes(_("Des personnes se sont inscrites : annulez plutôt."))
    evenement.delete()


def verrouiller_serie(evenement: Evenement) -> None:
    """Lock every row of a series, in the order in which all do."""
    if evenement.serie is not None:
        rows = Evenement.objects.filter(serie=evenement.serie).order_by("pk")
        list(rows.select_for_update(no_key=True, of=("self",)).values_list("pk"))


def _occurrences(evenement: Evenement, borne: Borne | None) -> list[Evenement]:
    if not evenement.recurrence:
        if borne is not None:
            raise ValidationError({"recurrence": [_("Dites comment l'événement revient.")]})
        return [evenement]
    dates = occurrences(evenement.debut, evenement.fin, evenement.recurrence, borne or Borne())
    evenement.serie, dernier = uuid4(), timezone.localdate(dates[-1][0])
    evenement.recurrence_fin = dernier
    return [_occurrence(evenement, debut, fin) for debut, fin in dates]


def _occurrence(evenement: Evenement, debut: datetime, fin: datetime) -> Evenement:
    if debut == evenement.debut:
        return evenement
    ligne = Evenement(
        **{
            field.attname: getattr(evenement, field.attname)
            for field in Evenement._meta.concrete_fields
            if not (field.generated or field.primary_key or field.name in PROPRES)
        }
    )
    if evenement.image:
        # A file of its own: one that is replaced is deleted.
        ligne.image = evenement.image.file
    ligne.debut, ligne.fin = debut, fin
    ligne.inscription_debut = evenement.inscription_debut
    if evenement.inscription_fin:
        ligne.inscription_fin = evenement.inscription_fin + (debut - evenement.debut)
    return ligne


def _nom_court(evenement: Evenement) -> str:
    titre = evenement.titre
    if slug_of(titre, default="evenement") in RESERVED_SLUGS:
        titre = f"evenement {titre}"
    if evenement.serie is None:
        return titre
    return f"{titre[:60]} {timezone.localdate(evenement.debut).isoformat()}"


def _ranger(evenement: Evenement) -> None:
    """Whole days go from midnight to midnight. Raises `ValidationError` for times out of order."""
    if evenement.fin <= evenement.debut and not (
        evenement.journee_entiere and evenement.fin == evenement.debut
    ):
        raise ValidationError({"fin": [_("La fin vient après le début.")]})
    if evenement.fin - evenement.debut > DUREE_AU_PLUS:
        raise ValidationError({"fin": [_("Un événement dure un an au plus.")]})
    if evenement.journee_entiere:
        evenement.debut, evenement.fin = journees(evenement.debut, evenement.fin)


def _verrouiller(evenement: Evenement, portee: Portee) -> list[Evenement]:
    """The rows that are meant, locked: `evenement` first, then the others that have not begun and
    are not cancelled."""
    if portee == Portee.OCCURRENCE or evenement.serie is None:
        return [verrouiller_evenement(evenement.pk)]
    verrouiller_serie(evenement)
    premier = verrouiller_evenement(evenement.pk)
    autres = Evenement.objects.select_related("mairie").filter(
        serie=evenement.serie, debut__gt=timezone.now()
    )
    if portee == Portee.SUIVANTES:
        autres = autres.filter(debut__gt=premier.debut)
    autres = autres.exclude(pk=premier.pk).exclude(statut=StatutEvenement.ANNULE)
    return [premier, *autres.order_by("debut", "pk")]


def _decalages(ancien: Evenement, changements: dict) -> dict[str, timedelta]:
    return {
        name: changements[name] - getattr(ancien, name) for name in MOMENTS if name in changements
    }


def _modifier(evenement: Evenement, decalages: dict[str, timedelta]) -> None:
    """Check and save a changed row; who is concerned is told, and who waits moves up."""
    ancien = Evenement.objects.get(pk=evenement.pk)
    if ancien.statut == StatutEvenement.ANNULE:
        raise EvenementAnnule(_("Un événement annulé ne se modifie plus."))
    for name, decalage in decalages.items():
        setattr(evenement, name, getattr(evenement, name) + decalage)
    _ranger(evenement)
    _verifier_capacite(evenement)
    if evenement.debut != ancien.debut:
        evenement.date_a_confirmer = False
    evenement.clean()
    change = any(getattr(ancien, name) != getattr(evenement, name) for name in AVISES)
    if change and not _est_brouillon(ancien):
        evenement.sequence += 1
    evenement.save()
    if change and not _est_brouillon(ancien):
        _faire_savoir(evenement, max(ancien.fin, evenement.fin))
    promouvoir(evenement)


def _verifier_capacite(evenement: Evenement) -> None:
    if evenement.capacite is not None and evenement.capacite < evenement.places_prises:
        message = _("%(prises)s places sont déjà prises : annulez d'abord des inscriptions.")
        raise CapaciteInsuffisante(
            message % {"prises": evenement.places_prises}, places_prises=evenement.places_prises
        )


def _avancer(evenement: Evenement, statut: StatutEvenement, **changes) -> Evenement:
    """Move the locked event along the table, with `changes`; agendas and the registered are told
    of what was announced before."""
    ancien = StatutEvenement(evenement.statut)
    if statut not in TRANSITIONS_EVENEMENT[ancien]:
        raise TransitionInterdite(ancien, statut)
    evenement.statut = statut
    for name, value in changes.items():
        setattr(evenement, name, value)
    if ancien != StatutEvenement.BROUILLON:
        evenement.sequence += 1
    evenement.save()
    if ancien != StatutEvenement.BROUILLON and statut != StatutEvenement.BROUILLON:
        _faire_savoir(evenement, evenement.fin)
    promouvoir(evenement)
    return evenement


def _faire_savoir(evenement: Evenement, fin: datetime) -> None:
    """Have the registered told. Of what is over nobody is, unless it is still to come."""
    if fin > timezone.now() or evenement.date_a_confirmer:
        async_task(TACHE, evenement.pk)


def _est_brouillon(evenement: Evenement) -> bool:
    return evenement.statut == StatutEvenement.BROUILLON
