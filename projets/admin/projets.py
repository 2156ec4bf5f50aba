from django.contrib import admin
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from ecms.admin import ScopedAdmin
from ecms.admin.filters import DaysFilter
from ecms.admin.map import Placed
from ecms.admin.online import SEULEMENT_LA_MAIRIE, badge, en_ligne
from projets import services
from projets.admin.commun import barre, en_francs
from projets.admin.etapes import ETAPES
from projets.admin.suites import (
    DocumentsInline,
    MisesAJourInline,
    NouveauDocumentInline,
    NouvelleMiseAJourInline,
)
from projets.models import MiseAJourProjet, Projet, ProjetQuerySet
from projets.workflow import INITIAUX, Statut

# What a project has from the day it is entered; the rest is to be said of it later.
NOUVEAU = [
    (None, {"fields": ["mairie", "titre", "categorie", "description", "image"]}),
    (gettext_lazy("Calendrier"), {"fields": ["statut", ("date_debut", "date_fin_prevue")]}),
    (gettext_lazy("Argent"), {"fields": [("budget_xaf", "source_financement")]}),
    (
        gettext_lazy("Acteurs"),
        {"fields": [("maitre_ouvrage", "entreprise"), ("reference_marche", "responsable")]},
    ),
    (gettext_lazy("Lieu"), {"fields": ["lieu", ("latitude", "longitude")]}),
    (gettext_lazy("Publication"), {"fields": ["est_public"]}),
]
COULEURS = {
    Statut.PLANIFIE: "info",
    Statut.EN_COURS: "warning",
    Statut.SUSPENDU: "danger",
    Statut.TERMINE: "success",
    Statut.ANNULE: "",
}
ATTENTION = {
    "retard": (gettext_lazy("en retard"), ProjetQuerySet.retard),
    "depassement": (gettext_lazy("budget dépassé"), ProjetQuerySet.depassement),
}


class AttentionFilter(admin.SimpleListFilter):
    """What somebody should look into."""

    title = gettext_lazy("à surveiller")
    parameter_name = "attention"

    def lookups(self, request, model_admin):
        return [(name, label) for name, (label, _condition) in ATTENTION.items()]

    def queryset(self, request, queryset):
        _label, condition = ATTENTION.get(self.value(), (None, None))
        return queryset if condition is None else queryset.filter(condition())


@admin.register(Projet)
class ProjetAdmin(Placed, ScopedAdmin):
    steps = ETAPES
    list_display = [
        "titre",
        "mairie",
        "categorie",
        "statut_colore",
        "barre_avancement",
        "budget",
        "depense",
        "retard",
        "est_public",
    ]
    list_filter = [
        "statut",
        AttentionFilter,
        "categorie",
        "est_public",
        ("date_debut", DaysFilter),
        ("date_fin_prevue", DaysFilter),
        "mairie",
    ]
    list_filter_submit = True
    list_select_related = ["mairie"]
    search_fields = ["titre", "lieu"]
    readonly_fields = [
        "statut_colore",
        "slug",
        "barre_avancement",
        "depense",
        "taux",
        "depassement",
        "retard_present",
        "visibilite",
    ]
    fieldsets = [
        (None, {"fields": ["mairie", "titre", "categorie", "description", "image"]}),
        (
            gettext_lazy("Calendrier"),
            {
                "fields": [
                    ("statut_colore", "retard_present"),
                    ("date_debut", "date_fin_prevue"),
                    "date_fin_reelle",
                ],
                "description": gettext_lazy(
                    "Les boutons en haut de la page font avancer le projet. Il se termine quand "
                    "une mise à jour l'a dit avancé à 100 %."
                ),
            },
        ),
        (
            gettext_lazy("Argent"),
            {
                "fields": [
                    ("budget_xaf", "source_financement"),
                    ("depense", "taux", "depassement"),
                    "barre_avancement",
                ]
            },
        ),
        (
            gettext_lazy("Acteurs"),
            {
                "fields": [
                    ("maitre_ouvrage", "entreprise"),
                    ("reference_marche", "responsable"),
                ]
            },
        ),
        (gettext_lazy("Lieu"), {"fields": ["lieu", ("latitude", "longitude")]}),
        (gettext_lazy("Publication"), {"fields": ["est_public", "visibilite", "slug"]}),
    ]
    inlines = [
        MisesAJourInline,
        NouvelleMiseAJourInline,
        DocumentsInline,
        NouveauDocumentInline,
    ]
    add_fieldsets = NOUVEAU

    def get_readonly_fields(self, request, obj=None):
        """Only what is finished has a day of its end, and that day may be put right."""
        fields = super().get_readonly_fields(request, obj)
        finished = obj is not None and obj.statut == Statut.TERMINE
        return fields if finished else [*fields, "date_fin_reelle"]

    def formfield_for_choice_field(self, db_field, request, **kwargs):
        """A project begins planned or under way; the steps lead it on."""
        if db_field.name == "statut":
            kwargs["choices"] = [(s.value, s.label) for s in Statut if s in INITIAUX]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    @display(
        description=gettext_lazy("statut"),
        ordering="statut",
        label=COULEURS,
    )
    def statut_colore(self, projet):
        return projet.statut, projet.get_statut_display()

    @display(description=gettext_lazy("retard"), label={"retard": "danger"})
    def retard(self, projet):
        return ("retard", _("En retard")) if projet.en_retard else None

    @admin.display(description=gettext_lazy("retard"))
    def retard_present(self, projet):
        return badge(_("En retard"), "danger") if projet.en_retard else _("Non")

    @admin.display(description=gettext_lazy("avancement"), ordering="avancement")
    def barre_avancement(self, projet):
        return barre(projet.avancement)

    @admin.display(description=gettext_lazy("budget (FCFA)"), ordering="budget_xaf")
    def budget(self, projet):
        return en_francs(projet.budget_xaf)

    @admin.display(description=gettext_lazy("dépensé (FCFA)"), ordering="depense_xaf")
    def depense(self, projet):
        return en_francs(projet.depense_xaf)

    @admin.display(description=gettext_lazy("dépassement (FCFA)"))
    def depassement(self, projet):
        return en_francs(projet.depassement_xaf)

    @admin.display(description=gettext_lazy("part du budget dépensée (%)"))
    def taux(self, projet):
        taux = projet.taux_depense
        return None if taux is None else number_format(taux, decimal_pos=1)

    @admin.display(description=gettext_lazy("qui le voit"))
    def visibilite(self, projet):
        if not projet.est_public:
            return SEULEMENT_LA_MAIRIE
        return en_ligne(projet.mairie, f"projets/{projet.slug}")

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
