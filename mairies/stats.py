"""Public figures of the directory."""

from django.db.models import Count, Q

from ecms.stats import declare
from mairies.models import Mairie, ServiceMunicipal
from mairies.workflow import StatutMairie

declare(
    "mairies",
    Mairie,
    **{statut.value: Count("pk", filter=Q(statut=statut)) for statut in StatutMairie},
)
declare("services", ServiceMunicipal)
