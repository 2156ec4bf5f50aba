from datetime import date, timedelta

from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from demarches.admin.commun import BureauAdmin, HistoriqueInline, motif_de
from demarches.creneaux import minuit
from demarches.models import RendezVous
from demarches.services import rendez_vous as services
from demarches.workflow import StatutRendezVous
from mairies.models import MairieQuerySet, ServiceMunicipal


class JourFilter(admin.SimpleListFilter):
    """The days of Douala that a guichet asks for."""

    title = gettext_lazy("jour")
    parameter_name = "jour"

    def lookups(self, request, model_admin):
        return [
            ("aujourdhui", _("Aujourd'hui")),
            ("demain", _("Demain")),
            ("semaine", _("Cette semaine")),
        ]

    def queryset(self, request, queryset):
        jours = _jours(timezone.localdate()).get(self.value())
        if jours is None:
            return queryset
        premier, apres = jours
        return queryset.filter(debut__gte=minuit(premier), debut__lt=minuit(apres))


def _jours(jour: date) -> dict[str | None, tuple[date, date]]:
    """The first day of each choice, and the one after its last; weeks begin on Monday."""
    lundi, un = jour - timedelta(days=jour.weekday()), timedelta(days=1)
    return {
        "aujourdhui": (jour, jour + un),
        "demain": (jour + un, jour + 2 * un),
        "semaine": (lundi, lundi + 7 * un),
    }


class ServiceFilter(admin.SimpleListFilter):
    """The services of the agent's own mairie. The national administrator has too many for a
    list, and is offered none."""

    title = gettext_lazy("service")
    parameter_name = "service"

    def lookups(self, request, model_admin):
        if request.user.is_superuser:
            return []
        services_ = ServiceMunicipal.objects.manageable_by(request.user)
        return [(str(pk), nom) for pk, nom in services_.values_list("pk", "nom")]

    def queryset(self, request, queryset):
        known = {value for value, _nom in self.lookup_choices}
        return queryset.filter(service=self.value()) if self.value() in known else queryset


@admin.register(RendezVous)
class RendezVousAdmin(BureauAdmin):
    list_display = [
        "debut",
        "mairie",
        "service",
        "guichet",
        "nom",
        "telephone",
        "statut_colore",
    ]
    list_filter = ["statut", JourFilter, ServiceFilter, "mairie"]
    list_select_related = ["mairie", "service"]
    search_fields = ["nom"]
    inlines = [HistoriqueInline]
    longs = ["code", *MairieQuerySet.pages_of("mairie")]
    actions = ["honorer", "absent", "annuler"]
    fieldsets = [
        (None, {"fields": ["mairie", "service", "guichet", "debut", "fin", "statut_colore"]}),
        (gettext_lazy("Contact"), {"fields": ["nom", "email", "telephone", "langue", "motif"]}),
        (gettext_lazy("Suivi"), {"fields": ["sequence", "date_rappel", "date_anonymisation"]}),
    ]
    readonly_fields = ["statut_colore", "sequence", "date_rappel"]

    def has_change_permission(self, request, obj=None):
        return False

    @display(
        description=gettext_lazy("statut"),
        ordering="statut",
        label={
            StatutRendezVous.CONFIRME: "info",
            StatutRendezVous.ANNULE: "danger",
            StatutRendezVous.HONORE: "success",
            StatutRendezVous.ABSENT: "warning",
        },
    )
    def statut_colore(self, rendez_vous):
        return rendez_vous.statut, rendez_vous.get_statut_display()

    @admin.action(description=gettext_lazy("La personne est venue"), permissions=["traiter"])
    def honorer(self, request, queryset):
        done = _("%(count)s rendez-vous honoré(s).")
        self.act(request, queryset, lambda r: services.honorer(r, par=request.user), done)

    @admin.action(description=gettext_lazy("La personne n'est pas venue"), permissions=["traiter"])
    def absent(self, request, queryset):
        done = _("%(count)s absence(s) notée(s).")
        self.act(request, queryset, lambda r: services.absent(r, par=request.user), done)

    @admin.action(
        description=gettext_lazy("Annuler (la personne est prévenue)"), permissions=["traiter"]
    )
    def annuler(self, request, queryset):
        geste = {"par": request.user, "message": motif_de(request)}
        done = _("%(count)s rendez-vous annulé(s).")
        self.act(request, queryset, lambda r: services.annuler(r, **geste), done)
