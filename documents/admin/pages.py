from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.contrib.forms.widgets import WysiwygWidget
from unfold.decorators import display

from documents.models import PageCMS
from documents.services import pages as services
from ecms.admin import ScopedAdmin
from ecms.fields import HTMLField


@admin.register(PageCMS)
class PageAdmin(ScopedAdmin):
    list_display = ["titre", "mairie", "parent", "ordre", "afficher_dans_menu", "statut_colore"]
    list_editable = ["ordre"]
    list_filter = ["statut", "afficher_dans_menu", "mairie"]
    list_select_related = ["mairie", "parent"]
    search_fields = ["titre", "meta_description"]
    readonly_fields = ["slug"]
    formfield_overrides = {HTMLField: {"widget": WysiwygWidget}}
    fieldsets = [
        (None, {"fields": ["mairie", "titre", "contenu", "image_bandeau", "statut"]}),
        (_("Place dans le menu"), {"fields": ["parent", "ordre", "afficher_dans_menu"]}),
        (_("Moteurs de recherche"), {"fields": ["meta_titre", "meta_description", "slug"]}),
    ]

    def get_form(self, request, obj=None, change=False, **kwargs):
        """The page above is one of the same mairie."""
        form = super().get_form(request, obj, change=change, **kwargs)
        if obj is not None and "parent" in form.base_fields:
            parent = form.base_fields["parent"]
            parent.queryset = parent.queryset.filter(mairie=obj.mairie_id).exclude(pk=obj.pk)
        return form

    @display(
        description=_("statut"),
        ordering="statut",
        label={"publiee": "success", "brouillon": "info", "archivee": "warning"},
    )
    def statut_colore(self, page):
        return page.statut, page.get_statut_display()

    def write(self, request, obj, form, change):
        if change:
            services.modifier_page(obj)
        else:
            services.creer_page(obj)
