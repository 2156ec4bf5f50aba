import django_filters
from django.utils.translation import gettext_lazy as _

from demarches.models import Formulaire
from ecms.api.filters import FilterSet, FullTextFilter, StableOrderingFilter, mairie_filter
from mairies.models import ServiceMunicipal


class FormulaireFilter(FilterSet):
    mairie = mairie_filter()
    service = django_filters.ModelChoiceFilter(
        queryset=lambda request: ServiceMunicipal.objects.visible_to(request.user),
        label=_("L'id du service qui répond"),
    )
    search = FullTextFilter()
    ordering = StableOrderingFilter(
        fields=["nom", "cout_xaf", "delai_jours", "date_creation", "date_modification"]
    )

    class Meta:
        model = Formulaire
        fields = ["type", "en_ligne", "est_actif"]
