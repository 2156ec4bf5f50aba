import django_filters
from django.core.exceptions import ValidationError
from django.db.models import Case, F, When
from django.forms import CharField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ecms.api.filters import FilterSet, SearchFilter, StableOrderingFilter, mairie_filter
from ecms.db.functions import SansAccents
from mairies.models import DemandeCreationSite, Mairie, ServiceMunicipal
from mairies.territoire import departement_named, region_named
from mairies.workflow import StatutMairie

# The order tells no more than the answer: of a space that is not open the population is unknown.
POPULATION = Case(
    When(statut=StatutMairie.ACTIVE, population__isnull=False, then=F("population")), default=-1
)


class PlaceField(CharField):
    """A région or a département: its code, or its name in any spelling. Refuses anything else."""

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


class MairieFilter(FilterSet):
    region = PlaceFilter(resolve=region_named, label=gettext_lazy("Région (code ou nom)"))
    departement = PlaceFilter(
        resolve=departement_named, label=gettext_lazy("Département (code ou nom)")
    )
    search = SearchFilter(["nom"])
    ordering = StableOrderingFilter(
        fields={"nom_alphabetique": "nom", "population_connue": "population"}
    )

    class Meta:
        model = Mairie
        fields = ["type", "statut"]

    def filter_queryset(self, queryset):
        return super().filter_queryset(
            queryset.alias(nom_alphabetique=SansAccents("nom"), population_connue=POPULATION)
        )


class CarteFilter(FilterSet):
    region = PlaceFilter(resolve=region_named, label=gettext_lazy("Région (code ou nom)"))

    class Meta:
        model = Mairie
        fields = ["statut"]


class ServiceMunicipalFilter(FilterSet):
    mairie = mairie_filter()
    search = SearchFilter(["nom", "description"])

    class Meta:
        model = ServiceMunicipal
        fields = ["est_actif", "rdv_en_ligne"]


class DemandeCreationSiteFilter(FilterSet):
    mairie = mairie_filter()
    search = SearchFilter(["nom_demandeur", "mairie__nom"])

    class Meta:
        model = DemandeCreationSite
        fields = ["statut"]
