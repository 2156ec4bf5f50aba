"""The appointments of the load."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from demarches.models import RendezVous, Suivi
from demarches.workflow import StatutRendezVous
from ecms.management.load import textes
from ecms.management.load.lignes.communs import telephone, une
from ecms.management.load.lignes.mairies import DUREE, GUICHETS
from ecms.management.load.lignes.partage import Partage

DEBUT = "CHARGER"
S = StatutRendezVous
JOURS_OUVRES, PAR_JOUR, SEMAINES_AVANT = 100, 24, 6
# Beyond that two of them would hold one place.
AU_PLUS = JOURS_OUVRES * PAR_JOUR * GUICHETS


def code_de_rendez_vous(n: int) -> str:
    return f"{DEBUT}{n:09}"


def rendez_vous(n: int, partage: Partage) -> RendezVous:
    """From six weeks before the load to fourteen after it. No two numbers share day, hour and
    guichet, so that whatever service each is at, none meets another."""
    chez = une(partage.mairies, n)
    debut = _debut(n - 1, partage.jour)
    return RendezVous(
        mairie=chez,
        service=partage.services[chez.pk][0],
        guichet=1 + (n - 1) // (JOURS_OUVRES * PAR_JOUR),
        citoyen_id=partage.citoyens[n * 13 % len(partage.citoyens)] if n % 4 else None,
        nom=textes.personne(n),
        telephone=telephone(n),
        motif=textes.resume(n)[:200],
        debut=debut,
        fin=debut + timedelta(minutes=DUREE),
        statut=_statut(n, est_passe=debut < partage.jour),
        # Nobody is to be reminded.
        date_rappel=min(debut - timedelta(days=1), partage.jour),
        code=code_de_rendez_vous(n),
    )


def suites_de_rendez_vous(n: int, rendez_vous: RendezVous) -> Iterator[Suivi]:
    if rendez_vous.statut == S.CONFIRME:
        return
    annule = rendez_vous.statut == S.ANNULE
    yield Suivi(
        mairie_id=rendez_vous.mairie_id,
        rendez_vous=rendez_vous,
        nature=Suivi.Nature.STATUT,
        origine=Suivi.Origine.DEMANDEUR if annule else Suivi.Origine.AGENT,
        ancien_statut=S.CONFIRME,
        nouveau_statut=rendez_vous.statut,
    )


def _debut(n: int, jour: datetime) -> datetime:
    semaine, jour_ouvre = divmod(n * 37 % JOURS_OUVRES, 5)
    lundi = jour - timedelta(days=jour.weekday()) - timedelta(weeks=SEMAINES_AVANT)
    rang = n // JOURS_OUVRES % PAR_JOUR
    return lundi + timedelta(weeks=semaine, days=jour_ouvre, minutes=450 + rang * DUREE)


def _statut(n: int, *, est_passe: bool) -> StatutRendezVous:
    if n % 10 == 3:
        return S.ANNULE
    if not est_passe:
        return S.CONFIRME
    return S.ABSENT if n % 10 == 7 else S.HONORE
