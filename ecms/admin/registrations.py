"""What the platform itself shows in the admin: its mails, its tasks, the roles."""

from django.contrib import admin
from django.contrib.auth.models import Group
from django_q.models import Failure, OrmQ, Schedule, Success

from ecms.admin.scoped import ReadOnlyAdmin, ScopedAdmin
from ecms.models import Courriel


@admin.register(Courriel)
class CourrielAdmin(ReadOnlyAdmin):
    """The outgoing mail. Addresses and contents are not shown: they are somebody's."""

    list_display = ["gabarit", "statut", "tentatives", "prochain_essai", "date_envoi"]
    list_filter = ["statut", "gabarit"]
    fields = [
        "gabarit",
        "langue",
        "statut",
        "tentatives",
        "prochain_essai",
        "derniere_erreur",
        "date_envoi",
        "date_creation",
    ]


for model in (Success, Failure, OrmQ, Schedule, Group):
    admin.site.unregister(model)


@admin.register(Failure)
class FailureAdmin(ReadOnlyAdmin):
    """Tasks that failed for good."""

    list_display = ["name", "func", "started", "stopped"]
    search_fields = ["name", "func"]


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
