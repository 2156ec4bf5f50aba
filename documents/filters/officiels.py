import django_filters
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from documents.models import DocumentOfficiel
from ecms.api.filters import (
    BooleanFilter,
    FilterSet,
    FullTextFilter,
    StableOrderingFilter,
    mairie_filter,
)


class DocumentOfficielFilter(FilterSet):
    mairie = mairie_filter()
    numero_reference = django_filters.CharFilter(
        lookup_expr="iexact", max_length=80, label=_("Numéro de référence")
    )
    date_apres = django_filters.DateFilter(
        field_name="date_document", lookup_expr="gte", label=_("Daté de ce jour ou d'après")
    )
    date_avant = django_filters.DateFilter(
        field_name="date_document", lookup_expr="lte", label=_("Daté de ce jour ou d'avant")
    )
    en_vigueur = BooleanFilter(method="keep_in_force", label=_("Que rien n'a remplacé"))
    search = FullTextFilter()
    ordering = StableOrderingFilter(
        fields=["date_publication", "date_document", "annee", "titre", "date_modification"]
    )

    class Meta:
        model = DocumentOfficiel
        fields = ["type", "annee", "est_public"]

    def keep_in_force(self, queryset, name, value):
        # A replacement that the caller may not read has replaced nothing yet.
        visible = DocumentOfficiel.objects.visible_to(self.request.user)
        replaced = Exists(visible.filter(pk=OuterRef("remplace_par")).order_by())
        return queryset.filter(~replaced if value else replaced)
