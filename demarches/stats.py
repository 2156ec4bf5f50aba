"""Public figures of the procedures and of the problem reports."""

from django.db.models import Count, Q

from demarches.models import Formulaire, Signalement
from demarches.workflow import StatutSignalement
from ecms.stats import declare

declare("formulaires", Formulaire)
declare(
    "signalements",
    Signalement,
    ouverts=Count("pk", filter=Q(statut__in=StatutSignalement.ouverts())),
    resolus=Count("pk", filter=Q(statut=StatutSignalement.RESOLU)),
)
