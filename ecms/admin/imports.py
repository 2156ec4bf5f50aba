"""Importing rows in the admin: a file is sent, what it would do is shown, and then confirmed."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.encoding import force_str
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminSelectWidget

from ecms.admin.refusals import refusal
from ecms.api.exports import csv_response, xlsx_response
from ecms.exceptions import DomainError
from ecms.files import is_full
from ecms.imports import import_of, services
from ecms.imports.examination import CHANGED, NEW, SAME, WRONG
from ecms.imports.tables import MAX_BYTES, MAX_ROWS
from ecms.models import Importation
from ecms.scoping import scoped

DIGEST = "empreinte"
BADGES = {NEW: "success", CHANGED: "info", SAME: "default", WRONG: "danger"}
LABELS = {
    NEW: gettext_lazy("Nouvelle"),
    CHANGED: gettext_lazy("Modifiée"),
    SAME: gettext_lazy("Inchangée"),
    WRONG: gettext_lazy("Erreur"),
}


class FileWidget(UnfoldAdminFileFieldWidget):
    def is_initial(self, value):
        return False


class ImportForm(forms.Form):
    """The file; the national administrator says for which mairie."""

    mairie = forms.ModelChoiceField(
        queryset=None, label=gettext_lazy("Mairie"), widget=UnfoldAdminSelectWidget
    )
    fichier = forms.FileField(label=gettext_lazy("Fichier"), widget=FileWidget)

    def __init__(self, *args, user, accepted: str, **kwargs):
        super().__init__(*args, **kwargs)
        mairies = Importation._meta.get_field("mairie").related_model._default_manager
        self.fields["mairie"].queryset = scoped(mairies.only("nom"), user)
        if not user.is_superuser:
            del self.fields["mairie"]
        self.fields["fichier"].widget.attrs["accept"] = accepted


class ImportedLists:
    """Mixed in before `ModelAdmin`: rows whose model is declared (`ecms.imports`) come in files."""

    @property
    def imported(self):
        return import_of(self.model)

    def has_import_permission(self, request) -> bool:
        may = self.has_add_permission(request) and self.has_change_permission(request)
        return self.imported is not None and may

    def get_urls(self):
        name, view = self._import_name(), self.admin_site.admin_view
        urls = [
            path("importer/", view(self.import_view), name=name),
            path("importer/<int:pk>/", view(self.examination_view), name=f"{name}_examen"),
            path("importer/modele.csv", view(self.model_csv), name=f"{name}_csv"),
            path("importer/modele.xlsx", view(self.model_xlsx), name=f"{name}_xlsx"),
        ]
        return [*urls, *super().get_urls()]

    def changelist_view(self, request, extra_context=None):
        may = self.has_import_permission(request)
        address = self._import_address() if may else ""
        return super().changelist_view(
            request, {"import_address": address, **(extra_context or {})}
        )

    def import_view(self, request):
        """Where a file is sent."""
        self._check_may_import(request)
        accepted = ".csv,.xlsx,.zip" if self.imported.with_files else ".csv,.xlsx"
        posted = (request.POST, request.FILES) if request.method == "POST" else ()
        form = ImportForm(*posted, user=request.user, accepted=accepted)
        if form.is_bound and form.is_valid() and (kept := self._received(request, form)):
            return HttpResponseRedirect(self._import_address("examen", kept.pk))
        columns = self.imported.fields.values()
        context = {
            **self._context(request, _("Importer")),
            "form": form,
            "columns": [(each.title(self.model), each.note, each.example) for each in columns],
            "with_files": self.imported.with_files,
            "files": [(k.upper(), self._import_address(k)) for k in ("csv", "xlsx")],
            "most": {"rows": MAX_ROWS, "size": MAX_BYTES // 2**20},
        }
        return TemplateResponse(request, "ecms/admin/import.html", context)

    def examination_view(self, request, pk):
        """What the file would do, line by line; confirming does it."""
        self._check_may_import(request)
        waiting = Importation.objects.manageable_by(request.user).filter(
            pk=pk, utilisateur=request.user, liste=self.opts.label_lower
        )
        importation = waiting.select_related("mairie").first()
        if importation is None or importation.statut != Importation.Statut.A_CONFIRMER:
            said = _("Ce fichier n'est pas, ou n'est plus, à confirmer.")
            self.message_user(request, said, messages.ERROR)
            return HttpResponseRedirect(self._list_address())
        # Whoever asks, with what was looked up about them for this request.
        importation.utilisateur = request.user
        try:
            if request.method == "POST":
                return self._confirmed(request, importation)
            examination = services.show(importation)
        except services.HasChanged as changed:
            examination = changed.examination
            said = _("Rien n'est écrit : des lignes ont changé depuis. Vérifiez-les à nouveau.")
            self.message_user(request, said, messages.WARNING)
        except (DomainError, ValidationError, FileNotFoundError) as error:
            return self._given_up(request, error)
        return self._shown(request, importation, examination)

    def model_csv(self, request):
        self._check_may_import(request)
        return csv_response(
            [self.imported.fields], self._model_columns(), filename=self._model("csv")
        )

    def model_xlsx(self, request):
        self._check_may_import(request)
        name = self._model("xlsx").removesuffix(".xlsx")
        return xlsx_response(
            [self.imported.fields], self._model_columns(), name=name, title=_("Modèle")
        )

    def _check_may_import(self, request) -> None:
        if not self.has_import_permission(request):
            raise PermissionDenied

    def _received(self, request, form) -> Importation | None:
        """The file, kept; None when it is refused, which the form says."""
        mairie = form.cleaned_data.get("mairie") or request.user.mairie_agent
        upload = form.cleaned_data["fichier"]
        try:
            return services.receive(self.model, upload, mairie=mairie, par=request.user)
        except (DomainError, ValidationError) as error:
            form.add_error("fichier", refusal(error).messages)
        except OSError as error:
            if not is_full(error):
                raise
            form.add_error("fichier", refusal(error).messages)
        return None

    def _confirmed(self, request, importation: Importation):
        digest = request.POST.get(DIGEST, "")
        examination, warnings = services.confirm(importation, digest=digest)
        said = ngettext(
            "%(count)s ligne importée.", "%(count)s lignes importées.", examination.writes
        )
        self.message_user(request, said % {"count": examination.writes}, messages.SUCCESS)
        for warning in warnings:
            self.message_user(request, warning, messages.WARNING)
        return HttpResponseRedirect(self._list_address())

    def _given_up(self, request, error):
        lost = _("Ce fichier n'est pas, ou n'est plus, à confirmer.")
        said = [lost] if isinstance(error, FileNotFoundError) else refusal(error).messages
        self.message_user(request, " ".join(said), messages.ERROR)
        return HttpResponseRedirect(self._import_address())

    def _shown(self, request, importation: Importation, examination):
        counts = examination.counts
        context = {
            **self._context(request, _("Vérifier avant d'importer")),
            "importation": importation,
            "lines": [
                (line, LABELS[line.effect], BADGES[line.effect]) for line in examination.lines
            ],
            "counts": [(LABELS[each], counts[each], BADGES[each]) for each in LABELS],
            "examination": examination,
            "digest": DIGEST,
        }
        return TemplateResponse(request, "ecms/admin/import_lines.html", context)

    def _context(self, request, title: str) -> dict:
        return {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": title,
            "subtitle": self.opts.verbose_name_plural,
            "media": self.media,
            "back": self._list_address(),
            "again": self._import_address(),
        }

    def _model_columns(self) -> dict:
        """A file to fill: one line, that of an example."""
        fields = self.imported.fields
        return {
            column.title(self.model): lambda row, name=name: force_str(
                row[name].example, strings_only=True
            )
            for name, column in fields.items()
        }

    def _model(self, kind: str) -> str:
        return f"modele-{self.opts.model_name}.{kind}"

    def _import_name(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_import"

    def _import_address(self, page: str = "", *args) -> str:
        name = f"{self._import_name()}_{page}" if page else self._import_name()
        return reverse(f"admin:{name}", args=args)
