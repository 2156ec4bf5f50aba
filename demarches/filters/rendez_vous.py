from datetime import date, timedelta

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from demarches.creneaux import minuit
from demarches.models import RendezVous
from demarches.occupations import identifiants_hors_horaires
from ecms.api.filters import (
    BooleanFilter,
    FilterSet,
    SearchFilter,
    StableOrderingFilter,
    mairie_filter,
)
from mairies.calendrier import UN_JOUR
from mairies.models import ServiceMunicipal

JOURS_AU_PLUS = 62
PAR_DEFAUT = 31
# Free places are asked for around now.
LOINTAIN = timedelta(days=500)


class JourField(forms.DateField):
    """A day that has a midnight before and behind it."""

    def clean(self, value):
        jour = super().clean(value)
        if jour is not None and not date(1900, 1, 1) <= jour <= date(2200, 1, 1):
            raise ValidationError(_("Cette date est trop lointaine."))
        return jour


class JourFilter(django_filters.DateFilter):
    """Moments from the beginning of a day in Africa/Douala (`depuis`), or up to its end
    (`jusqua`), or both."""

    field_class = JourField

    def __init__(self, *, depuis: bool = False, jusqua: bool = False, **kwargs):
        self.depuis, self.jusqua = depuis, jusqua
        super().__init__(**kwargs)

    def filter(self, queryset, value):
        if value and self.depuis:
            queryset = queryset.filter(**{f"{self.field_name}__gte": minuit(value)})
        if value and self.jusqua:
            queryset = queryset.filter(**{f"{self.field_name}__lt": minuit(value + UN_JOUR)})
        return queryset


def services_visibles(request):
    return ServiceMunicipal.objects.visible_to(request.user)


class RendezVousFilter(FilterSet):
    mairie = mairie_filter()
    service = django_filters.ModelChoiceFilter(
        queryset=services_visibles, label=gettext_lazy("Service")
    )
    date = JourFilter(field_name="debut", depuis=True, jusqua=True, label=gettext_lazy("Le jour"))
    du = JourFilter(field_name="debut", depuis=True, label=gettext_lazy("Du jour"))
    au = JourFilter(field_name="debut", jusqua=True, label=gettext_lazy("Au jour, compris"))
    hors_horaires = BooleanFilter(
        method="_hors_horaires", label=gettext_lazy("À venir, hors des horaires du service")
    )
    search = SearchFilter(["nom", "motif", "email", "telephone"])
    ordering = StableOrderingFilter(fields=["debut", "date_creation"])

    class Meta:
        model = RendezVous
        fields = ["statut"]

    def filter_queryset(self, queryset):
        """The list of one day is in its own order, unless another is asked for."""
        rows, asked = super().filter_queryset(queryset), self.form.cleaned_data
        if asked["date"] and not asked["ordering"]:
            return rows.order_by("debut", "guichet", "pk")
        return rows

    def _hors_horaires(self, queryset, name, value: bool):
        trouves = identifiants_hors_horaires(queryset)
        rows = queryset.filter if value else queryset.exclude
        return rows(pk__in=trouves)


class CreneauxForm(forms.Form):
    """The parameters of the free places: `du` is today unless given, `au` a month later."""

    service = forms.IntegerField(min_value=1, max_value=10**18)
    du = JourField(required=False)
    au = JourField(required=False)

    def clean(self):
        donnees = super().clean()
        if self.errors:
            return donnees
        aujourd_hui = timezone.localdate()
        du = donnees["du"] = donnees["du"] or aujourd_hui
        au = donnees["au"] = donnees["au"] or du + timedelta(days=PAR_DEFAUT - 1)
        if abs(du - aujourd_hui) > LOINTAIN:
            self.add_error("du", _("Cette date est trop lointaine."))
        if not 0 <= (au - du).days < JOURS_AU_PLUS:
            message = _("Demandez de 1 à %(nombre)s jours.")
            self.add_error("au", message % {"nombre": JOURS_AU_PLUS})
        return donnees
