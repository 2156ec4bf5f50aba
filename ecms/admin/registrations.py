"""What the platform itself shows in the admin: its mails, its tasks, the roles."""

from django.contrib import admin
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy
from django_q.models import Failure, OrmQ, Schedule, Success
from unfold.decorators import display

from ecms import queue
from ecms.admin.presets import Preset
from ecms.admin.scoped import ReadOnlyAdmin, ScopedAdmin
from ecms.admin.steps import Step
from ecms.api.pagination import COUNTED
from ecms.models import Courriel


class GabaritFilter(admin.SimpleListFilter):
    """What the latest mails were made from: to know of all of them, all would be read."""

    title = _("gabarit")
    parameter_name = "gabarit"

    def lookups(self, request, model_admin):
        latest = Courriel.objects.order_by("-pk").values("pk")[:COUNTED]
        names = Courriel.objects.filter(pk__in=latest).order_by("gabarit").distinct()
        return [(name, name) for name in names.values_list("gabarit", flat=True)]

    def queryset(self, request, queryset):
        known = {value for value, _name in self.lookup_choices}
        return queryset.filter(gabarit=self.value()) if self.value() in known else queryset


@admin.register(Courriel)
class CourrielAdmin(ReadOnlyAdmin):
    """The outgoing mail. Addresses and contents are not shown: they are somebody's."""

    list_display = ["gabarit", "statut_colore", "tentatives", "prochain_essai", "date_envoi"]
    list_filter = ["statut", GabaritFilter]
    presets = [
        Preset(_("Tous")),
        Preset(_("En attente"), "statut__exact=en_attente"),
        Preset(_("Refusés"), "statut__exact=refuse"),
    ]
    sortable_by = []
    fields = [
        "gabarit",
        "langue",
        "statut_colore",
        "tentatives",
        "prochain_essai",
        "derniere_erreur",
        "date_envoi",
        "date_creation",
    ]
    readonly_fields = ["statut_colore"]

    @display(
        description=_("statut"),
        label={"en_attente": "warning", "envoye": "success", "refuse": "danger"},
    )
    def statut_colore(self, courriel):
        return courriel.statut, courriel.get_statut_display()


for model in (Success, Failure, OrmQ, Schedule, Group):
    admin.site.unregister(model)


@admin.register(Failure)
class FailureAdmin(ReadOnlyAdmin):
    """Tasks that failed for good."""

    list_display = ["name", "func", "started", "stopped"]
    search_fields = ["name", "func"]
    steps = [
        Step(
            "relancer",
            _("Relancer"),
            queue.send_again,
            ngettext_lazy("%(count)s tâche relancée.", "%(count)s tâches relancées.", "count"),
            permission="relancer",
        )
    ]

    def has_relancer_permission(self, request):
        return request.user.has_perm("django_q.delete_failure")


@admin.register(Schedule)
class ScheduleAdmin(ReadOnlyAdmin):
    """What the workers do by the clock."""

    list_display = ["name", "schedule_type", "minutes", "next_run"]


@admin.register(Group)
class GroupAdmin(ScopedAdmin):
    """Roles: for the national administrator."""

    list_display = ["name"]
    search_fields = ["name"]
    filter_horizontal = ["permissions"]

    def get_deleted_objects(self, objs, request):
        """Without the line per right and per holder, which nobody could tell apart."""
        _rows, _counts, *refused = super().get_deleted_objects(objs, request)
        counts = {self.opts.verbose_name_plural: len(objs)}
        return [str(group) for group in objs], counts, *refused
