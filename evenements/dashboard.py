"""What is to come in the agenda, letters that are to leave, and who asked for them."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ecms.dashboard import (
    Acts,
    Series,
    Task,
    declare_acts,
    declare_series,
    declare_task,
    publication,
)
from evenements.models import AbonneNewsletter, Evenement, InscriptionEvenement, Newsletter
from evenements.workflow import (
    StatutAbonne,
    StatutEvenement,
    StatutInscription,
    StatutNewsletter,
)

INSCRIPTIONS = "evenements.view_inscriptionevenement"
NEWSLETTERS = "evenements.view_newsletter"

declare_task(
    Task(
        "evenements_brouillons",
        _("Brouillons d'événements"),
        Evenement,
        "evenements.view_evenement",
        lambda moment: Q(statut=StatutEvenement.BROUILLON),
        "statut__exact=brouillon",
    )
)
declare_task(
    Task(
        "inscriptions_a_venir",
        _("Inscriptions à des événements à venir"),
        InscriptionEvenement,
        INSCRIPTIONS,
        lambda moment: Q(
            statut=StatutInscription.CONFIRMEE,
            evenement__debut__gt=moment,
            evenement__statut__in=[StatutEvenement.PUBLIE, StatutEvenement.REPORTE],
        ),
    )
)
declare_task(
    Task(
        "newsletters_planifiees",
        _("Newsletters planifiées"),
        Newsletter,
        NEWSLETTERS,
        lambda moment: Q(statut=StatutNewsletter.PLANIFIEE),
        "statut__exact=planifiee",
    )
)

declare_series(
    Series(
        "inscriptions",
        _("Inscriptions à des événements"),
        InscriptionEvenement,
        INSCRIPTIONS,
        "date_creation",
        ~Q(statut=StatutInscription.ANNULEE),
    )
)
declare_series(
    Series(
        "abonnes",
        _("Nouveaux abonnés"),
        AbonneNewsletter,
        "evenements.view_abonnenewsletter",
        "date_confirmation",
        Q(statut=StatutAbonne.CONFIRME),
    )
)

declare_acts(
    "newsletters",
    Acts(
        Newsletter,
        NEWSLETTERS,
        ("-date_envoi", "-pk"),
        lambda n: publication(n, n.mairie, "newsletter", n.date_envoi, n.titre),
        lambda moment: Q(
            statut__in=[StatutNewsletter.EN_COURS, StatutNewsletter.ENVOYEE],
            date_envoi__lte=moment,
        ),
    ),
)
