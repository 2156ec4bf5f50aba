from django.contrib import admin
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from demarches.admin.commun import URGENCES, AvecHistoire, BureauAdmin, ServiceDeLaMairie
from demarches.admin.filtres import AgentFilter, OuvertFilter, ServiceFilter
from demarches.admin.gestes_signalements import GESTES, apercu
from demarches.models import Signalement
from demarches.services import signalements as services
from demarches.workflow import StatutSignalement
from ecms.admin import Preset
from ecms.admin.filters import DaysFilter
from ecms.admin.map import Placed
from ecms.admin.online import nom_de
from mairies.models import MairieQuerySet

MODIFIABLES = ["categorie", "service", "priorite"]
COULEURS = {
    StatutSignalement.SIGNALE: "warning",
    StatutSignalement.EN_COURS: "info",
    StatutSignalement.PLANIFIE: "info",
    StatutSignalement.RESOLU: "success",
    StatutSignalement.REJETE: "danger",
    StatutSignalement.DOUBLON: "",
}
CONTACT = ["nom_signaleur", "email", "telephone", "langue"]


@admin.register(Signalement)
class SignalementAdmin(AvecHistoire, Placed, ServiceDeLaMairie, BureauAdmin):
    """The reports of a mairie. Who made an anonymous one is shown to nobody."""

    list_display = [
        "numero_suivi",
        "mairie",
        "categorie",
        "titre",
        "service",
        "statut_colore",
        "priorite_coloree",
        "nom_agent",
        "date_creation",
    ]
    list_filter = [
        *(OuvertFilter, "statut", "categorie", ServiceFilter, AgentFilter, "priorite"),
        *(("date_creation", DaysFilter), "mairie"),
    ]
    presets = [
        Preset(gettext_lazy("Tous")),
        Preset(gettext_lazy("Nouveaux"), "statut__exact=signale"),
        Preset(gettext_lazy("Les miens"), "agent=moi"),
        Preset(gettext_lazy("Ouverts"), "ouvert=oui"),
    ]
    list_filter_submit = True
    list_select_related = ["mairie", "service", "agent_traitant"]
    # Never by the contact, which would find who is anonymous.
    search_fields = ["numero_suivi", "titre", "adresse", "repere"]
    found_by = ["numero_suivi"]
    sortable_by = ["date_creation"]
    longs = ["description", "code_suivi", *MairieQuerySet.pages_of("mairie")]
    steps = GESTES
    fieldsets = [
        (
            None,
            {
                "fields": [
                    *("numero_suivi", "mairie", "titre", "description", "images"),
                    *("statut_colore", "doublon_de", "nom_agent"),
                ]
            },
        ),
        (gettext_lazy("Traitement"), {"fields": MODIFIABLES}),
        (gettext_lazy("Lieu"), {"fields": ["adresse", "repere", "position"]}),
        (gettext_lazy("Contact"), {"fields": ["est_anonyme", *CONTACT]}),
        (
            gettext_lazy("Dates"),
            {
                "fields": [
                    *("date_creation", "date_prise_en_charge", "date_prevue"),
                    *("date_resolution", "date_rejet", "date_anonymisation"),
                ]
            },
        ),
    ]

    def get_readonly_fields(self, request, obj=None):
        shown = [name for _title, options in self.fieldsets for name in options["fields"]]
        return [name for name in shown if name not in MODIFIABLES]

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or not obj.est_anonyme:
            return fieldsets
        return [(title, _sans_contact(options)) for title, options in fieldsets]

    def write(self, request, obj, form, change):
        changes = {name: form.cleaned_data[name] for name in form.changed_data}
        services.modifier(obj, par=request.user, **changes)

    @display(description=gettext_lazy("statut"), label=COULEURS)
    def statut_colore(self, signalement):
        return signalement.statut, signalement.get_statut_display()

    @display(
        description=gettext_lazy("priorité"),
        label=URGENCES,
    )
    def priorite_coloree(self, signalement):
        return signalement.priorite, signalement.get_priorite_display()

    @admin.display(description=gettext_lazy("agent traitant"))
    def nom_agent(self, signalement):
        return nom_de(signalement.agent_traitant) or None

    @admin.display(description=gettext_lazy("signaleur"))
    def nom_signaleur(self, signalement):
        return nom_de(signalement.signaleur) or None

    @admin.display(description=gettext_lazy("photos"))
    def images(self, signalement):
        photos = list(signalement.photos.order_by("pk"))
        return format_html_join("", "{}", ((_image(piece),) for piece in photos)) or None


def _sans_contact(options: dict) -> dict:
    return {**options, "fields": [name for name in options["fields"] if name not in CONTACT]}


def _image(piece):
    """A photo that opens large; one that the public does not see says so."""
    masquee = "" if piece.est_visible else _("Photo masquée")
    return format_html('<p><a href="{}">{}</a> {}</p>', piece.photo.url, apercu(piece), masquee)
