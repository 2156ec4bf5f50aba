from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from ecms.admin import ScopedAdmin
from evenements.models import AbonneNewsletter
from evenements.services import abonnes as services
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


@admin.register(AbonneNewsletter)
class AbonneNewsletterAdmin(ScopedAdmin):
    """Subscribers. One that is added here is asked by mail, like any other."""

    form = AbonneForm
    list_display = ["email", "nom", "mairie", "langue", "statut", "date_confirmation"]
    list_filter = ["statut", "langue", "mairie"]
    list_select_related = ["mairie"]
    search_fields = ["email", "nom"]
    actions = ["desinscrire"]
    fields = ["mairie", "email", "nom", "langue", "statut"]
    readonly_fields = ["statut"]

    def has_change_permission(self, request, obj=None):
        return obj is None and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return False

    def write(self, request, obj, form, change):
        abonne = services.demander_abonnement(
            obj.mairie, email=obj.email, nom=obj.nom, langue=obj.langue
        )
        obj.pk, obj.statut = abonne.pk, abonne.statut

    @admin.action(description=_("Désinscrire"), permissions=["change"])
    def desinscrire(self, request, queryset):
        self.act(request, queryset, services.retirer, _("%(count)s abonné(s) désinscrit(s)."))
