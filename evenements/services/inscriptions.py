"""Registering, cancelling, and who moves up. The event's row is locked before any of its
registrations is written: whoever comes at the same moment waits there, and places are counted by
one at a time."""

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from ecms.codes import new_secret
from ecms.exceptions import DomainError, TransitionInterdite
from ecms.scoping import manages
from evenements.mails.inscriptions import prevenir
from evenements.models import Evenement, InscriptionEvenement
from evenements.workflow import TRANSITIONS_INSCRIPTION, StatutEvenement, StatutInscription

OUVERTS = (StatutEvenement.PUBLIE, StatutEvenement.REPORTE)


class InscriptionImpossible(DomainError):
    """`code` says why."""


class Complet(DomainError):
    """`places_libres` is what is left."""

    code = "complet"


class DejaInscrit(DomainError):
    code = "deja_inscrit"


class TropTard(DomainError):
    code = "trop_tard"


class TropTot(DomainError):
    code = "trop_tot"


@transaction.atomic
def inscrire(
    evenement: Evenement,
    *,
    par,
    nom: str,
    email: str,
    telephone: str = "",
    nombre_personnes: int = 1,
    langue: str = "fr",
) -> InscriptionEvenement:
    """Give `nombre_personnes` a place, or a rank on the waiting list; the person is mailed.

    `par` is the account that registers, None for a visitor; an agent of the mairie registers for
    somebody else. Nobody overtakes who waits. Raises `InscriptionImpossible`, `DejaInscrit`,
    `Complet`, and `ValidationError` for a group that is too large.
    """
    evenement = verrouiller_evenement(evenement.pk)
    _verifier_ouvert(evenement)
    _verifier_groupe(evenement, nombre_personnes)
    _verifier_nouveau(evenement, email)
    inscription = InscriptionEvenement(evenement=evenement, nombre_personnes=nombre_personnes)
    inscription.participant = None if tient_la_liste(par, evenement, "add") else par
    inscription.nom, inscription.email, inscription.telephone = nom, email, telephone
    inscription.langue, inscription.avis = langue, evenement.sequence
    inscription.code = new_secret()
    _placer(inscription, evenement)
    inscription.save()
    en_attente = inscription.statut == StatutInscription.EN_ATTENTE
    prevenir(inscription, "inscription_attente" if en_attente else "inscription_confirmee")
    return inscription


@transaction.atomic
def annuler(inscription: InscriptionEvenement, *, par) -> InscriptionEvenement:
    """Give the places back, and let those who wait move up; the person is told.

    Raises `TropTard` when the event has begun (for whoever is no agent of the mairie), and
    `TransitionInterdite`.
    """
    evenement, inscription = _verrouiller(inscription)
    par_la_mairie = agit_pour_la_mairie(inscription, evenement, par)
    if evenement.debut <= timezone.now() and not (par_la_mairie or evenement.date_a_confirmer):
        raise TropTard(_("L'événement a commencé."))
    _liberer(inscription, evenement)
    prevenir(inscription, "inscription_annulee", par_la_mairie=par_la_mairie)
    return inscription


@transaction.atomic
def abandonner(inscription: InscriptionEvenement) -> None:
    """Cancel without a word, for an account that ends."""
    evenement, inscription = _verrouiller(inscription)
    if StatutInscription.ANNULEE in TRANSITIONS_INSCRIPTION[StatutInscription(inscription.statut)]:
        _liberer(inscription, evenement)


def presente(inscription: InscriptionEvenement) -> InscriptionEvenement:
    """The person came. Raises `TropTot` before the day, `TransitionInterdite`."""
    return _constater(inscription, StatutInscription.PRESENTE)


def absente(inscription: InscriptionEvenement) -> InscriptionEvenement:
    """The person did not come. Raises `TropTot` before the day, `TransitionInterdite`."""
    return _constater(inscription, StatutInscription.ABSENTE)


def promouvoir(evenement: Evenement) -> list[InscriptionEvenement]:
    """Give the free places of the locked `evenement` to those who wait, in the order in which they
    came; each is mailed. The first whose group is too large for what is left ends it."""
    if not _a_venir(evenement):
        return []
    promues = []
    for inscription in _attente(evenement).order_by("rang"):
        if not _tient(evenement, inscription.nombre_personnes):
            break
        _avancer(inscription, StatutInscription.CONFIRMEE)
        compter(evenement, inscription.nombre_personnes)
        prevenir(inscription, "inscription_promue")
        promues.append(inscription)
    return promues


def compter(evenement: Evenement, personnes: int) -> None:
    """Add to the taken places of the locked `evenement`; it is no change that agendas are told."""
    evenement.places_prises += personnes
    rows = Evenement.objects.filter(pk=evenement.pk)
    rows.update(places_prises=evenement.places_prises)


def verrouiller_evenement(pk: int) -> Evenement:
    """The event as it is now, locked until the end of the transaction."""
    rows = Evenement.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("mairie").get(pk=pk)


def tient_la_liste(compte, evenement: Evenement, verbe: str = "change") -> bool:
    """Whether an account acts for the mairie rather than for itself."""
    if compte is None or not manages(compte, evenement.mairie_id):
        return False
    return compte.has_perm(f"evenements.{verbe}_inscriptionevenement")


def agit_pour_la_mairie(inscription: InscriptionEvenement, evenement: Evenement, par) -> bool:
    """An agent who is registered themselves is a citizen here."""
    if par is None or par.pk == inscription.participant_id:
        return False
    return tient_la_liste(par, evenement)


