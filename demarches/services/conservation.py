"""How long what citizens file is kept, and what is left of it afterwards (docs/operations.md).

Each rule works through its rows in batches, one transaction each: a purge that is killed has done
whole batches, and none holds rows, or a statement, for long. A row that somebody else holds is
left to the next purge.
"""

from collections.abc import Callable
from datetime import timedelta

from django.db.models import (
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Value,
)
from django.utils import timezone

from demarches.models import DemarcheAdministrative, PieceJointe, RendezVous, Signalement, Suivi
from demarches.services.historique import Nature, Origine, effacement
from demarches.workflow import StatutDemarche, StatutSignalement
from ecms import journal, retention
from ecms.codes import new_secret

LOT = 200
UN_JOUR = timedelta(days=1)
BROUILLONS = timedelta(days=30)
SIGNALEMENTS = timedelta(days=365)
RENDEZ_VOUS = timedelta(days=730)
ANONYME = "Anonyme"

Lot = list
VIDE = {"nom_demandeur": "", "email_demandeur": "", "telephone_demandeur": "", "motif_rejet": ""}
EFFACE = {"donnees": {}, "definition": [], "demandeur": None, "agent_traitant": None}


def dossiers_clos() -> QuerySet:
    """Dossiers that have been closed for longer than their procedure says."""
    jours = F("formulaire__duree_conservation_jours") * Value(UN_JOUR)
    duree = ExpressionWrapper(jours, output_field=DurationField())
    maintenant = timezone.now()
    limite = ExpressionWrapper(
        Value(maintenant, output_field=DateTimeField()) - duree, output_field=DateTimeField()
    )
    # No procedure keeps them for less than a day, which is what the index can use.
    clos = DemarcheAdministrative.objects.filter(
        date_anonymisation__isnull=True, date_cloture__lt=maintenant - UN_JOUR
    )
    return clos.exclude(jamais_deposee()).alias(limite=limite).filter(date_cloture__lt=F("limite"))


def brouillons_abandonnes() -> QuerySet:
    """What was never filed, and neither written to nor given a paper for 30 days."""
    limite = timezone.now() - BROUILLONS
    recentes = PieceJointe.objects.filter(demarche=OuterRef("pk"), date_creation__gte=limite)
    brouillons = DemarcheAdministrative.objects.filter(jamais_deposee())
    return brouillons.filter(~Exists(recentes), date_modification__lt=limite)


def jamais_deposee() -> Q:
    """A draft, or one that was given up."""
    return Q(statut=StatutDemarche.BROUILLON) | Q(
        statut=StatutDemarche.ANNULEE, date_depot__isnull=True
    )


def signalements_clos() -> QuerySet:
    """Problem reports that are settled, and that nobody has touched for a year."""
    clos = Signalement.objects.exclude(statut__in=StatutSignalement.ouverts())
    limite = timezone.now() - SIGNALEMENTS
    return clos.filter(date_anonymisation__isnull=True, date_modification__lt=limite)


def rendez_vous_passes() -> QuerySet:
    limite = timezone.now() - RENDEZ_VOUS
    return RendezVous.objects.filter(date_anonymisation__isnull=True, fin__lt=limite)


def anonymiser_dossiers(lot: Lot) -> None:
    """Leave of each the number, the state, the dates, the mairie and the procedure."""
    _supprimer_pieces(lot)
    Suivi.objects.filter(demarche__in=lot).update(message="", auteur=None)
    changes = {**VIDE, **EFFACE, "recepisse": ""}
    for demarche in lot:
        for name, value in changes.items():
            setattr(demarche, name, value)
        demarche.code_suivi, demarche.date_anonymisation = new_secret(), timezone.now()
        # One by one: the receipt's file goes with the signal of its row.
        demarche.save(update_fields=[*changes, "code_suivi", "date_anonymisation"])
    journal.forget(lot)


def supprimer_brouillons(lot: Lot) -> None:
    journal.forget(lot)
    _supprimer_pieces(lot)
    Suivi.objects.filter(demarche__in=lot).delete()
    DemarcheAdministrative.objects.filter(pk__in=[demarche.pk for demarche in lot]).delete()


def _supprimer_pieces(lot: Lot) -> None:
    pieces = PieceJointe.objects.filter(demarche__in=lot)
    journal.forget(pieces)
    pieces.delete()


def anonymiser_signalements(lot: Lot) -> None:
    """Take away who reported it, and the mairie's own notes; what the public reads stays."""
    photos = PieceJointe.objects.filter(signalement__in=lot)
    photos.update(depose_par=None, nom_original="")
    journal.forget(photos)
    suivis = Suivi.objects.filter(signalement__in=lot)
    suivis.filter(origine=Origine.DEMANDEUR).update(auteur=None)
    suivis.filter(nature=Nature.NOTE).update(message="")
    for signalement in lot:
        signalement.signaleur, signalement.email, signalement.telephone = None, "", ""
        signalement.code_suivi, signalement.date_anonymisation = new_secret(), timezone.now()
    changed = ["signaleur", "email", "telephone", "code_suivi", "date_anonymisation"]
    Signalement.objects.bulk_update(lot, changed)
    journal.forget(lot)


def anonymiser_rendez_vous(lot: Lot) -> None:
    """Leave the place, the time and what became of it."""
    Suivi.objects.filter(rendez_vous__in=lot).update(message="", auteur=None)
    for rdv in lot:
        rdv.nom, rdv.email, rdv.telephone, rdv.motif = ANONYME, "", "", ""
        rdv.citoyen, rdv.code, rdv.date_anonymisation = None, new_secret(), timezone.now()
    changed = ["nom", "email", "telephone", "motif", "citoyen", "code", "date_anonymisation"]
    RendezVous.objects.bulk_update(lot, changed)
    journal.forget(lot)


def par_lots(lignes: Callable[[], QuerySet], traiter: Callable[[Lot], None]) -> retention.Rule:
    """The rule that does `traiter` to what `lignes` finds, `LOT` rows at a time, and after which
    `lignes` finds them no more."""

    def regle(apply: bool) -> int:
        if not apply:
            return lignes().count()
        total = 0
        while nombre := _un_lot(lignes(), traiter):
            total += nombre
        return total

    return regle


def _un_lot(lignes: QuerySet, traiter: Callable[[Lot], None]) -> int:
    with effacement():
        libres = lignes.select_for_update(skip_locked=True, of=("self",))
        lot = list(libres.order_by("pk")[:LOT])
        if lot:
            traiter(lot)
    return len(lot)


retention.declare("brouillons abandonnés", par_lots(brouillons_abandonnes, supprimer_brouillons))
retention.declare("dossiers clos", par_lots(dossiers_clos, anonymiser_dossiers))
retention.declare("rendez-vous passés", par_lots(rendez_vous_passes, anonymiser_rendez_vous))
retention.declare("signalements clos", par_lots(signalements_clos, anonymiser_signalements))
