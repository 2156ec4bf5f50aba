"""Rows of everything that the dashboard counts."""

from datetime import timedelta

from django.utils import timezone

from demarches.tests.factories import (
    DemarcheAdministrativeFactory,
    FormulaireFactory,
    RendezVousFactory,
    SignalementFactory,
)
from demarches.workflow import StatutDemarche, StatutRendezVous, StatutSignalement
from documents.tests.factories import ActualiteFactory, DocumentOfficielFactory
from documents.workflow import Statut
from evenements.tests.factories import (
    AbonneNewsletterFactory,
    EvenementFactory,
    InscriptionEvenementFactory,
    NewsletterFactory,
)
from evenements.workflow import StatutInscription, StatutNewsletter


def fill(mairie, moment, times: int = 1):
    """Rows of everything that is counted, `times` of each."""
    formulaire = FormulaireFactory(mairie=mairie)
    evenement = EvenementFactory(mairie=mairie, publie=True, debut=moment + timedelta(days=2),
                                 fin=moment + timedelta(days=3))  # fmt: skip
    rendez_vous = RendezVousFactory(mairie=mairie, debut=moment + timedelta(hours=1))
    for n in range(times):
        common = {"mairie": mairie, "formulaire": formulaire, "demandeur": None}
        late = {"echeance": timezone.localdate(moment) - timedelta(days=1)}
        DemarcheAdministrativeFactory(**common)
        DemarcheAdministrativeFactory(**common, statut=StatutDemarche.EN_COURS, **late)
        DemarcheAdministrativeFactory(**common, statut=StatutDemarche.PRETE, **late)
        DemarcheAdministrativeFactory(**common, brouillon=True, **late)
        DemarcheAdministrativeFactory(
            **common, statut=StatutDemarche.REMISE, date_cloture=moment - timedelta(hours=1)
        )
        SignalementFactory(mairie=mairie, signaleur=None)
        SignalementFactory(
            mairie=mairie,
            signaleur=None,
            statut=StatutSignalement.RESOLU,
            date_resolution=moment - timedelta(hours=1),
        )
        debut = moment + timedelta(hours=1, minutes=(n + 1) * 5)
        fields = {"mairie": mairie, "service": rendez_vous.service, "citoyen": None}
        RendezVousFactory(**fields, debut=debut, guichet=n + 2)
        RendezVousFactory(**fields, debut=debut, guichet=n + 2, statut=StatutRendezVous.ANNULE)
        ActualiteFactory(mairie=mairie)
        ActualiteFactory(mairie=mairie, publiee=True)
        ActualiteFactory(
            mairie=mairie, statut=Statut.PUBLIEE, date_publication=moment + timedelta(days=1)
        )
        DocumentOfficielFactory(mairie=mairie, publie=True)
        DocumentOfficielFactory(mairie=mairie)
        EvenementFactory(mairie=mairie)
        InscriptionEvenementFactory(evenement=evenement)
        InscriptionEvenementFactory(evenement=evenement, statut=StatutInscription.ANNULEE)
        NewsletterFactory(mairie=mairie)
        NewsletterFactory(
            mairie=mairie,
            statut=StatutNewsletter.PLANIFIEE,
            date_envoi=moment + timedelta(days=1),
        )
        AbonneNewsletterFactory(mairie=mairie, date_confirmation=moment - timedelta(hours=1))
        AbonneNewsletterFactory(mairie=mairie, en_attente=True)


def moved(row, **fields):
    """With dates that are set by themselves when a row is made."""
    type(row)._base_manager.filter(pk=row.pk).update(**fields)
    return row
