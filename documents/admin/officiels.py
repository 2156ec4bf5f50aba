from functools import partial

from django import forms
from django.contrib import admin
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display

from documents.models import DocumentOfficiel
from documents.services import officiels as services
from ecms import hits
from ecms.admin import ScopedAdmin, Step, StepForm
from ecms.admin.filters import AuthorFilter, DaysFilter
from ecms.admin.online import SEULEMENT_LA_MAIRIE, a_partir_de, en_ligne
from ecms.admin.widgets import RowPicker
from ecms.scoping import scoped
from ecms.uploads import deliver

# Of the years of documents, how many are offered.
ANNEES = 40


class AnneeFilter(DropdownFilter):
    """The year of a document. All of the table would be read to know which years there are."""

    title = gettext_lazy("année")
    parameter_name = "annee"

    def lookups(self, request, model_admin):
        derniere = timezone.localdate().year
        return [(str(annee), str(annee)) for annee in range(derniere, derniere - ANNEES, -1)]

    def queryset(self, request, queryset):
        known = {value for value, _name in self.lookup_choices}
        return queryset.filter(annee=self.value()) if self.value() in known else queryset


class RemplacerForm(StepForm):
    """Which document of the same mairie takes the place of the row."""

    remplacant = forms.ModelChoiceField(
        DocumentOfficiel.objects.none(),
        label=gettext_lazy("Remplacé par"),
        widget=RowPicker(DocumentOfficiel._meta.get_field("remplace_par"), admin.site),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        document = self.rows[0]
        of_the_mairie = DocumentOfficiel.objects.filter(mairie=document.mairie_id)
        rows = scoped(of_the_mairie, self.user).exclude(pk=document.pk)
        self.fields["remplacant"].queryset = rows


def _ouvrir(document, *, par, est_public: bool) -> None:
    services.ouvrir_document(document, est_public=est_public)


def _remplacer(document, *, par, remplacant=None) -> None:
    services.remplacer_document(document, remplacant)


ETAPES = [
    Step(
        "publier",
        gettext_lazy("Rendre public"),
        partial(_ouvrir, est_public=True),
        ngettext_lazy(
            "%(count)s document rendu public.", "%(count)s documents rendus publics.", "count"
        ),
        allowed=lambda document: not document.est_public,
        variant="primary",
    ),
    Step(
        "interne",
        gettext_lazy("Garder pour la mairie"),
        partial(_ouvrir, est_public=False),
        ngettext_lazy(
            "%(count)s document gardé pour la mairie.",
            "%(count)s documents gardés pour la mairie.",
            "count",
        ),
        allowed=lambda document: document.est_public,
    ),
    Step(
        "remplacer",
        gettext_lazy("Remplacer par un autre"),
        _remplacer,
        ngettext_lazy("%(count)s document remplacé.", "%(count)s documents remplacés.", "count"),
        allowed=lambda document: document.remplace_par_id is None,
        form=RemplacerForm,
        many=False,
    ),
    Step(
        "retablir",
        gettext_lazy("Annuler le remplacement"),
        _remplacer,
        ngettext_lazy(
            "%(count)s document n'est plus remplacé.",
            "%(count)s documents ne sont plus remplacés.",
            "count",
        ),
        allowed=lambda document: document.remplace_par_id is not None,
        many=False,
    ),
]


@admin.register(DocumentOfficiel)
class DocumentOfficielAdmin(ScopedAdmin):
    steps = ETAPES
    list_display = [
        "titre",
        "mairie",
        "type",
        "annee",
        "numero_reference",
        "visibilite_coloree",
        "date_publication",
        "remplace",
    ]
    list_filter = [
        "type",
        "est_public",
        AnneeFilter,
        ("date_document", DaysFilter),
        AuthorFilter,
        "mairie",
    ]
    list_filter_submit = True
    list_select_related = ["mairie"]
    search_fields = ["titre", "numero_reference", "description"]
    sortable_by = ["date_publication"]
    readonly_fields = [
        "visibilite",
        "remplace_par",
        "telecharger",
        "taille",
        "type_mime",
        "sha256",
        "auteur",
        "telechargements",
    ]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "mairie",
                    "titre",
                    "type",
                    "numero_reference",
                    ("date_document", "annee"),
                    "description",
                    "fichier",
                ]
            },
        ),
        (
            gettext_lazy("Publication"),
            {
                "fields": ["est_public", "date_publication", "visibilite", "remplace_par"],
                "description": gettext_lazy(
                    "Un document public est vu de tous à partir de sa date de publication ; sans "
                    "date, dès maintenant."
                ),
            },
        ),
        (
            gettext_lazy("Suivi"),
            {
                "fields": [
                    "telecharger",
                    ("taille", "type_mime"),
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

    def get_fieldsets(self, request, obj=None):
        """Nothing is to be followed of what is not there yet. The file has no address of its own:
        whoever only reads has the one of `telecharger`."""
        content, (name, options), followed = super().get_fieldsets(request, obj)
        if obj is not None:
            if not self.has_change_permission(request, obj):
                shown = [field for field in content[1]["fields"] if field != "fichier"]
                content = (content[0], {**content[1], "fields": shown})
            return [content, (name, options), followed]
        return [content, (name, {**options, "fields": options["fields"][:2]})]

    @admin.display(description=gettext_lazy("téléchargements"))
    def telechargements(self, document):
        return getattr(document, "telechargements", 0)

    @admin.display(description=gettext_lazy("remplacé"), boolean=True)
    def remplace(self, document):
        return document.remplace_par_id is not None

    @display(
        description=gettext_lazy("visibilité"),
        label={"public": "success", "programme": "warning", "interne": "info"},
    )
    def visibilite_coloree(self, document):
        if not document.est_public:
            return "interne", _("interne")
        if document.date_publication > timezone.now():
            return "programme", _("programmé")
        return "public", _("public")

    @admin.display(description=gettext_lazy("qui le voit"))
    def visibilite(self, document):
        if not document.est_public:
            return SEULEMENT_LA_MAIRIE
        if document.date_publication > timezone.now():
            return a_partir_de(document.date_publication)
        return en_ligne(document.mairie, f"documents/{document.pk}")

    @admin.display(description=gettext_lazy("fichier déposé"))
    def telecharger(self, document):
        if not document.pk:
            return "-"
        address = reverse("admin:documents_documentofficiel_fichier", args=[document.pk])
        return format_html(
            '<a class="text-link underline" href="{}">{}</a>', address, document.nom_du_fichier
        )

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
