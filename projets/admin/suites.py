"""What projects are followed by: their updates, their papers."""

from django.contrib import admin
from django.forms import ModelForm
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy
from unfold.admin import StackedInline, TabularInline

from ecms.admin import ReadOnlyAdmin, ScopedInline
from ecms.admin.filters import AuthorFilter, DaysFilter
from projets.admin.commun import FichierDelivre, barre, en_francs, photo
from projets.models import DocumentProjet, MiseAJourProjet


class MiseAJourLue:
    """How an update is shown."""

    @admin.display(description=gettext_lazy("avancement"), ordering="avancement")
    def barre_avancement(self, mise_a_jour):
        return barre(mise_a_jour.avancement)

    @admin.display(
        description=gettext_lazy("dépensé depuis le début (FCFA)"), ordering="depense_xaf"
    )
    def depense(self, mise_a_jour):
        return en_francs(mise_a_jour.depense_xaf)

    @admin.display(description=gettext_lazy("photo"))
    def apercu(self, mise_a_jour):
        return photo(mise_a_jour.image)


class DocumentLu:
    """How a paper is shown."""

    @admin.display(description=gettext_lazy("fichier"))
    def telecharger(self, document):
        address = reverse("admin:projets_documentprojet_fichier", args=[document.pk])
        return format_html(
            '<a class="text-link underline" href="{}">{}</a>', address, document.nom_original
        )

    @admin.display(description=gettext_lazy("taille"), ordering="taille")
    def poids(self, document):
        return filesizeformat(document.taille)

    @admin.display(description=gettext_lazy("aperçu"))
    def apercu(self, document):
        if not document.type_mime.startswith("image/"):
            return "-"
        address = reverse("admin:projets_documentprojet_fichier", args=[document.pk])
        return format_html(
            '<img src="{}" alt="{}" loading="lazy" '
            'style="max-height: 5rem; max-width: 8rem; border-radius: 4px">',
            address,
            document.titre,
        )


class MisesAJourInline(MiseAJourLue, ScopedInline, TabularInline):
    """What was told so far: looked at, never edited."""

    model = MiseAJourProjet
    fields = [
        "date_creation",
        "titre",
        "barre_avancement",
        "depense",
        "motif_baisse",
        "auteur",
        "apercu",
    ]
    readonly_fields = fields
    extra = 0

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("auteur")

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class AddOnlyInline(ScopedInline, StackedInline):
    """A form for one more row; those that are there stand elsewhere."""

    extra = 1
    max_num = 1

    def get_queryset(self, request):
        return super().get_queryset(request).none()

    def has_view_permission(self, request, obj=None):
        return self.has_add_permission(request, obj)

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class NouvelleMiseAJourInline(AddOnlyInline):
    model = MiseAJourProjet
    verbose_name = gettext_lazy("nouvelle mise à jour")
    verbose_name_plural = gettext_lazy("Ajouter une mise à jour")
    fields = ["titre", "description", "avancement", "depense_xaf", "motif_baisse", "image"]


class DocumentsInline(DocumentLu, ScopedInline, TabularInline):
    model = DocumentProjet
    fields = ["titre", "type", "est_public", "telecharger", "poids", "apercu"]
    readonly_fields = ["telecharger", "poids", "apercu"]
    extra = 0

    def has_add_permission(self, request, obj=None):
        return False


class DocumentForm(ModelForm):
    """A paper with its file: the service looks into it."""

    class Meta:
        model = DocumentProjet
        fields = ["titre", "type", "fichier", "est_public"]


class NouveauDocumentInline(AddOnlyInline):
    model = DocumentProjet
    form = DocumentForm
    verbose_name = gettext_lazy("nouveau document")
    verbose_name_plural = gettext_lazy("Ajouter un document")
    fields = ["titre", "type", "fichier", "est_public"]


@admin.register(MiseAJourProjet)
class MiseAJourProjetAdmin(MiseAJourLue, ReadOnlyAdmin):
    """The updates of all projects; they are added at their project."""

    list_display = ["titre", "projet", "barre_avancement", "depense", "auteur", "date_creation"]
    list_filter = [("date_creation", DaysFilter), AuthorFilter]
    list_filter_submit = True
    list_select_related = ["projet", "auteur"]
    search_fields = ["titre", "projet__titre"]
    ordering = ["-pk"]
    sortable_by = []
    fields = [
        "projet",
        "titre",
        "description",
        "barre_avancement",
        "depense",
        "motif_baisse",
        "apercu",
        "auteur",
        "date_creation",
    ]


@admin.register(DocumentProjet)
class DocumentProjetAdmin(FichierDelivre, DocumentLu, ReadOnlyAdmin):
    """The papers of all projects; they are added and taken away at their project."""

    list_display = ["titre", "projet", "type", "telecharger", "poids", "est_public"]
    list_filter = ["type", "est_public", ("date_creation", DaysFilter)]
    list_filter_submit = True
    list_select_related = ["projet"]
    search_fields = ["titre", "projet__titre"]
    ordering = ["-pk"]
    sortable_by = []
    fields = [
        "projet",
        "titre",
        "type",
        "est_public",
        "telecharger",
        "apercu",
        "poids",
        "type_mime",
        "sha256",
    ]
