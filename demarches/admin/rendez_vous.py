from functools import partial

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import action, display

from demarches.admin.agenda import COULEURS, Agenda
from demarches.admin.commun import AvecHistoire, BureauAdmin
from demarches.admin.filtres import JourFilter, ServiceFilter
from demarches.admin.gestes_rendez_vous import GESTES
from demarches.admin.reservations import VOIR, formulaire, reserver
from demarches.models import RendezVous
from demarches.services import rendez_vous as services
from ecms.admin import Preset, ScopedAdmin
from ecms.admin.filters import DaysFilter
from ecms.admin.once import number, once
from mairies.models import MairieQuerySet


@admin.register(RendezVous)
class RendezVousAdmin(AvecHistoire, BureauAdmin):
    """The appointments of a mairie: as a list, as its agenda, and booked for whoever asks."""

    list_display = [
        "debut",
        "mairie",
        "service",
        "guichet",
        "nom",
        "telephone",
        "motif",
        "statut_colore",
    ]
    list_filter = ["statut", JourFilter, ("debut", DaysFilter), ServiceFilter, "mairie"]
    presets = [
        Preset(gettext_lazy("Tous")),
        Preset(gettext_lazy("Aujourd'hui"), "jour=aujourdhui"),
        Preset(gettext_lazy("Cette semaine"), "jour=semaine"),
    ]
    list_filter_submit = True
    list_select_related = ["mairie", "service"]
    search_fields = ["nom", "motif", "email", "telephone"]
    sortable_by = ["debut"]
    longs = ["code", *MairieQuerySet.pages_of("mairie")]
    actions_list = ["agenda"]
    steps = GESTES
    fieldsets = [
        (None, {"fields": ["mairie", "service", "guichet", "debut", "fin", "statut_colore"]}),
        (gettext_lazy("Contact"), {"fields": ["nom", "telephone", "email", "langue", "motif"]}),
        (gettext_lazy("Suivi"), {"fields": ["sequence", "date_rappel", "date_anonymisation"]}),
    ]
    readonly_fields = ["statut_colore", "sequence", "date_rappel"]

    def has_add_permission(self, request):
        return ScopedAdmin.has_add_permission(self, request)

    def has_change_permission(self, request, obj=None):
        # An appointment moves by its steps.
        return False

    def get_ordering(self, request):
        """The list of one day is in its own order."""
        if request.GET.get("jour") in {"aujourdhui", "demain"}:
            return ["debut", "guichet", "pk"]
        return super().get_ordering(request)

    @display(description=gettext_lazy("statut"), label=COULEURS)
    def statut_colore(self, rendez_vous):
        return rendez_vous.statut, rendez_vous.get_statut_display()

    @action(
        description=gettext_lazy("Agenda"),
        url_path="agenda",
        icon="calendar_month",
        permissions=["view"],
    )
    def agenda(self, request):
        """The week, or one day, of the services of a mairie."""
        peut_reserver = self.has_add_permission(request)
        agenda = Agenda(request.user, request.GET, peut_reserver=peut_reserver)
        return self._page(request, "agenda", _("Agenda des rendez-vous"), agenda=agenda)

    def add_view(self, request, form_url="", extra_context=None):
        """Book for somebody. What is refused leaves all that was typed where it is."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        return once(request, partial(self._reserver, request))

    def _reserver(self, request):
        form = formulaire(request)
        if form.is_bound and form.is_valid():
            pris = reserver(form, services.reserver)
            if pris is not None:
                said = _("Rendez-vous réservé : %(lequel)s.") % {"lequel": pris}
                self.message_user(request, said, messages.SUCCESS)
                return HttpResponseRedirect(self._suite(request, pris))
        title = _("Réserver un rendez-vous")
        return self._page(request, "agenda_reserver", title, form=form, voir=VOIR, **number())

    def _suite(self, request, pris: RendezVous) -> str:
        """An account may be allowed to book, and not to look at what is booked."""
        return self._page_of(pris) if self.has_view_permission(request) else request.path

    def _page(self, request, name: str, title: str, **context):
        shown = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": title,
            **context,
        }
        return TemplateResponse(request, f"demarches/admin/{name}.html", shown)
