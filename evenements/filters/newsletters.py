from ecms.api.filters import FilterSet, SearchFilter, StableOrderingFilter, mairie_filter
from evenements.models import Newsletter


class NewsletterFilter(FilterSet):
    mairie = mairie_filter()
    search = SearchFilter(["titre"])
    ordering = StableOrderingFilter(fields=["titre", "date_creation", "date_envoi"])

    class Meta:
        model = Newsletter
        fields = ["statut"]
