"""Public figures of the projects."""

from django.db.models import Sum

from ecms.stats import declare
from projets.models import Projet

declare("projets", Projet, budget_xaf=Sum("budget_xaf"), depense_xaf=Sum("depense_xaf"))
