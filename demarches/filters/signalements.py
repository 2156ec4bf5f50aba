import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from demarches.filters.rendez_vous import JourFilter
from demarches.models import Signalement
from demarches.proximite import au_cameroun
from demarches.workflow import StatutSignalement
from ecms.api.filters import (
    BooleanFilter,
    FilterSet,
    FullTextFilter,
    StableOrderingFilter,
    mairie_filter,
)
from mairies.categories import CategorieSignalement
from mairies.models import Mairie, ServiceMunicipal


def services_des_agents(request):
    """For whoever is shown the service of a report: a filter tells no more than the list."""
    rows = ServiceMunicipal.objects.manageable_by(request.user)
    return rows if request.user.has_perm("demarches.view_signalement") else rows.none()


class SignalementFilter(FilterSet):
    mairie = mairie_filter()
    ouvert = BooleanFilter(method="filter_ouvert", label=gettext_lazy("Encore à traiter"))
    service = django_filters.ModelChoiceFilter(
        queryset=services_des_agents, label=gettext_lazy("Service (agents)")
    )
    miens = BooleanFilter(method="filter_miens", label=gettext_lazy("Mes signalements"))
    du = JourFilter(
        field_name="date_creation", depuis=True, label=gettext_lazy("Signalé à partir de ce jour")
    )
    au = JourFilter(
        field_name="date_creation", jusqua=True, label=gettext_lazy("Signalé jusqu'à ce jour")
    )
    search = FullTextFilter()
    ordering = StableOrderingFilter(
        fields=["date_creation", "date_modification", "date_prevue", "date_resolution"]
    )

    class Meta:
        model = Signalement
        fields = ["categorie", "statut"]

    def filter_ouvert(self, queryset, name, value):
        rows = {"statut__in": StatutSignalement.ouverts()}
        return queryset.filter(**rows) if value else queryset.exclude(**rows)

    def filter_miens(self, queryset, name, value):
        return queryset.owned_by(self.request.user) if value else queryset


class ProchesForm(forms.Form):
    """Where to look for what may be the same problem."""

    # As telephones write them, with fifteen decimals.
    latitude = forms.DecimalField(max_digits=30, decimal_places=20)
    longitude = forms.DecimalField(max_digits=30, decimal_places=20)
    categorie = forms.ChoiceField(choices=CategorieSignalement.choices, required=False)
    mairie = forms.ModelChoiceField(
        queryset=Mairie.objects.visible_to_public(), to_field_name="slug", required=False
    )

    def clean(self):
        data = super().clean()
        latitude, longitude = data.get("latitude"), data.get("longitude")
        if None not in (latitude, longitude) and not au_cameroun(latitude, longitude):
            raise ValidationError({"latitude": _("Ce point n'est pas au Cameroun.")})
        return data
