"""The acts around an appointment. The service's row is locked before any place at it is taken."""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from demarches.creneaux import Creneau, guichet_libre, proches
from demarches.mails.rendez_vous import prevenir
from demarches.models import RendezVous
from demarches.services.historique import Nature, Origine, noter
from demarches.services.transitions import avancer, verrouiller
from demarches.workflow import TRANSITIONS_RENDEZ_VOUS, StatutRendezVous
from ecms.codes import new_secret
from ecms.exceptions import DomainError, TransitionInterdite
from ecms.scoping import manages
from ecms.slugs import violated_constraint
from mairies.models import ServiceMunicipal

CHEVAUCHEMENT = "demarches_rendezvous_sans_chevauchement"


class CreneauPris(DomainError):
    """`creneaux` names the nearest free places."""

    code = "creneau_pris"

    def __init__(self, creneaux: list[Creneau]):
        message = _("Ce créneau n'est pas libre.")
        super().__init__(message, creneaux=[decrire(creneau) for creneau in creneaux])


class SansRendezVous(DomainError):
    code = "sans_rendez_vous"


class TropTard(DomainError):
    code = "trop_tard"


class TropTot(DomainError):
    code = "trop_tot"


def decrire(creneau: Creneau) -> dict[str, object]:
    """A free place as the API tells it."""
    return {
        "debut": creneau.debut.isoformat(),
        "fin": creneau.fin.isoformat(),
        "libres": creneau.libres,
    }


@transaction.atomic
def reserver(
    service: ServiceMunicipal,
    *,
    debut: datetime,
    par,
    nom: str,
    email: str = "",
    telephone: str = "",
    motif: str = "",
    langue: str = "fr",
) -> RendezVous:
    """Book the lowest free desk of `service` at `debut`; the confirmation is mailed.

    `par` is the account that books, None for a visitor. An agent of the mairie books for somebody
    else, whatever the notice, also where citizens cannot. Raises `CreneauPris`, `SansRendezVous`.
    """
    service = _verrouiller_service(service.pk)
    au_guichet = tient_le_guichet(par, service.mairie_id, "add")
    _verifier_ouvert(service, au_guichet)
    rendez_vous = RendezVous(
        service=service, mairie_id=service.mairie_id, citoyen=None if au_guichet else par
    )
    rendez_vous.nom, rendez_vous.motif, rendez_vous.langue = nom, motif, langue
    rendez_vous.email, rendez_vous.telephone = email, telephone
    rendez_vous.code = new_secret()
    _placer(rendez_vous, service, debut, sans_limites=au_guichet)
    noter(
        rendez_vous,
        nature=Nature.STATUT,
        origine=Origine.AGENT if au_guichet else Origine.DEMANDEUR,
        auteur=par,
        nouveau=StatutRendezVous.CONFIRME,
    )
    prevenir(rendez_vous, "rendez_vous_confirme")
    return rendez_vous


@transaction.atomic
def deplacer(rendez_vous: RendezVous, *, debut: datetime, par) -> RendezVous:
    """Move a confirmed appointment to another free place of its service: the one it leaves is free
    at once, its code and its address stay.

    Raises `CreneauPris`, `TropTard` (citizens), `TransitionInterdite`, `SansRendezVous`.
    """
    service = _verrouiller_service(rendez_vous.service_id)
    rendez_vous = verrouiller(rendez_vous)
    origine = origine_du_geste(rendez_vous, par)
    _verifier_confirme(rendez_vous, _("Un rendez-vous « %(statut)s » ne se déplace pas."))
    _verifier_delai(rendez_vous, service.deplacement_heures, origine)
    _verifier_ouvert(service, origine == Origine.AGENT)
    if debut == rendez_vous.debut:
        return rendez_vous
    ancien = rendez_vous.debut
    rendez_vous.sequence += 1
    rendez_vous.date_rappel = None
    _placer(rendez_vous, service, debut, sans_limites=origine == Origine.AGENT)
    noter(
        rendez_vous,
        nature=Nature.MODIFICATION,
        origine=origine,
        auteur=par,
        message=_("Déplacé du %(ancien)s au %(nouveau)s")
        % {"ancien": _moment(ancien), "nouveau": _moment(debut)},
    )
    prevenir(rendez_vous, "rendez_vous_deplace", ancien=ancien.isoformat())
    return rendez_vous


@transaction.atomic
def modifier(rendez_vous: RendezVous, *, par, **changes) -> RendezVous:
    """Change `nom`, `email`, `telephone` or `motif` of a confirmed appointment. The history names
    what was changed, not what it says. Raises `TransitionInterdite`, and `ValidationError` when
    nothing is left to reach a person without an account by."""
    rendez_vous = verrouiller(rendez_vous)
    _verifier_confirme(rendez_vous, _("Un rendez-vous « %(statut)s » ne se modifie pas."))
    changes = {n: value for n, value in changes.items() if getattr(rendez_vous, n) != value}
    if not changes:
        return rendez_vous
    for name, value in changes.items():
        setattr(rendez_vous, name, value)
    _verifier_joignable(rendez_vous)
    rendez_vous.save(update_fields=[*changes, "date_modification"])
    champs = ", ".join(str(RendezVous._meta.get_field(name).verbose_name) for name in changes)
    noter(
        rendez_vous,
        nature=Nature.MODIFICATION,
        origine=origine_du_geste(rendez_vous, par),
        auteur=par,
        message=_("Modifié : %(champs)s") % {"champs": champs},
    )
    return rendez_vous


