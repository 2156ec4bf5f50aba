"""The lists of the admin as files: what a list shows now, with the columns of the API."""

from django.contrib import messages
from django.contrib.admin.options import IS_POPUP_VAR, IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from ecms.api.exceptions import Refused
from ecms.api.exports import CHUNK, check_size, csv_response, xlsx_response
from ecms.exports import Export, export_of

KINDS = ("csv", "xlsx")
ALL = "toutes-les-mairies"


class ExportedLists:
    """Mixed in before `ModelAdmin`: a list whose model is declared (`ecms.exports`) can be taken
    away as it is searched, filtered and ordered, or the chosen rows of it."""

    list_before_template = "ecms/admin/files.html"

    @property
    def export(self) -> Export | None:
        return export_of(self.model)

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}_export"
        view = self.admin_site.admin_view(self.export_view)
        files = [
            path(f"exporter/{kind}/", view, {"kind": kind}, name=f"{name}_{kind}") for kind in KINDS
        ]
        return [*files, *super().get_urls()]

    def get_actions(self, request):
        actions = super().get_actions(request)
        if self.export is None or self.actions is None or IS_POPUP_VAR in request.GET:
            return actions
        chosen = (_chosen, "exporter_selection", _("Exporter la sélection (CSV)"))
        return {**actions, "exporter_selection": chosen}

    def changelist_view(self, request, extra_context=None):
        names = KINDS if self.export else ()
        files = [(kind.upper(), self._export_address(kind)) for kind in names]
        return super().changelist_view(request, {"exports": files, **(extra_context or {})})

    @method_decorator(require_safe)
    def export_view(self, request, kind):
        """The rows of the list that has this address, filters included, as a file."""
        if self.export is None or not self.has_view_or_change_permission(request):
            raise PermissionDenied
        try:
            rows = self.get_changelist_instance(request).queryset
            return self._file(request, rows, kind)
        except IncorrectLookupParameters:
            return HttpResponseRedirect(self._list_address())
        except Refused as refused:
            self.message_user(request, str(refused.detail), messages.ERROR)
            query = request.GET.urlencode()
            return HttpResponseRedirect(f"{self._list_address()}?{query}")

    def _file(self, request, rows, kind: str):
        if kind == "xlsx":
            check_size(rows)
        rows = self.export.prepared(rows).iterator(chunk_size=CHUNK)
        mairie = request.user.mairie_agent
        whose = mairie.slug if mairie and not request.user.is_superuser else ALL
        day = timezone.localdate().isoformat()
        title, name = self.export.name, f"{self.export.name}-{whose}-{day}"
        if kind == "xlsx":
            return xlsx_response(rows, self.export.columns, name=name, title=title)
        return csv_response(rows, self.export.columns, filename=f"{name}.csv")

    def _export_address(self, kind: str) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_export_{kind}")

    def _list_address(self) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")


def _chosen(model_admin, request, queryset):
    """The action of a list: the chosen rows."""
    return model_admin._file(request, queryset, "csv")
