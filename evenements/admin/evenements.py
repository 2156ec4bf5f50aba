from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.contrib.forms.widgets import WysiwygWidget
from unfold.decorators import display
from unfold.widgets import UnfoldAdminIntegerFieldWidget

from ecms.admin import ScopedAdmin
from ecms.fields import HTMLField
from evenements.models import Evenement
from evenements.recurrences import OCCURRENCES, Borne
from evenements.services import evenements as services
from evenements.workflow import StatutEvenement


class EvenementForm(forms.ModelForm):
    recurrence_nombre = forms.IntegerField(
        label=_("ou combien de fois"),
        required=False,
        min_value=2,
        max_value=OCCURRENCES,
        widget=UnfoldAdminIntegerFieldWidget,
    )

    class Meta:
        model = Evenement
        fields = ["titre", "debut", "fin", "recurrence", "recurrence_fin"]

    def _get_validation_exclusions(self):
        # The series is given by the service, with its last day.
        return super()._get_validation_exclusions() | {"serie"}

    def clean(self):
        cleaned = super().clean()
        # Refused before the service compares them.
        debut, fin = cleaned.get("debut"), cleaned.get("fin")
        if debut and fin and fin < debut:
            self.add_error("fin", _("La fin vient après le début."))
        return cleaned


@admin.register(Evenement)
class EvenementAdmin(ScopedAdmin):
    """The agenda. A recurrence is said when an event is added; each date is a row afterwards."""

    form = EvenementForm
    list_display = ["titre", "mairie", "categorie", "debut", "statut_colore", "places"]
    list_filter = ["statut", "categorie", "inscription_requise", "mairie"]
    list_select_related = ["mairie"]
    search_fields = ["titre", "lieu"]
    date_hierarchy = "debut"
    readonly_fields = ["slug", "statut", "date_a_confirmer", "message", "places"]
    formfield_overrides = {HTMLField: {"widget": WysiwygWidget}}
    actions = ["publier", "reporter", "annuler", "retirer"]
    fieldsets = [
        (None, {"fields": ["mairie", "titre", "description", "categorie", "image", "contact"]}),
        (_("Date"), {"fields": ["debut", "fin", "journee_entiere"]}),
        (_("Récurrence"), {"fields": ["recurrence", "recurrence_fin", "recurrence_nombre"]}),
        (_("Lieu"), {"fields": ["lieu", "latitude", "longitude"]}),
        (
            _("Inscriptions"),
            {
                "fields": [
                    "inscription_requise",
                    "inscription_debut",
                    "inscription_fin",
                    "capacite",
                    "personnes_max_par_inscription",
                    "liste_attente",
                    "places",
                ]
            },
        ),
        (_("Suivi"), {"fields": ["statut", "date_a_confirmer", "message", "slug"]}),
    ]

    @display(
        description=_("statut"),
        ordering="statut",
        label={"publie": "success", "brouillon": "info", "reporte": "warning", "annule": "danger"},
    )
    def statut_colore(self, evenement):
        return evenement.statut, evenement.get_statut_display()

    @admin.display(description=_("places prises"))
    def places(self, evenement):
        if evenement.capacite is None:
            return evenement.places_prises
        return f"{evenement.places_prises} / {evenement.capacite}"

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        return fieldsets if obj is None else [f for f in fieldsets if f[0] != _("Récurrence")]

    def has_change_permission(self, request, obj=None):
        cancelled = obj is not None and obj.statut == StatutEvenement.ANNULE
        return not cancelled and super().has_change_permission(request, obj)

    def get_actions(self, request):
        # Django's own would delete what people registered for.
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def write(self, request, obj, form, change):
        if change:
            changed = {name: form.cleaned_data[name] for name in form.changed_data}
            changed.pop("recurrence_nombre", None)
            services.modifier_evenement(obj, changed)
            return
        jour, nombre = obj.recurrence_fin, form.cleaned_data.get("recurrence_nombre")
        services.creer_evenement(obj, borne=Borne(jour, nombre) if jour or nombre else None)

    def delete_model(self, request, obj):
        services.supprimer_evenement(obj)

    @admin.action(description=_("Publier"), permissions=["change"])
    def publier(self, request, queryset):
        self.act(request, queryset, services.publier, _("%(count)s événement(s) publié(s)."))

    @admin.action(description=_("Reporter à une date à confirmer"), permissions=["change"])
    def reporter(self, request, queryset):
        self.act(request, queryset, services.reporter, _("%(count)s événement(s) reporté(s)."))

    @admin.action(description=_("Annuler et prévenir les inscrits"), permissions=["change"])
    def annuler(self, request, queryset):
        self.act(request, queryset, services.annuler, _("%(count)s événement(s) annulé(s)."))

    @admin.action(description=_("Reprendre en brouillon"), permissions=["change"])
    def retirer(self, request, queryset):
        self.act(request, queryset, services.retirer, _("%(count)s événement(s) repris."))
