"""A filter for what awaits somebody, where the plain filters of the list do not say it."""

from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ecms import dashboard


class AwaitingFilter(admin.SimpleListFilter):
    """The tasks of `ecms.dashboard` over the rows of this list."""

    title = _("à suivre")
    parameter_name = "a_faire"

    def lookups(self, request, model_admin):
        return [(task.name, task.label) for task in _unnamed(model_admin.model)]

    def queryset(self, request, queryset):
        for task in _unnamed(queryset.model):
            if task.name == self.value():
                return queryset.filter(task.where(timezone.now()))
        return queryset


def awaiting_filters(model) -> list[type[AwaitingFilter]]:
    return [AwaitingFilter] if _unnamed(model) else []


def address_of(task: dashboard.Task) -> str:
    """What the address of the list asks, to show the rows of `task`."""
    return task.query or f"{AwaitingFilter.parameter_name}={task.name}"


def _unnamed(model) -> list[dashboard.Task]:
    return [task for task in dashboard.tasks_of(model) if not task.query]
