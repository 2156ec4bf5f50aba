from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.contrib.forms.widgets import WysiwygWidget
from unfold.decorators import display

from ecms.admin import ReadOnlyAdmin, ScopedAdmin
from ecms.fields import HTMLField
from evenements.models import EnvoiNewsletter, Newsletter
from evenements.services import newsletters as services
from evenements.services.envois import avancement
from evenements.workflow import StatutNewsletter


@admin.register(Newsletter)
class NewsletterAdmin(ScopedAdmin):
    list_display = ["titre", "mairie", "statut_colore", "date_envoi", "date_fin"]
    list_filter = ["statut", "mairie"]
    list_select_related = ["mairie"]
    search_fields = ["titre"]
    readonly_fields = ["statut", "auteur", "date_fin", "progression"]
    formfield_overrides = {HTMLField: {"widget": WysiwygWidget}}
    actions = ["apercu", "planifier", "envoyer", "deplanifier"]
    fieldsets = [
        (None, {"fields": ["mairie", "titre", "contenu"]}),
        (_("Envoi"), {"fields": ["date_envoi", "statut", "date_fin", "progression", "auteur"]}),
    ]

    @display(
        description=_("statut"),
        ordering="statut",
        label={"envoyee": "success", "brouillon": "info", "en_cours": "warning"},
    )
    def statut_colore(self, newsletter):
        return newsletter.statut, newsletter.get_statut_display()

    @admin.display(description=_("progression"))
    def progression(self, newsletter):
        if not newsletter.pk:
            return "-"
        text = _(
            "%(pourcentage)s %% : %(envoye)s envoyés, %(a_envoyer)s à envoyer, %(refuse)s refusés, "
            "%(abandonne)s désinscrits avant l'envoi"
        )
        return text % avancement(newsletter)

    def has_change_permission(self, request, obj=None):
        """Only a draft is written in; what acts on the others are the actions of the list."""
        return _est_brouillon(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return _est_brouillon(obj) and super().has_delete_permission(request, obj)

    def get_actions(self, request):
        # Django's own would delete letters that have left.
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def write(self, request, obj, form, change):
        if change:
            services.modifier_newsletter(obj)
        else:
            services.creer_newsletter(obj, auteur=request.user)

    def delete_model(self, request, obj):
        services.supprimer_newsletter(obj)

    @admin.action(description=_("M'envoyer un aperçu"), permissions=["view"])
    def apercu(self, request, queryset):
        self.act(
            request,
            queryset,
            lambda row: services.envoyer_apercu(row, par=request.user),
            _("%(count)s aperçu(s) en route vers votre adresse."),
        )

    @admin.action(description=_("Planifier à la date d'envoi"), permissions=["change"])
    def planifier(self, request, queryset):
        self.act(
            request,
            queryset,
            lambda row: services.planifier(row, date_envoi=row.date_envoi),
            _("%(count)s newsletter(s) planifiée(s)."),
        )

    @admin.action(description=_("Envoyer maintenant"), permissions=["change"])
    def envoyer(self, request, queryset):
        self.act(request, queryset, services.envoyer, _("%(count)s newsletter(s) en route."))

    @admin.action(description=_("Reprendre en brouillon"), permissions=["change"])
    def deplanifier(self, request, queryset):
        self.act(request, queryset, services.deplanifier, _("%(count)s newsletter(s) reprise(s)."))


@admin.register(EnvoiNewsletter)
class EnvoiNewsletterAdmin(ReadOnlyAdmin):
    """Who has received what, and whose mail server refused it."""

    list_display = ["newsletter", "abonne", "statut", "tentatives", "prochain_essai", "date_envoi"]
    list_filter = ["statut"]
    list_select_related = ["newsletter", "abonne"]
    search_fields = ["abonne__email", "newsletter__titre"]
    fields = [
        "newsletter",
        "abonne",
        "statut",
        "tentatives",
        "prochain_essai",
        "derniere_erreur",
        "date_envoi",
    ]


def _est_brouillon(newsletter: Newsletter | None) -> bool:
    return newsletter is None or newsletter.statut == StatutNewsletter.BROUILLON
