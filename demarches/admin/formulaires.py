from django import forms
from django.contrib import admin, messages
from django.core.validators import EMPTY_VALUES
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from demarches.admin.commun import ListeLegere, ServiceDeLaMairie
from demarches.models import Formulaire
from demarches.services import formulaires as services
from ecms.admin import ScopedAdmin


class FormulaireForm(forms.ModelForm):
    """A procedure; its questions and papers are written as JSON, and an empty text is none."""

    def clean_champs(self):
        return _liste(self.cleaned_data["champs"])

    def clean_pieces_requises(self):
        return _liste(self.cleaned_data["pieces_requises"])


def _liste(value):
    # The model would keep an empty object, or nothing at all, unchecked.
    return [] if value in EMPTY_VALUES else value


@admin.register(Formulaire)
class FormulaireAdmin(ServiceDeLaMairie, ScopedAdmin):
    form = FormulaireForm
    list_display = [
        "nom",
        "mairie",
        "type",
        "service",
        "cout_xaf",
        "delai_jours",
        "en_ligne",
        "est_actif",
        "version",
    ]
    list_filter = ["type", "en_ligne", "est_actif", "mairie"]
    list_select_related = ["mairie", "service"]
    search_fields = ["nom", "description"]
    readonly_fields = ["slug", "version", "delai_constate"]
    longs = ["champs", "pieces_requises", "description"]
    fieldsets = [
        (None, {"fields": ["mairie", "nom", "type", "service", "description", "est_actif"]}),
        (_("Questions et pièces"), {"fields": ["champs", "pieces_requises", "version"]}),
        (
            _("Coût et délai"),
            {"fields": ["cout_xaf", "delai_jours", "delai_constate", "base_legale"]},
        ),
        (
            _("Dépôt et conservation"),
            {
                "fields": [
                    "en_ligne",
                    "necessite_compte",
                    "duree_conservation_jours",
                    "email_notification",
                ]
            },
        ),
        (_("Suivi"), {"fields": ["slug"]}),
    ]

    @admin.display(description=_("délai constaté (jours)"))
    def delai_constate(self, formulaire):
        return services.delai_constate(formulaire) if formulaire.pk else None

    def get_changelist(self, request, **kwargs):
        return ListeLegere

    def write(self, request, obj, form, change):
        if change:
            services.modifier_formulaire(obj)
        else:
            services.creer_formulaire(obj)

    def get_actions(self, request):
        # One by one: each may be refused.
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def get_deleted_objects(self, objs, request):
        """Only the procedures themselves: the service refuses those that have dossiers, and their
        dossiers need not be listed for it."""
        named = {self.opts.verbose_name_plural: len(objs)}
        return [str(formulaire) for formulaire in objs], named, set(), []

    def delete_view(self, request, object_id, extra_context=None):
        try:
            return super().delete_view(request, object_id, extra_context)
        except services.FormulaireUtilise as error:
            self.message_user(request, error.message, messages.ERROR)
        return redirect("admin:demarches_formulaire_change", object_id)

    def delete_model(self, request, obj):
        services.supprimer_formulaire(obj)
