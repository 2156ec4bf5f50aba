import django_filters
from django.utils.translation import gettext_lazy as _

from ecms.api.filters import (
    BooleanFilter,
    FilterSet,
    FullTextFilter,
    StableOrderingFilter,
    mairie_filter,
)
from projets.models import Projet, ProjetQuerySet


class ConditionFilter(BooleanFilter):
    """Rows for which `condition()` holds, or for which it does not (or is not known)."""

    def __init__(self, condition, **kwargs):
        self.condition = condition
        super().__init__(**kwargs)

    def filter(self, queryset, value):
        if value is None:
            return queryset
        return queryset.filter(self.condition()) if value else queryset.exclude(self.condition())


class ProjetFilter(FilterSet):
    mairie = mairie_filter()
    en_retard = ConditionFilter(ProjetQuerySet.retard, label=_("En retard"))
    depassement = ConditionFilter(ProjetQuerySet.depassement, label=_("Budget dépassé"))
    debut_apres = django_filters.DateFilter(
        field_name="date_debut", lookup_expr="gte", label=_("Commencé depuis")
    )
    debut_avant = django_filters.DateFilter(
        field_name="date_debut", lookup_expr="lt", label=_("Commencé avant")
    )
    fin_apres = django_filters.DateFilter(
        field_name="date_fin_prevue", lookup_expr="gte", label=_("Fin prévue depuis")
    )
    fin_avant = django_filters.DateFilter(
        field_name="date_fin_prevue", lookup_expr="lt", label=_("Fin prévue avant")
    )
    search = FullTextFilter()
    ordering = StableOrderingFilter(
        fields=[
            "titre",
            "date_creation",
            "date_modification",
            "date_debut",
            "date_fin_prevue",
            "budget_xaf",
            "depense_xaf",
            "avancement",
        ]
    )

    class Meta:
        model = Projet
        fields = ["categorie", "statut"]
