import django_filters
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from demarches.models import DemarcheAdministrative, Formulaire
from demarches.workflow import Priorite, StatutDemarche
from ecms.api.filters import (
    BooleanFilter,
    FilterSet,
    SearchFilter,
    StableOrderingFilter,
    mairie_filter,
)
from mairies.models import ServiceMunicipal
from users.models import Utilisateur


def visible(model):
    """What the caller may name in a filter: anything else is a 400."""
    return lambda request: model.objects.visible_to(request.user)


class LateFilter(BooleanFilter):
    def filter(self, queryset, value):
        if value is None:
            return queryset
        late = Q(echeance__lt=timezone.localdate(), statut__in=StatutDemarche.en_attente())
        return queryset.filter(late) if value else queryset.exclude(late)


class StaffFilter:
    """Finds only rows whose field the caller is shown: a filter tells no more than the list."""

    def filter(self, queryset, value):
        if not value:
            return queryset
        user = self.parent.request.user
        return super().filter(queryset.manageable_by(user).exclude(demandeur=user.pk), value)


class StaffChoiceFilter(StaffFilter, django_filters.ChoiceFilter):
    pass


class StaffModelFilter(StaffFilter, django_filters.ModelChoiceFilter):
    pass


class DemarcheFilter(FilterSet):
    timeless = frozenset({"priorite"})
    mairie = mairie_filter()
    formulaire = django_filters.ModelChoiceFilter(queryset=visible(Formulaire))
    service = django_filters.ModelChoiceFilter(
        field_name="formulaire__service", queryset=visible(ServiceMunicipal), label=_("Service")
    )
    agent_traitant = StaffModelFilter(queryset=visible(Utilisateur))
    priorite = StaffChoiceFilter(choices=Priorite.choices)
    en_retard = LateFilter(label=_("En retard"))
    depose_apres = django_filters.DateFilter(
        field_name="date_depot", lookup_expr="date__gte", label=_("Déposée depuis")
    )
    depose_avant = django_filters.DateFilter(
        field_name="date_depot", lookup_expr="date__lt", label=_("Déposée avant")
    )
    search = SearchFilter(["numero_suivi", "nom_demandeur"])
    ordering = StableOrderingFilter(
        fields=["date_creation", "date_modification", "date_depot", "echeance", "numero_suivi"]
    )

    class Meta:
        model = DemarcheAdministrative
        fields = ["statut", "canal"]
