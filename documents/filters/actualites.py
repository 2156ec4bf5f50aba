from django.utils.translation import gettext_lazy as _

from documents.models import Actualite
from ecms.api.filters import (
    FilterSet,
    FullTextFilter,
    MomentFilter,
    StableOrderingFilter,
    mairie_filter,
)


class ActualiteFilter(FilterSet):
    mairie = mairie_filter()
    publiee_apres = MomentFilter(
        field_name="date_publication", lookup_expr="gte", label=_("Publiée depuis")
    )
    publiee_avant = MomentFilter(
        field_name="date_publication", lookup_expr="lt", label=_("Publiée avant")
    )
    search = FullTextFilter()
    ordering = StableOrderingFilter(fields=["date_publication", "date_modification", "titre"])

    class Meta:
        model = Actualite
        fields = ["categorie", "statut", "epinglee"]

    def filter_queryset(self, queryset):
        found = super().filter_queryset(queryset)
        asked = self.form.cleaned_data
        if asked.get("mairie") and not asked.get("ordering") and not asked.get("search"):
            # What a mairie pins comes first in its own news, not in the country's.
            return found.order_by("-epinglee", "-date_publication", "-pk")
        return found
