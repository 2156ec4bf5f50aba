from ecms.api.filters import FilterSet, SearchFilter, StableOrderingFilter, mairie_filter
from evenements.models import AbonneNewsletter


class AbonneFilter(FilterSet):
    mairie = mairie_filter()
    search = SearchFilter(["email", "nom"])
    ordering = StableOrderingFilter(fields=["email", "date_creation", "date_confirmation"])

    class Meta:
        model = AbonneNewsletter
        fields = ["statut", "langue"]
