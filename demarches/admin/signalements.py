from django.contrib import admin
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from demarches.admin.commun import (
    BureauAdmin,
    HistoriqueInline,
    ServiceDeLaMairie,
    motif_de,
    nom_de,
)
from demarches.models import Signalement
from demarches.services import signalements as services
from demarches.workflow import Priorite, StatutSignalement
from mairies.models import MairieQuerySet

MODIFIABLES = ["categorie", "service", "priorite"]
CONTACT = ["nom_signaleur", "email", "telephone", "langue"]


@admin.register(Signalement)
class SignalementAdmin(ServiceDeLaMairie, BureauAdmin):
    """The reports of a mairie. Who made an anonymous one is shown to nobody."""

    list_display = [
        "numero_suivi",
        "mairie",
        "categorie",
        "titre",
        "service",
        "statut_colore",
        "priorite_coloree",
        "date_creation",
    ]
    list_filter = ["statut", "categorie", "priorite", "mairie"]
    list_select_related = ["mairie", "service"]
    # Never by the contact, which would find who is anonymous.
    search_fields = ["numero_suivi", "titre", "adresse", "repere"]
    date_hierarchy = "date_creation"
    inlines = [HistoriqueInline]
    longs = ["description", "code_suivi", *MairieQuerySet.pages_of("mairie")]
    actions = ["prendre_en_charge", "resoudre", "rejeter"]
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
        (gettext_lazy("Lieu"), {"fields": ["adresse", "repere", "latitude", "longitude"]}),
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

    @display(
        description=gettext_lazy("statut"),
        ordering="statut",
        label={
            StatutSignalement.SIGNALE: "warning",
            StatutSignalement.EN_COURS: "info",
            StatutSignalement.PLANIFIE: "info",
            StatutSignalement.RESOLU: "success",
            StatutSignalement.REJETE: "danger",
        },
    )
    def statut_colore(self, signalement):
        return signalement.statut, signalement.get_statut_display()

    @display(
        description=gettext_lazy("priorité"),
        ordering="priorite",
        label={Priorite.HAUTE: "warning", Priorite.URGENTE: "danger"},
    )
    def priorite_coloree(self, signalement):
        return signalement.priorite, signalement.get_priorite_display()

    @admin.display(description=gettext_lazy("agent traitant"))
    def nom_agent(self, signalement):
        return nom_de(signalement.agent_traitant)

    @admin.display(description=gettext_lazy("signaleur"))
    def nom_signaleur(self, signalement):
        return nom_de(signalement.signaleur)

    @admin.display(description=gettext_lazy("photos"))
    def images(self, signalement):
        photos = list(signalement.photos.order_by("pk"))
        return format_html_join("", "{}", ((_image(piece),) for piece in photos)) or None

    @admin.action(description=gettext_lazy("Prendre en charge"), permissions=["traiter"])
    def prendre_en_charge(self, request, queryset):
        done = _("%(count)s signalement(s) pris en charge.")
        geste = {"par": request.user, "message": motif_de(request)}
        self.act(request, queryset, lambda s: services.prendre_en_charge(s, **geste), done)

    @admin.action(description=gettext_lazy("Résoudre"), permissions=["traiter"])
    def resoudre(self, request, queryset):
        done = _("%(count)s signalement(s) résolu(s).")
        geste = {"par": request.user, "message": motif_de(request)}
        self.act(request, queryset, lambda s: services.resoudre(s, **geste), done)

    @admin.action(description=gettext_lazy("Rejeter (motif obligatoire)"), permissions=["traiter"])
    def rejeter(self, request, queryset):
        done = _("%(count)s signalement(s) rejeté(s).")
        geste = {"par": request.user, "motif": motif_de(request)}
        self.act(request, queryset, lambda s: services.rejeter(s, **geste), done)


def _sans_contact(options: dict) -> dict:
    return {**options, "fields": [name for name in options["fields"] if name not in CONTACT]}


def _image(piece):
    """A photo that opens large; one that the public does not see says so."""
    markup = '<p><a href="{}"><img src="{}" alt="{}" width="240"></a> {}</p>'
    masquee = "" if piece.est_visible else _("Photo masquée")
    return format_html(markup, piece.photo.url, piece.photo.small_url, _("Photo"), masquee)
