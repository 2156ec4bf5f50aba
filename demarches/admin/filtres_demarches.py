"""What the list of dossiers is narrowed by: none shows, or finds, what another mairie has."""

from django.db.models import Q, TextChoices
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import CheckboxFilter, DropdownFilter

from demarches.models import DemarcheAdministrative, Formulaire
from demarches.workflow import Priorite, StatutDemarche
from ecms.admin.filters import DaysFilter
from ecms.admin.online import nom_de
from mairies.models import ServiceMunicipal
from users.models import Utilisateur


class ParmiFilter(CheckboxFilter):
    """Any of the values that are ticked, of a column with `choices`; others are no filter."""

    choices_of: type[TextChoices]
    column: str

    def lookups(self, request, model_admin):
        return self.choices_of.choices

    def queryset(self, request, queryset):
        ticked = [value for value in self.value() if value in self.choices_of.values]
        return queryset.filter(**{f"{self.column}__in": ticked}) if ticked else queryset


class StatutFilter(ParmiFilter):
    title = gettext_lazy("statut")
    parameter_name = "statut__exact"
    choices_of, column = StatutDemarche, "statut"


class CanalFilter(ParmiFilter):
    title = gettext_lazy("canal")
    parameter_name = "canal__exact"
    choices_of, column = DemarcheAdministrative.Canal, "canal"


class PrioriteFilter(ParmiFilter):
    title = gettext_lazy("priorité")
    parameter_name = "priorite__exact"
    choices_of, column = Priorite, "priorite"


class RetardFilter(DropdownFilter):
    """Whether the mairie should have answered by now, as `est_en_retard` says."""

    title = gettext_lazy("retard")
    parameter_name = "en_retard"

    def lookups(self, request, model_admin):
        return [("oui", _("En retard")), ("non", _("Dans les délais"))]

    def queryset(self, request, queryset):
        late = Q(echeance__lt=timezone.localdate(), statut__in=StatutDemarche.en_attente())
        if self.value() == "oui":
            return queryset.filter(late)
        return queryset.exclude(late) if self.value() == "non" else queryset


class DeLaMairieFilter(DropdownFilter):
    """One of the rows of the agent's own mairie. The country has too many for a list: the national
    administrator chooses a mairie first, and is offered none here."""

    column: str

    def lookups(self, request, model_admin):
        return [] if request.user.is_superuser else self.of_the_mairie(request.user)

    def of_the_mairie(self, agent) -> list[tuple[str, str]]:
        raise NotImplementedError

    def queryset(self, request, queryset):
        known = {value for value, _name in self.lookup_choices}
        return queryset.filter(**{self.column: self.value()}) if self.value() in known else queryset


class ServiceFilter(DeLaMairieFilter):
    title = gettext_lazy("service")
    parameter_name, column = "service", "formulaire__service"

    def of_the_mairie(self, agent):
        services = ServiceMunicipal.objects.manageable_by(agent).order_by("nom", "pk")
        return [(str(pk), nom) for pk, nom in services.values_list("pk", "nom")]


class FormulaireFilter(DeLaMairieFilter):
    title = gettext_lazy("formulaire")
    parameter_name, column = "formulaire__id__exact", "formulaire"

    def of_the_mairie(self, agent):
        formulaires = Formulaire.objects.manageable_by(agent).order_by("nom", "pk")
        return [(str(pk), nom) for pk, nom in formulaires.values_list("pk", "nom")]


class AgentFilter(DeLaMairieFilter):
    """Who works on it: oneself, nobody yet, or a colleague."""

    title = gettext_lazy("agent traitant")
    parameter_name, column = "agent", "agent_traitant"

    def lookups(self, request, model_admin):
        mine = [("moi", _("Moi")), ("personne", _("Personne encore"))]
        return mine + super().lookups(request, model_admin)

    def of_the_mairie(self, agent):
        colleagues = Utilisateur.objects.filter(
            profilagentcommunal__mairie=agent.mairie_agent_id, role_user=Utilisateur.Role.AGENT
        ).exclude(pk=agent.pk)
        colleagues = colleagues.order_by("last_name", "first_name", "pk")
        return [
            (str(each.pk), nom_de(each))
            for each in colleagues.only("pk", "username", "first_name", "last_name")
        ]

    def queryset(self, request, queryset):
        if self.value() == "moi":
            return queryset.filter(agent_traitant=request.user.pk)
        if self.value() == "personne":
            return queryset.filter(agent_traitant=None)
        return super().queryset(request, queryset)


FILTRES = [
    StatutFilter,
    RetardFilter,
    AgentFilter,
    ServiceFilter,
    FormulaireFilter,
    PrioriteFilter,
    CanalFilter,
    ("date_depot", DaysFilter),
]
