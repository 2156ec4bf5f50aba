import django_filters
from django.core.exceptions import ValidationError
from django.forms import CharField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ecms.api.filters import SearchFilter, StableOrderingFilter, mairie_filter
from ecms.db.functions import SansAccents
from mairies.models import DemandeCreationSite, Mairie, ServiceMunicipal
from mairies.territoire import departement_named, region_named


class PlaceField(CharField):
    """A région or a département: its code, or its name in any spelling; anything else is refused."""

    def __init__(self, *, resolve, **kwargs):
        self.resolve = resolve
        super().__init__(max_length=80, **kwargs)

    def clean(self, value):
        text = super().clean(value)
        if not text:
            return None
        if code := self.resolve(text):
            return code
        raise ValidationError(_("Ce lieu n'existe pas."))


class PlaceFilter(django_filters.CharFilter):
    field_class = PlaceField


class MairieFilter(django_filters.FilterSet):
    region = PlaceFilter(resolve=region_named, label=gettext_lazy("Région (code ou nom)"))
    departement = PlaceFilter(
        resolve=departement_named, label=gettext_lazy("Département (code ou nom)")
    )
    search = SearchFilter(["nom"])
    ordering = StableOrderingFilter(fields={"nom_alphabetique": "nom", "population": "population"})

    class Meta:
        model = Mairie
        fields = ["type", "statut"]

    def filter_queryset(self, queryset):
        return super().filter_queryset(queryset.alias(nom_alphabetique=SansAccents("nom")))


class ServiceMunicipalFilter(django_filters.FilterSet):
    mairie = mairie_filter()
    search = SearchFilter(["nom", "description"])

    class Meta:
        model = ServiceMunicipal
        fields = ["est_actif", "rdv_en_ligne"]


class DemandeCreationSiteFilter(django_filters.FilterSet):
    mairie = mairie_filter()
    search = SearchFilter(["nom_demandeur", "mairie__nom"])

    class Meta:
        model = DemandeCreationSite
        fields = ["statut"]