@transaction.atomic
def annuler(rendez_vous: RendezVous, *, par, message: str = "") -> RendezVous:
    """Give the place back; who holds the appointment is told, with the agent's `message`. Anybody
    else's words are not mailed: the address may be a stranger's.

    Raises `TropTard` (citizens), `TransitionInterdite`.
    """
    rendez_vous = verrouiller(rendez_vous)
    origine = origine_du_geste(rendez_vous, par)
    if rendez_vous.statut == StatutRendezVous.CONFIRME:
        _verifier_delai(rendez_vous, rendez_vous.service.annulation_heures, origine)
    _avancer(rendez_vous, StatutRendezVous.ANNULE, par=par, origine=origine, message=message)
    par_la_mairie = origine == Origine.AGENT
    mot = message if par_la_mairie else ""
    prevenir(rendez_vous, "rendez_vous_annule", par_la_mairie=par_la_mairie, message=mot)
    return rendez_vous


def honorer(rendez_vous: RendezVous, *, par) -> RendezVous:
    """The person came. Raises `TropTot` before it begins, `TransitionInterdite`."""
    return _constater(rendez_vous, StatutRendezVous.HONORE, par=par)


def absent(rendez_vous: RendezVous, *, par) -> RendezVous:
    """The person did not come. Raises `TropTot` before it begins, `TransitionInterdite`."""
    return _constater(rendez_vous, StatutRendezVous.ABSENT, par=par)


def tient_le_guichet(compte, mairie_id: int, verbe: str = "change") -> bool:
    """Whether an account acts for the mairie rather than for itself."""
    if compte is None or not manages(compte, mairie_id):
        return False
    return compte.has_perm(f"demarches.{verbe}_rendezvous")


def origine_du_geste(rendez_vous: RendezVous, par) -> Origine:
    """On which side `par` acts: an agent elsewhere who holds the code is a citizen here, and so is
    one to whom the appointment belongs."""
    if par is None or par.pk == rendez_vous.citoyen_id:
        return Origine.DEMANDEUR
    au_guichet = tient_le_guichet(par, rendez_vous.mairie_id)
    return Origine.AGENT if au_guichet else Origine.DEMANDEUR


def limite(rendez_vous: RendezVous, heures: int) -> datetime:
    """Until when a citizen may act on an appointment."""
    return rendez_vous.debut - timedelta(hours=heures)


@transaction.atomic
def _constater(rendez_vous: RendezVous, statut: StatutRendezVous, *, par) -> RendezVous:
    rendez_vous = verrouiller(rendez_vous)
    if rendez_vous.debut > timezone.now():
        raise TropTot(_("Ce rendez-vous n'a pas encore commencé."))
    return _avancer(rendez_vous, statut, par=par, origine=origine_du_geste(rendez_vous, par))


def _avancer(rendez_vous: RendezVous, statut: StatutRendezVous, **geste) -> RendezVous:
    return avancer(rendez_vous, statut, table=TRANSITIONS_RENDEZ_VOUS, **geste)


def _verrouiller_service(pk: int) -> ServiceMunicipal:
    """The service as it is now: who books at it at the same moment waits here. Its mairie is read
    behind the lock."""
    return ServiceMunicipal.objects.select_for_update(no_key=True).get(pk=pk)


def _placer(
    rendez_vous: RendezVous, service: ServiceMunicipal, debut: datetime, *, sans_limites: bool
) -> None:
    """Save the appointment at a free desk. The exclusion constraint has the last word: something
    may have been written without the lock."""
    quand = {"maintenant": timezone.now(), "sans_limites": sans_limites}
    guichet = guichet_libre(service, debut, **quand)
    if guichet is None:
        raise CreneauPris(proches(service, debut, **quand))
    rendez_vous.guichet, rendez_vous.debut = guichet, debut
    rendez_vous.fin = debut + timedelta(minutes=service.duree_rdv)
    try:
        with transaction.atomic():
            rendez_vous.save()
    except IntegrityError as error:
        if violated_constraint(error) != CHEVAUCHEMENT:
            raise
        raise CreneauPris(proches(service, debut, **quand)) from error


def _verifier_ouvert(service: ServiceMunicipal, au_guichet: bool) -> None:
    ouvert = service.est_actif and service.mairie.est_active
    if not ouvert or not (service.rdv_en_ligne or au_guichet):
        raise SansRendezVous(_("Ce service ne prend pas de rendez-vous en ligne."))


def _verifier_confirme(rendez_vous: RendezVous, message: str) -> None:
    if rendez_vous.statut != StatutRendezVous.CONFIRME:
        noms = {"statut": rendez_vous.get_statut_display()}
        raise DomainError(message % noms, TransitionInterdite.code, statut=rendez_vous.statut)


def _verifier_joignable(rendez_vous: RendezVous) -> None:
    joignable = rendez_vous.email or rendez_vous.telephone
    if not joignable and rendez_vous.citoyen_id is None:
        message = _("Donnez une adresse électronique ou un numéro de téléphone.")
        raise ValidationError({"email": message})


def _verifier_delai(rendez_vous: RendezVous, heures: int, origine: Origine) -> None:
    if origine == Origine.AGENT:
        return
    if timezone.now() > limite(rendez_vous, heures):
        message = _("Il est trop tard : c'était possible jusqu'au %(limite)s. Appelez le service.")
        raise TropTard(message % {"limite": _moment(limite(rendez_vous, heures))})


def _moment(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%d/%m/%Y %H:%M}"
