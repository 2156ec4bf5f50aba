"""What the desks for dossiers, reports and appointments share."""

from dataclasses import dataclass
from datetime import datetime

from demarches.models import Suivi
from demarches.services.suivi import libelle_statut
from demarches.workflow import Priorite
from ecms.admin import ScopedAdmin
from ecms.admin.lists import BoundedList
from ecms.admin.online import nom_de
from ecms.scoping import scoped

URGENCES = {
    Priorite.BASSE: "",
    Priorite.NORMALE: "",
    Priorite.HAUTE: "warning",
    Priorite.URGENTE: "danger",
}
# Of a history, how many lines its page shows.
LIGNES = 100


@dataclass(frozen=True)
class Entree:
    """One line of the timeline that `ecms/admin/timeline.html` shows."""

    moment: datetime
    what: str
    who: str = ""
    message: str = ""
    internal: bool = False


class AvecHistoire:
    """The page of a row ends with its history, notes of the mairie included: looked at, never
    written by hand.

    Mixed in before `ScopedAdmin`; whoever may read the row may read it.
    """

    change_form_outer_after_template = "ecms/admin/timeline.html"
    # The history names who took a step.
    log_steps = False

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj is not None:
            context["timeline"] = self.timeline(request, obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def timeline(self, request, obj) -> dict:
        lines = scoped(obj.suivis.all(), request.user).select_related("auteur").order_by("-pk")
        found = list(lines[: LIGNES + 1])
        limit = LIGNES if len(found) > LIGNES else None
        return {"entries": [_entree(suivi) for suivi in found[:LIGNES]], "limit": limit}


def _entree(suivi: Suivi) -> Entree:
    states = [libelle_statut(suivi, s) for s in (suivi.ancien_statut, suivi.nouveau_statut)]
    moved = " → ".join(state for state in states if state)
    return Entree(
        moment=suivi.date_creation,
        what=moved or suivi.get_nature_display(),
        who=nom_de(suivi.auteur) or suivi.get_origine_display(),
        message=suivi.message,
        internal=not suivi.est_visible,
    )


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


class ListeLegere(BoundedList):
    """A list that leaves the long columns where they are (`model_admin.longs`)."""

    def get_queryset(self, request, exclude_parameters=None):
        rows = super().get_queryset(request, exclude_parameters)
        return rows.defer(*self.model_admin.longs)


class BureauAdmin(ScopedAdmin):
    """Rows that citizens file: they are moved on by actions, and neither added nor deleted here.

    `longs` are the columns that no list needs.
    """

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
