from documents.models import FAQ
from ecms.api.filters import FilterSet, FullTextFilter, StableOrderingFilter, mairie_filter


class FAQFilter(FilterSet):
    mairie = mairie_filter()
    search = FullTextFilter()
    ordering = StableOrderingFilter(fields=["ordre", "categorie", "date_modification"])

    class Meta:
        model = FAQ
        fields = ["categorie", "est_active"]
