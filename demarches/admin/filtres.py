"""What the lists of appointments and of reports are narrowed by."""

from datetime import date, timedelta

from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from demarches.creneaux import minuit
from demarches.workflow import StatutSignalement
from ecms.admin.online import nom_de
from ecms.scoping import scoped
from mairies.calendrier import UN_JOUR
from mairies.models import ServiceMunicipal
from users.models import Utilisateur

# Of a mairie's agents, how many are offered by name.
COLLEGUES = 100


class JourFilter(admin.SimpleListFilter):
    """The days of Douala that a guichet asks for."""

    title = gettext_lazy("jour")
    parameter_name = "jour"

    def lookups(self, request, model_admin):
        return [
            ("aujourdhui", _("Aujourd'hui")),
            ("demain", _("Demain")),
            ("semaine", _("Cette semaine")),
            ("semaine_prochaine", _("La semaine prochaine")),
        ]

    def queryset(self, request, queryset):
        jours = jours_nommes(timezone.localdate()).get(self.value())
        if jours is None:
            return queryset
        premier, apres = jours
        return queryset.filter(debut__gte=minuit(premier), debut__lt=minuit(apres))


def jours_nommes(jour: date) -> dict[str | None, tuple[date, date]]:
    """The first day of each choice, and the one after its last; weeks begin on Monday."""
    lundi, semaine = jour - timedelta(days=jour.weekday()), timedelta(weeks=1)
    return {
        "aujourdhui": (jour, jour + UN_JOUR),
        "demain": (jour + UN_JOUR, jour + 2 * UN_JOUR),
        "semaine": (lundi, lundi + semaine),
        "semaine_prochaine": (lundi + semaine, lundi + 2 * semaine),
    }


class ServiceFilter(admin.SimpleListFilter):
    """The services of the agent's own mairie. The national administrator has too many for a
    list, and is offered none."""

    title = gettext_lazy("service")
    parameter_name = "service"

    def lookups(self, request, model_admin):
        if request.user.is_superuser:
            return []
        services = ServiceMunicipal.objects.manageable_by(request.user)
        return [(str(pk), nom) for pk, nom in services.values_list("pk", "nom")]

    def queryset(self, request, queryset):
        known = {value for value, _nom in self.lookup_choices}
        return queryset.filter(service=self.value()) if self.value() in known else queryset


class AgentFilter(admin.SimpleListFilter):
    """Who deals with it: oneself, nobody, a colleague of one's mairie."""

    title = gettext_lazy("agent traitant")
    parameter_name = "agent"

    def lookups(self, request, model_admin):
        return [("moi", _("Moi")), ("personne", _("Personne")), *_collegues(request.user)]

    def queryset(self, request, queryset):
        if self.value() == "moi":
            return queryset.filter(agent_traitant=request.user)
        if self.value() == "personne":
            return queryset.filter(agent_traitant=None)
        known = {value for value, _nom in self.lookup_choices}
        return queryset.filter(agent_traitant=self.value()) if self.value() in known else queryset


def _collegues(user) -> list[tuple[str, str]]:
    if user.is_superuser:
        return []
    rows = scoped(Utilisateur.objects.filter(is_staff=True), user).exclude(pk=user.pk)
    named = rows.only("first_name", "last_name", "username").order_by("last_name", "pk")
    return [(str(row.pk), nom_de(row)) for row in named[:COLLEGUES]]


class OuvertFilter(admin.SimpleListFilter):
    """Whether somebody still has to do something."""

    title = gettext_lazy("avancement")
    parameter_name = "ouvert"

    def lookups(self, request, model_admin):
        return [("oui", _("À traiter")), ("non", _("Clos"))]

    def queryset(self, request, queryset):
        ouverts = StatutSignalement.ouverts()
        if self.value() == "oui":
            return queryset.filter(statut__in=ouverts)
        return queryset.exclude(statut__in=ouverts) if self.value() == "non" else queryset
