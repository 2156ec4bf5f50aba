from functools import partial

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSplitDateTimeWidget

from documents.admin.commun import COULEURS, PublieeParEtapes
from documents.etats import CONDITIONS, Etat, etat_de
from documents.models import Actualite
from documents.services import actualites as services
from documents.workflow import TRANSITIONS, Statut
from ecms import hits
from ecms.admin import Preset, ScopedAdmin, Step, StepForm
from ecms.admin.fields import check_moment
from ecms.admin.filters import AuthorFilter, DaysFilter
from ecms.admin.online import SEULEMENT_LA_MAIRIE, a_partir_de, en_ligne, nom_de, plus_depuis


class ProgrammerForm(StepForm):
    """When news appears by itself."""

    le = forms.SplitDateTimeField(
        label=gettext_lazy("Publier le"),
        help_text=gettext_lazy("À l'heure de Douala."),
        widget=UnfoldAdminSplitDateTimeWidget,
        validators=[check_moment],
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        date = self.rows[0].date_publication if len(self.rows) == 1 else None
        if date is not None and date > timezone.now():
            self.fields["le"].initial = date

    def clean_le(self):
        le = self.cleaned_data["le"]
        if le <= timezone.now():
            raise ValidationError(_("La date de publication doit être dans l'avenir."))
        return le


class EtatFilter(admin.SimpleListFilter):
    """By what became of the news: its state and its dates together."""

    title = gettext_lazy("état")
    parameter_name = "etat"

    def lookups(self, request, model_admin):
        return Etat.choices

    def queryset(self, request, queryset):
        condition = CONDITIONS.get(self.value())
        return queryset if condition is None else queryset.filter(condition)


def _a_publier(actualite) -> bool:
    return etat_de(actualite) in {Etat.BROUILLON, Etat.PROGRAMMEE}


def _publier(actualite, *, par, le=None) -> None:
    services.publier_actualite(actualite, le=le)


def _deplacer(actualite, *, par, statut: Statut) -> None:
    services.changer_statut_actualite(actualite, statut)


def _epingler(actualite, *, par, epinglee: bool) -> None:
    services.epingler_actualite(actualite, epinglee=epinglee)


ETAPES = [
    Step(
        "publier",
        gettext_lazy("Publier maintenant"),
        _publier,
        ngettext_lazy("%(count)s actualité publiée.", "%(count)s actualités publiées.", "count"),
        allowed=_a_publier,
        variant="primary",
    ),
    Step(
        "programmer",
        gettext_lazy("Programmer"),
        _publier,
        ngettext_lazy(
            "%(count)s actualité programmée.", "%(count)s actualités programmées.", "count"
        ),
        allowed=_a_publier,
        form=ProgrammerForm,
    ),
    Step(
        "brouillon",
        gettext_lazy("Remettre en brouillon"),
        partial(_deplacer, statut=Statut.BROUILLON),
        ngettext_lazy(
            "%(count)s actualité remise en brouillon.",
            "%(count)s actualités remises en brouillon.",
            "count",
        ),
        allowed=lambda actualite: Statut.BROUILLON in TRANSITIONS[actualite.statut],
    ),
    Step(
        "archiver",
        gettext_lazy("Archiver"),
        partial(_deplacer, statut=Statut.ARCHIVEE),
        ngettext_lazy("%(count)s actualité archivée.", "%(count)s actualités archivées.", "count"),
        allowed=lambda actualite: Statut.ARCHIVEE in TRANSITIONS[actualite.statut],
    ),
    Step(
        "epingler",
        gettext_lazy("Épingler"),
        partial(_epingler, epinglee=True),
        ngettext_lazy("%(count)s actualité épinglée.", "%(count)s actualités épinglées.", "count"),
        allowed=lambda actualite: not actualite.epinglee,
    ),
    Step(
        "desepingler",
        gettext_lazy("Ne plus épingler"),
        partial(_epingler, epinglee=False),
        ngettext_lazy(
            "%(count)s actualité n'est plus épinglée.",
            "%(count)s actualités ne sont plus épinglées.",
            "count",
        ),
        allowed=lambda actualite: actualite.epinglee,
    ),
]


@admin.register(Actualite)
class ActualiteAdmin(PublieeParEtapes, ScopedAdmin):
    steps = ETAPES
    list_display = [
        "titre",
        "mairie",
        "categorie",
        "etat",
        "date_publication",
        "date_expiration",
        "epinglee",
        "nom_auteur",
    ]
    list_filter = [
        EtatFilter,
        "categorie",
        "epinglee",
        ("date_publication", DaysFilter),
        AuthorFilter,
        "mairie",
    ]
    presets = [
        Preset(gettext_lazy("Toutes")),
        Preset(gettext_lazy("Brouillons"), "etat=brouillon"),
        Preset(gettext_lazy("Programmées"), "etat=programmee"),
        Preset(gettext_lazy("Publiées"), "etat=publiee"),
    ]
    list_filter_submit = True
    list_select_related = ["mairie", "auteur"]
    search_fields = ["titre", "resume"]
    sortable_by = ["date_publication"]
    readonly_fields = ["etat", "visibilite", "slug", "auteur", "vues"]
    fieldsets = [
        (None, {"fields": ["mairie", "titre", "categorie", "resume", "contenu", "image"]}),
        (
            gettext_lazy("Publication"),
            {
                "fields": [
                    "etat",
                    "visibilite",
                    "date_publication",
                    "date_expiration",
                    "epinglee",
                ],
                "description": gettext_lazy(
                    "Une nouvelle actualité est un brouillon. Une fois enregistrée, elle est "
                    "publiée ou programmée par les boutons en haut de sa page."
                ),
            },
        ),
        (gettext_lazy("Suivi"), {"fields": ["slug", "auteur", "vues"]}),
    ]

    def get_queryset(self, request):
        return hits.with_pending(super().get_queryset(request), "nombre_vues", alias="vues")

    def get_fieldsets(self, request, obj=None):
        """Nothing is to be followed of what is not there yet."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is not None:
            return fieldsets
        content, (name, options), _followed = fieldsets
        return [content, (name, {**options, "fields": options["fields"][2:]})]

    @display(description=gettext_lazy("lectures"))
    def vues(self, actualite):
        return getattr(actualite, "vues", 0)

    @display(description=gettext_lazy("état"), label=COULEURS)
    def etat(self, actualite):
        etat = etat_de(actualite)
        return etat.value, etat.label

    @admin.display(description=gettext_lazy("auteur"))
    def nom_auteur(self, actualite):
        return nom_de(actualite.auteur) or None

    @admin.display(description=gettext_lazy("qui la voit"))
    def visibilite(self, actualite):
        etat = etat_de(actualite)
        if etat == Etat.PROGRAMMEE:
            return a_partir_de(actualite.date_publication)
        if etat == Etat.EXPIREE:
            return plus_depuis(actualite.date_expiration)
        if etat != Etat.PUBLIEE:
            return SEULEMENT_LA_MAIRIE
        return en_ligne(actualite.mairie, f"actualites/{actualite.slug}")

    def write(self, request, obj, form, change):
        if change:
            services.modifier_actualite(obj)
        else:
            services.creer_actualite(obj, auteur=request.user)
