from django.contrib import admin
from django.forms import ModelForm
from django.http import Http404
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import StackedInline, TabularInline
from unfold.decorators import display

from ecms.admin import ReadOnlyAdmin, ScopedAdmin, ScopedInline
from ecms.uploads import deliver
from projets import services
from projets.models import DocumentProjet, MiseAJourProjet, Projet
from projets.workflow import Statut


class MisesAJourInline(ScopedInline, TabularInline):
    """What was told so far: looked at, never edited."""

    model = MiseAJourProjet
    fields = ["date_creation", "titre", "avancement", "depense_xaf", "motif_baisse", "auteur"]
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


class DocumentsInline(ScopedInline, TabularInline):
    model = DocumentProjet
    fields = ["titre", "type", "est_public", "telecharger", "taille"]
    readonly_fields = ["telecharger", "taille"]
    extra = 0

    def has_add_permission(self, request, obj=None):
        return False

    @admin.display(description=gettext_lazy("fichier"))
    def telecharger(self, document):
        address = reverse("admin:projets_documentprojet_fichier", args=[document.pk])
        return format_html('<a href="{}">{}</a>', address, document.nom_original)


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


@admin.register(Projet)
class ProjetAdmin(ScopedAdmin):
    list_display = [
        "titre",
        "mairie",
        "categorie",
        "statut_colore",
        "avancement",
        "budget_xaf",
        "depense_xaf",
        "retard",
        "est_public",
    ]
    list_filter = ["statut", "categorie", "est_public", "mairie"]
    list_select_related = ["mairie"]
    search_fields = ["titre", "lieu"]
    date_hierarchy = "date_debut"
    readonly_fields = ["slug", "avancement", "depense_xaf", "taux", "depassement", "retard"]
    fieldsets = [
        (
            None,
            {"fields": ["mairie", "titre", "description", "categorie", "image", "est_public"]},
        ),
        (
            gettext_lazy("Calendrier"),
            {"fields": ["statut", "date_debut", "date_fin_prevue", "date_fin_reelle", "retard"]},
        ),
        (
            gettext_lazy("Argent"),
            {
                "fields": [
                    "budget_xaf",
                    "depense_xaf",
                    "taux",
                    "depassement",
                    "avancement",
                    "source_financement",
                ]
            },
        ),
        (
            gettext_lazy("Acteurs"),
            {"fields": ["maitre_ouvrage", "entreprise", "reference_marche", "responsable"]},
        ),
        (gettext_lazy("Lieu"), {"fields": ["lieu", "latitude", "longitude"]}),
        (gettext_lazy("Suivi"), {"fields": ["slug"]}),
    ]
    inlines = [
        MisesAJourInline,
        NouvelleMiseAJourInline,
        DocumentsInline,
        NouveauDocumentInline,
    ]

    @display(
        description=gettext_lazy("statut"),
        ordering="statut",
        label={
            Statut.PLANIFIE: "info",
            Statut.EN_COURS: "warning",
            Statut.SUSPENDU: "danger",
            Statut.TERMINE: "success",
            Statut.ANNULE: "danger",
        },
    )
    def statut_colore(self, projet):
        return projet.statut, projet.get_statut_display()

    @display(description=gettext_lazy("retard"), label={"retard": "danger"})
    def retard(self, projet):
        return ("retard", _("En retard")) if projet.en_retard else None

    @admin.display(description=gettext_lazy("dépassement (FCFA)"))
    def depassement(self, projet):
        return projet.depassement_xaf

    @admin.display(description=gettext_lazy("part du budget dépensée (%)"))
    def taux(self, projet):
        return projet.taux_depense

    def get_inlines(self, request, obj):
        # A project has nothing to tell before it is one.
        return self.inlines if obj else []

    def write(self, request, obj, form, change):
        if change:
            services.modifier_projet(obj)
        else:
            services.creer_projet(obj)

    def save_formset(self, request, form, formset, change):
        rows = formset.save(commit=False)
        for row in formset.deleted_objects:
            row.delete()
        for row in rows:
            self._save_row(request, row)

    def _save_row(self, request, row):
        if row.pk:
            row.save()
        elif isinstance(row, MiseAJourProjet):
            services.ajouter_mise_a_jour(row, auteur=request.user)
        else:
            services.ajouter_document(row, fichier=row.fichier.file)


@admin.register(MiseAJourProjet)
class MiseAJourProjetAdmin(ReadOnlyAdmin):
    list_display = ["titre", "projet", "avancement", "depense_xaf", "date_creation"]
    list_select_related = ["projet"]
    search_fields = ["titre", "projet__titre"]


@admin.register(DocumentProjet)
class DocumentProjetAdmin(ReadOnlyAdmin):
    """The papers of all projects; they are added and taken away at their project."""

    list_display = ["titre", "projet", "type", "taille", "est_public"]
    list_filter = ["type", "est_public"]
    list_select_related = ["projet"]
    search_fields = ["titre", "projet__titre"]
    fields = ["projet", "titre", "type", "nom_original", "taille", "type_mime", "sha256"]

    def get_urls(self):
        view = self.admin_site.admin_view(self.fichier)
        name = "projets_documentprojet_fichier"
        return [path("<int:pk>/fichier/", view, name=name), *super().get_urls()]

    def fichier(self, request, pk):
        document = self.get_object(request, str(pk))
        if document is None or not self.has_view_permission(request, document):
            raise Http404
        return deliver(
            request,
            document.fichier,
            nom=document.nom_original,
            type_mime=document.type_mime,
            sha256=document.sha256,
        )
