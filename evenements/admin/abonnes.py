from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy
from unfold.decorators import display

from ecms.admin import ScopedAdmin, Step
from ecms.admin.filters import DaysFilter
from evenements.admin.commun import Confirmation, seul
from evenements.models import AbonneNewsletter
from evenements.services import abonnes as services
from evenements.workflow import StatutAbonne
from users.services.addresses import plain_address


class AbonneForm(forms.ModelForm):
    class Meta:
        model = AbonneNewsletter
        fields = ["email", "nom", "langue"]

    def clean_email(self):
        plain_address(self.cleaned_data["email"])
        return self.cleaned_data["email"].lower()

    def _get_validation_exclusions(self):
        # One that is known already is asked again, not refused.
        return super()._get_validation_exclusions() | {"mairie"}


def _redemander(abonne: AbonneNewsletter, *, par) -> None:
    """Who left is not asked again by a click, over a list less than ever."""
    if abonne.statut != StatutAbonne.EN_ATTENTE:
        raise ValidationError(_("Seule une adresse qui n'a pas répondu est redemandée."))
    services.demander_abonnement(
        abonne.mairie, email=abonne.email, nom=abonne.nom, langue=abonne.langue
    )


@admin.register(AbonneNewsletter)
class AbonneNewsletterAdmin(ScopedAdmin):
    """Subscribers. One that is added here is asked by mail, like any other."""

    form = AbonneForm
    list_display = ["email", "nom", "mairie", "langue", "statut_colore", "date_confirmation"]
    list_filter = ["statut", "langue", ("date_confirmation", DaysFilter), "mairie"]
    list_filter_submit = True
    list_select_related = ["mairie"]
    search_fields = ["email", "nom"]
    sortable_by = []
    fieldsets = [
        (None, {"fields": ["mairie", "email", "nom", "langue"]}),
        (
            _("Suivi"),
            {
                "fields": [
                    *("statut_colore", "date_creation", "date_confirmation"),
                    *("date_desinscription", "date_rejet"),
                ]
            },
        ),
    ]
    readonly_fields = [
        *("statut_colore", "date_creation", "date_confirmation", "date_desinscription"),
        "date_rejet",
    ]
    steps = [
        Step(
            "redemander",
            _("Redemander la confirmation"),
            _redemander,
            ngettext_lazy("%(count)s demande repartie.", "%(count)s demandes reparties.", "count"),
            allowed=lambda row: row.statut == StatutAbonne.EN_ATTENTE,
        ),
        Step(
            "desinscrire",
            _("Désinscrire"),
            seul(services.retirer),
            ngettext_lazy(
                "%(count)s abonné désinscrit.", "%(count)s abonnés désinscrits.", "count"
            ),
            allowed=lambda row: row.statut != StatutAbonne.DESINSCRIT,
            form=Confirmation,
            variant="danger",
        ),
    ]

    @display(
        description=_("statut"),
        label={
            "confirme": "success",
            "en_attente": "warning",
            "desinscrit": "",
            "rejete": "danger",
        },
    )
    def statut_colore(self, abonne):
        return abonne.statut, abonne.get_statut_display()

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        return fieldsets if obj is not None else fieldsets[:1]

    def has_change_permission(self, request, obj=None):
        return obj is None and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return False

    def write(self, request, obj, form, change):
        abonne = services.demander_abonnement(
            obj.mairie, email=obj.email, nom=obj.nom, langue=obj.langue
        )
        obj.pk, obj.statut = abonne.pk, abonne.statut
