from django.contrib import admin
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from documents.models import DocumentOfficiel
from documents.services import officiels as services
from ecms import hits
from ecms.admin import ScopedAdmin
from ecms.uploads import deliver


@admin.register(DocumentOfficiel)
class DocumentOfficielAdmin(ScopedAdmin):
    list_display = ["titre", "mairie", "type", "annee", "numero_reference", "public"]
    list_filter = ["type", "est_public", "annee", "mairie"]
    list_select_related = ["mairie"]
    search_fields = ["titre", "numero_reference", "description"]
    date_hierarchy = "date_document"
    # Offered from the scope, as raw ids are not.
    autocomplete_fields = ["remplace_par"]
    readonly_fields = ["telecharger", "taille", "type_mime", "sha256", "auteur", "telechargements"]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "mairie",
                    "titre",
                    "type",
                    "numero_reference",
                    "date_document",
                    "annee",
                    "description",
                    "fichier",
                ]
            },
        ),
        (
            gettext_lazy("Publication"),
            {"fields": ["est_public", "date_publication", "remplace_par"]},
        ),
        (
            gettext_lazy("Suivi"),
            {
                "fields": [
                    "telecharger",
                    "taille",
                    "type_mime",
                    "sha256",
                    "auteur",
                    "telechargements",
                ]
            },
        ),
    ]

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        return hits.with_pending(rows, "nombre_telechargements", alias="telechargements")

    @admin.display(description=gettext_lazy("téléchargements"))
    def telechargements(self, document):
        return getattr(document, "telechargements", 0)

    @display(
        description=gettext_lazy("public"),
        ordering="est_public",
        label={True: "success", False: "info"},
    )
    def public(self, document):
        return document.est_public, _("public") if document.est_public else _("interne")

    @admin.display(description=gettext_lazy("fichier déposé"))
    def telecharger(self, document):
        if not document.pk:
            return "-"
        address = reverse("admin:documents_documentofficiel_fichier", args=[document.pk])
        return format_html('<a href="{}">{}</a>', address, document.nom_du_fichier)

    def get_urls(self):
        view = self.admin_site.admin_view(self.fichier)
        name = "documents_documentofficiel_fichier"
        return [path("<int:pk>/fichier/", view, name=name), *super().get_urls()]

    def fichier(self, request, pk):
        document = self.get_object(request, str(pk))
        if document is None or not self.has_view_permission(request, document):
            return self._get_obj_does_not_exist_redirect(request, self.opts, str(pk))
        return deliver(
            request,
            document.fichier,
            nom=document.nom_du_fichier,
            type_mime=document.type_mime,
            sha256=document.sha256,
        )

    def write(self, request, obj, form, change):
        if change:
            services.modifier_document(obj)
        else:
            services.deposer_document(obj, auteur=request.user)
