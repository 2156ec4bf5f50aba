"""What is left of what a person filed once they ask to be forgotten: what the law keeps, without
them. A dossier that the mairie works on is settled first."""

from django.utils import timezone
from django.utils.translation import gettext as _

from demarches.models import DemarcheAdministrative, RendezVous, Signalement, Suivi
from demarches.services import conservation, portabilite
from demarches.services.historique import Nature, Origine, effacement
from demarches.services.transitions import avancer
from demarches.workflow import TRANSITIONS_RENDEZ_VOUS, StatutDemarche, StatutRendezVous
from ecms import erasures, retention
from ecms.exceptions import DomainError
from ecms.portability import Person


class DossiersEnCours(DomainError):
    """`dossiers` names them."""

    code = "dossiers_en_cours"


@retention.unless
def dossiers_en_cours(person: Person) -> None:
    """Raises `DossiersEnCours` while the mairie has something of theirs to decide."""
    ouverts = portabilite.dossiers(person).filter(date_depot__isnull=False, date_cloture=None)
    numeros = [dossier.numero_suivi for dossier in _verrouilles(ouverts)]
    if numeros:
        message = _("La mairie traite encore un dossier : annulez-le, ou attendez sa réponse.")
        raise DossiersEnCours(message, dossiers=numeros)


@retention.with_person
def oublier(person: Person) -> None:
    """Drafts go; dossiers, appointments and reports stay without who it was. Those that are of no
    account are noted one by one: only their rows tell that they were erased."""
    with effacement():
        for lignes, colonnes, traiter in (
            (portabilite.dossiers(person), portabilite.DOSSIER, _dossiers),
            (portabilite.rendez_vous(person), portabilite.RENDEZ_VOUS, _rendez_vous),
            (portabilite.signalements(person), portabilite.SIGNALEMENT, _signalements),
        ):
            erasures.record_all(lignes.filter(person.left(*colonnes)))
            traiter(_verrouilles(lignes))


@erasures.replays("demarches.demarcheadministrative")
def _dossier_encore(dossier: DemarcheAdministrative) -> None:
    with effacement():
        _dossiers([dossier])


@erasures.replays("demarches.rendezvous")
def _rendez_vous_encore(rendez_vous: RendezVous) -> None:
    with effacement():
        _rendez_vous([rendez_vous])


@erasures.replays("demarches.signalement")
def _signalement_encore(signalement: Signalement) -> None:
    with effacement():
        _signalements([signalement])


def _dossiers(lot: list) -> None:
    jamais_deposes = [dossier for dossier in lot if dossier.date_depot is None]
    deposes = [dossier for dossier in lot if dossier.date_depot is not None]
    for dossier in deposes:
        if dossier.statut not in StatutDemarche.finaux():
            _clore(dossier)
    conservation.supprimer_brouillons(jamais_deposes)
    conservation.anonymiser_dossiers(deposes)


def _clore(dossier: DemarcheAdministrative) -> None:
    """One that was settled when its owner was erased, and that a restored backup has open."""
    maintenant, annulee = timezone.now(), StatutDemarche.ANNULEE
    avancer(
        dossier,
        annulee,
        table={StatutDemarche(dossier.statut): {annulee}},
        origine=Origine.SYSTEME,
        date_annulation=maintenant,
        date_cloture=maintenant,
    )


def _rendez_vous(lot: list) -> None:
    """Those to come give their place back."""
    for rendez_vous in lot:
        a_venir = rendez_vous.debut > timezone.now()
        if a_venir and rendez_vous.statut == StatutRendezVous.CONFIRME:
            avancer(
                rendez_vous,
                StatutRendezVous.ANNULE,
                table=TRANSITIONS_RENDEZ_VOUS,
                origine=Origine.SYSTEME,
            )
    conservation.anonymiser_rendez_vous(lot)


def _signalements(lot: list) -> None:
    """The problem stays reported: what the public reads of it, and its photos. What the two sides
    wrote to each other goes."""
    echanges = Suivi.objects.filter(signalement__in=lot, nature=Nature.MESSAGE)
    echanges.update(message="", auteur=None)
    conservation.anonymiser_signalements(lot)


def _verrouilles(lignes) -> list:
    return list(lignes.select_for_update(no_key=True, of=("self",)).order_by("pk"))
