"""What the desks for dossiers, reports and appointments share."""

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.forms import ActionForm
from unfold.views import ChangeList

from demarches.models import Suivi
from demarches.services.suivi import libelle_statut
from ecms.admin import ScopedAdmin, ScopedInline


class MotifActionForm(ActionForm):
    """The bulk actions: some ask for a reason, others take a word for whoever filed the row."""

    motif = forms.CharField(label=_("Motif ou message"), required=False, max_length=2000)


def motif_de(request) -> str:
    return request.POST.get("motif", "").strip()


def nom_de(compte) -> str:
    """An account as colleagues call it; "" for none."""
    return compte.get_full_name() or compte.username if compte else ""


class HistoriqueInline(ScopedInline, TabularInline):
    """The history of a row, notes of the mairie included: looked at, never written by hand.

    Whoever may read the row may read it.
    """

    model = Suivi
    fields = ["date_creation", "nature", "origine", "nom_auteur", "etape", "message", "visible"]
    readonly_fields = fields
    extra = 0
    verbose_name_plural = _("Historique")

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("auteur").order_by("pk")

    @admin.display(description=_("auteur"))
    def nom_auteur(self, suivi):
        return nom_de(suivi.auteur)

    @admin.display(description=_("étape"))
    def etape(self, suivi):
        states = [libelle_statut(suivi, s) for s in (suivi.ancien_statut, suivi.nouveau_statut)]
        return " → ".join(state for state in states if state)

    @admin.display(description=_("visible du citoyen"), boolean=True)
    def visible(self, suivi):
        return suivi.est_visible

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm(f"demarches.view_{self.parent_model._meta.model_name}")

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class ServiceDeLaMairie:
    """A form that picks a service: one of the row's own mairie.

    Mixed in before `ScopedAdmin`.
    """

    def get_autocomplete_fields(self, request):
        # A mairie has a handful of services, the country thousands.
        return ["service"] if request.user.is_superuser else []

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        if obj is not None and "service" in form.base_fields:
            service = form.base_fields["service"]
            service.queryset = service.queryset.filter(mairie=obj.mairie_id)
        return form


class ListeLegere(ChangeList):
    """A list that leaves the long columns where they are (`model_admin.longs`)."""

    def get_queryset(self, request, exclude_parameters=None):
        rows = super().get_queryset(request, exclude_parameters)
        return rows.defer(*self.model_admin.longs)


class BureauAdmin(ScopedAdmin):
    """Rows that citizens file: they are moved on by actions, and neither added nor deleted here.

    `longs` are the columns that no list needs.
    """

    action_form = MotifActionForm
    longs: list[str] = []

    def get_changelist(self, request, **kwargs):
        return ListeLegere

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def has_traiter_permission(self, request):
        """Whether the actions are offered: what the API asks of an agent who acts."""
        return request.user.has_perm(f"demarches.change_{self.opts.model_name}")
