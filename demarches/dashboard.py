"""What awaits the agents of the desk, how much there was of it, and the steps they took."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from demarches.models import DemarcheAdministrative, RendezVous, Signalement, Suivi
from demarches.services.suivi import libelle_statut
from demarches.workflow import StatutDemarche, StatutRendezVous, StatutSignalement
from ecms.dashboard import (
    Acts,
    Series,
    Task,
    Today,
    declare_acts,
    declare_series,
    declare_task,
    declare_today,
    name_of,
)
from ecms.periodes import minuit

DOSSIERS = "demarches.view_demarcheadministrative"
RENDEZ_VOUS = "demarches.view_rendezvous"
SIGNALEMENTS = "demarches.view_signalement"
# The national administrator manages these rows, and has no more to do with them than agents.
BROUILLON_EN_LIGNE = Q(demarche__date_depot__isnull=True, demarche__canal="en_ligne")


def du_jour(moment) -> Q:
    jour = timezone.localdate(moment)
    return Q(debut__gte=minuit(jour), debut__lt=minuit(jour + timedelta(days=1)))


declare_task(
    Task(
        "demarches_a_prendre",
        _("Dossiers à prendre en charge"),
        DemarcheAdministrative,
        DOSSIERS,
        lambda moment: Q(statut=StatutDemarche.DEPOSEE),
        "statut__exact=deposee",
    )
)
declare_task(
    Task(
        "demarches_en_retard",
        _("Dossiers en retard"),
        DemarcheAdministrative,
        DOSSIERS,
        lambda moment: Q(
            statut__in=StatutDemarche.en_attente(), echeance__lt=timezone.localdate(moment)
        ),
        "en_retard=oui",
    )
)
declare_task(
    Task(
        "demarches_a_remettre",
        _("Dossiers prêts à remettre"),
        DemarcheAdministrative,
        DOSSIERS,
        lambda moment: Q(statut=StatutDemarche.PRETE),
        "statut__exact=prete",
    )
)
declare_task(
    Task(
        "rendez_vous_du_jour",
        _("Rendez-vous à tenir aujourd'hui"),
        RendezVous,
        RENDEZ_VOUS,
        lambda moment: Q(statut=StatutRendezVous.CONFIRME) & du_jour(moment),
        "statut__exact=confirme&jour=aujourdhui",
    )
)
declare_task(
    Task(
        "signalements_nouveaux",
        _("Nouveaux signalements"),
        Signalement,
        SIGNALEMENTS,
        lambda moment: Q(statut=StatutSignalement.SIGNALE),
        "statut__exact=signale",
    )
)


def prochain(rendez_vous) -> dict:
    return {
        "heure": rendez_vous.debut,
        "titre": rendez_vous.nom,
        "detail": rendez_vous.service.nom,
    }


declare_today(
    Today(
        "rendez_vous",
        _("Les rendez-vous à venir aujourd'hui"),
        RendezVous,
        RENDEZ_VOUS,
        lambda moment: Q(statut=StatutRendezVous.CONFIRME, fin__gt=moment) & du_jour(moment),
        ("debut", "pk"),
        prochain,
        ("service",),
        "statut__exact=confirme&jour=aujourdhui",
    )
)

declare_series(
    Series(
        "demarches_deposees", _("Dossiers déposés"), DemarcheAdministrative, DOSSIERS, "date_depot"
    )
)
declare_series(
    Series(
        "demarches_closes",
        _("Dossiers remis ou rejetés"),
        DemarcheAdministrative,
        DOSSIERS,
        "date_cloture",
        Q(statut__in=[StatutDemarche.REMISE, StatutDemarche.REJETEE]),
    )
)
declare_series(
    Series(
        "rendez_vous",
        _("Rendez-vous"),
        RendezVous,
        RENDEZ_VOUS,
        "debut",
        ~Q(statut=StatutRendezVous.ANNULE),
    )
)
declare_series(
    Series(
        "signalements_recus", _("Signalements reçus"), Signalement, SIGNALEMENTS, "date_creation"
    )
)
declare_series(
    Series(
        "signalements_resolus",
        _("Signalements résolus"),
        Signalement,
        SIGNALEMENTS,
        "date_resolution",
        Q(statut=StatutSignalement.RESOLU),
    )
)


def ligne(suivi, objet, type_, numero: str, titre: str) -> dict:
    """A line of a history, without the words of whoever wrote it nor the name of a citizen."""
    agent = suivi.auteur if suivi.origine == Suivi.Origine.AGENT else None
    return {
        "date": suivi.date_creation,
        "type": type_,
        "type_display": objet._meta.verbose_name,
        "id": objet.pk,
        "numero": numero,
        "titre": titre,
        "nature": suivi.nature,
        "nature_display": suivi.get_nature_display(),
        "origine": suivi.origine,
        "ancien_statut": suivi.ancien_statut,
        "nouveau_statut": suivi.nouveau_statut,
        "nouveau_statut_display": libelle_statut(suivi, suivi.nouveau_statut),
        "auteur_nom": name_of(agent),
        "mairie": suivi.mairie.slug,
        "mairie_nom": suivi.mairie.nom,
    }


def ligne_demarche(suivi) -> dict:
    dossier = suivi.demarche
    return ligne(suivi, dossier, "demarche", dossier.numero_suivi, dossier.formulaire.nom)


def ligne_signalement(suivi) -> dict:
    signale = suivi.signalement
    titre = signale.get_categorie_display()
    return ligne(suivi, signale, "signalement", signale.numero_suivi, titre)


def ligne_rendez_vous(suivi) -> dict:
    rendez_vous = suivi.rendez_vous
    return ligne(suivi, rendez_vous, "rendez_vous", "", rendez_vous.service.nom)


declare_acts(
    "demarches",
    Acts(
        Suivi,
        DOSSIERS,
        ("-pk",),
        ligne_demarche,
        lambda moment: Q(demarche__isnull=False) & ~BROUILLON_EN_LIGNE,
        ("mairie", "auteur", "demarche__formulaire"),
    ),
)
declare_acts(
    "signalements",
    Acts(
        Suivi,
        SIGNALEMENTS,
        ("-pk",),
        ligne_signalement,
        lambda moment: Q(signalement__isnull=False),
        ("mairie", "auteur", "signalement"),
    ),
)
declare_acts(
    "rendez_vous",
    Acts(
        Suivi,
        RENDEZ_VOUS,
        ("-pk",),
        ligne_rendez_vous,
        lambda moment: Q(rendez_vous__isnull=False),
        ("mairie", "auteur", "rendez_vous__service"),
    ),
)