def inscriptions_ouvertes(evenement: Evenement) -> bool:
    """Whether somebody who registers now would get a place, or a rank."""
    if not evenement.inscription_requise or _fermeture(evenement) is not None:
        return False
    return evenement.liste_attente or evenement.places_libres != 0


def _fermeture(evenement: Evenement) -> tuple[str, str] | None:
    """Why nobody may register now: code and sentence."""
    maintenant = timezone.now()
    if evenement.statut == StatutEvenement.ANNULE:
        return "evenement_annule", _("Cet événement est annulé.")
    if evenement.statut not in OUVERTS or not evenement.mairie.est_active:
        return "inscriptions_fermees", _("Cet événement n'est pas annoncé.")
    if evenement.date_a_confirmer:
        return "inscriptions_fermees", _("La nouvelle date n'est pas encore connue.")
    if evenement.debut <= maintenant:
        return "inscriptions_fermees", _("L'événement a commencé.")
    if evenement.inscription_debut and maintenant < evenement.inscription_debut:
        return "inscriptions_pas_ouvertes", _("Les inscriptions ne sont pas encore ouvertes.")
    if evenement.inscription_fin and maintenant >= evenement.inscription_fin:
        return "inscriptions_fermees", _("Les inscriptions sont closes.")
    return None


def _verifier_ouvert(evenement: Evenement) -> None:
    if not evenement.inscription_requise:
        message = _("Cet événement est libre : venez sans vous inscrire.")
        raise InscriptionImpossible(message, "sans_inscription")
    if fermeture := _fermeture(evenement):
        code, message = fermeture
        raise InscriptionImpossible(message, code)


def _verifier_groupe(evenement: Evenement, nombre_personnes: int) -> None:
    """A group larger than the room would wait for ever, and everyone behind it."""
    au_plus = evenement.personnes_max_par_inscription
    if evenement.capacite is not None:
        au_plus = min(au_plus, evenement.capacite)
    if nombre_personnes > au_plus:
        message = _("%(nombre)s personnes au plus par inscription.") % {"nombre": au_plus}
        raise ValidationError({"nombre_personnes": [message]})


def _verifier_nouveau(evenement: Evenement, email: str) -> None:
    vivantes = evenement.inscriptions.filter(statut__in=StatutInscription.vivants())
    if vivantes.filter(email__iexact=email).exists():
        raise DejaInscrit(_("Cette adresse est déjà inscrite à cet événement."))


def _placer(inscription: InscriptionEvenement, evenement: Evenement) -> None:
    if _tient(evenement, inscription.nombre_personnes) and not _attente(evenement).exists():
        inscription.statut = StatutInscription.CONFIRMEE
        compter(evenement, inscription.nombre_personnes)
        return
    if not evenement.liste_attente:
        message = _("Il n'y a pas assez de places.")
        raise Complet(message, places_libres=evenement.places_libres)
    inscription.statut = StatutInscription.EN_ATTENTE
    dernier = evenement.inscriptions.aggregate(dernier=Max("rang"))["dernier"]
    inscription.rang = (dernier or 0) + 1


def _liberer(inscription: InscriptionEvenement, evenement: Evenement) -> None:
    tenait_une_place = inscription.statut in StatutInscription.placees()
    _avancer(inscription, StatutInscription.ANNULEE)
    if tenait_une_place:
        compter(evenement, -inscription.nombre_personnes)
    # Who leaves the head of the list lets smaller groups through.
    promouvoir(evenement)


def _attente(evenement: Evenement):
    """Those who wait and may get a place. A group that the room, made smaller since, never holds
    keeps its rank, for a room that grows again, and holds nobody up."""
    attente = evenement.inscriptions.filter(statut=StatutInscription.EN_ATTENTE)
    if evenement.capacite is None:
        return attente
    return attente.filter(nombre_personnes__lte=evenement.capacite)


def _tient(evenement: Evenement, personnes: int) -> bool:
    return evenement.places_libres is None or evenement.places_libres >= personnes


def _a_venir(evenement: Evenement) -> bool:
    if evenement.statut not in OUVERTS:
        return False
    return evenement.date_a_confirmer or evenement.debut > timezone.now()


def _verrouiller(
    inscription: InscriptionEvenement,
) -> tuple[Evenement, InscriptionEvenement]:
    """The event, then its registration, as they are now."""
    evenement = verrouiller_evenement(inscription.evenement_id)
    rows = InscriptionEvenement.objects.select_for_update(no_key=True, of=("self",))
    inscription = rows.select_related("participant").get(pk=inscription.pk)
    inscription.evenement = evenement
    return evenement, inscription


@transaction.atomic
def _constater(
    inscription: InscriptionEvenement, statut: StatutInscription
) -> InscriptionEvenement:
    evenement, inscription = _verrouiller(inscription)
    if evenement.statut not in OUVERTS:
        raise InscriptionImpossible(_("Cet événement est annulé."), "evenement_annule")
    if evenement.date_a_confirmer or timezone.localdate(evenement.debut) > timezone.localdate():
        raise TropTot(_("Le jour de l'événement n'est pas venu."))
    return _avancer(inscription, statut)


def _avancer(inscription: InscriptionEvenement, statut: StatutInscription) -> InscriptionEvenement:
    ancien = StatutInscription(inscription.statut)
    if statut not in TRANSITIONS_INSCRIPTION[ancien]:
        raise TransitionInterdite(ancien, statut)
    inscription.statut = statut
    inscription.save(update_fields=["statut", "date_modification"])
    return inscription
