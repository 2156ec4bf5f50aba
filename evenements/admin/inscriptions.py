from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from ecms.admin import ScopedAdmin
from evenements.models import InscriptionEvenement
from evenements.services import inscriptions as services


@admin.register(InscriptionEvenement)
class InscriptionEvenementAdmin(ScopedAdmin):
    """Who comes. Registrations are made through the API; here they are cancelled and ticked."""

    list_display = ["nom", "evenement", "nombre_personnes", "statut_colore", "date_creation"]
    list_filter = ["statut", ("evenement__debut", admin.DateFieldListFilter)]
    list_select_related = ["evenement"]
    search_fields = ["nom", "email", "telephone", "evenement__titre"]
    actions = ["presente", "absente", "annuler"]
    fields = [
        "evenement",
        "nom",
        "email",
        "telephone",
        "nombre_personnes",
        "statut",
        "rang",
        "date_creation",
    ]
    readonly_fields = fields

    @display(
        description=_("statut"),
        ordering="statut",
        label={"confirmee": "success", "en_attente": "warning", "annulee": "danger"},
    )
    def statut_colore(self, inscription):
        return inscription.statut, inscription.get_statut_display()

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        # Of the list's actions; a row itself is not written in.
        return obj is None and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.action(description=_("Présent"), permissions=["change"])
    def presente(self, request, queryset):
        self.act(request, queryset, services.presente, _("%(count)s présent(s)."))

    @admin.action(description=_("Absent"), permissions=["change"])
    def absente(self, request, queryset):
        self.act(request, queryset, services.absente, _("%(count)s absent(s)."))

    @admin.action(description=_("Annuler l'inscription"), permissions=["change"])
    def annuler(self, request, queryset):
        self.act(
            request,
            queryset,
            lambda row: services.annuler(row, par=request.user),
            _("%(count)s inscription(s) annulée(s)."),
        )
