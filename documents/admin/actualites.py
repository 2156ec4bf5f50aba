from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.contrib.forms.widgets import WysiwygWidget
from unfold.decorators import display

from documents.models import Actualite
from documents.services import actualites as services
from ecms import hits
from ecms.admin import ScopedAdmin
from ecms.fields import HTMLField


@admin.register(Actualite)
class ActualiteAdmin(ScopedAdmin):
    list_display = ["titre", "mairie", "categorie", "statut_colore", "date_publication", "epinglee"]
    list_filter = ["statut", "categorie", "epinglee", "mairie"]
    list_select_related = ["mairie"]
    search_fields = ["titre", "resume"]
    date_hierarchy = "date_publication"
    readonly_fields = ["slug", "auteur", "vues"]
    formfield_overrides = {HTMLField: {"widget": WysiwygWidget}}
    fieldsets = [
        (None, {"fields": ["mairie", "titre", "resume", "contenu", "image", "categorie"]}),
        (
            _("Publication"),
            {"fields": ["statut", "date_publication", "date_expiration", "epinglee"]},
        ),
        (_("Suivi"), {"fields": ["slug", "auteur", "vues"]}),
    ]

    def get_queryset(self, request):
        return hits.with_pending(super().get_queryset(request), "nombre_vues", alias="vues")

    @display(description=_("lectures"))
    def vues(self, actualite):
        return getattr(actualite, "vues", 0)

    @display(
        description=_("statut"),
        ordering="statut",
        label={"publiee": "success", "brouillon": "info", "archivee": "warning"},
    )
    def statut_colore(self, actualite):
        return actualite.statut, actualite.get_statut_display()

    def write(self, request, obj, form, change):
        if change:
            services.modifier_actualite(obj)
        else:
            services.creer_actualite(obj, auteur=request.user)
