"""What the national administrator sees of the mairies."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ecms.dashboard import Breakdown, Task, declare_breakdown, declare_task
from mairies.models import DemandeCreationSite, Mairie
from mairies.workflow import StatutDemande

declare_task(
    Task(
        "demandes_a_traiter",
        _("Demandes d'ouverture à traiter"),
        DemandeCreationSite,
        "mairies.view_demandecreationsite",
        lambda moment: Q(statut=StatutDemande.EN_ATTENTE),
        "statut__exact=en_attente",
    )
)

declare_breakdown(Breakdown("mairies_par_statut", _("Mairies par état"), Mairie, "statut"))
declare_breakdown(Breakdown("mairies_par_region", _("Mairies par région"), Mairie, "region"))
