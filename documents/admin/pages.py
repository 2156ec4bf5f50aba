from functools import partial

from django.contrib import admin
from django.utils.translation import gettext_lazy, ngettext_lazy
from unfold.decorators import display

from documents.admin.commun import COULEURS, PublieeParEtapes
from documents.models import PageCMS
from documents.services import pages as services
from documents.workflow import TRANSITIONS, Statut
from ecms.admin import ScopedAdmin, Step
from ecms.admin.online import SEULEMENT_LA_MAIRIE, en_ligne


def _deplacer(page, *, par, statut: Statut) -> None:
    services.changer_statut_page(page, statut)


def _peut(statut: Statut):
    return lambda page: statut in TRANSITIONS[page.statut]


ETAPES = [
    Step(
        "publier",
        gettext_lazy("Publier"),
        partial(_deplacer, statut=Statut.PUBLIEE),
        ngettext_lazy("%(count)s page publiée.", "%(count)s pages publiées.", "count"),
        allowed=_peut(Statut.PUBLIEE),
        variant="primary",
    ),
    Step(
        "brouillon",
        gettext_lazy("Remettre en brouillon"),
        partial(_deplacer, statut=Statut.BROUILLON),
        ngettext_lazy(
            "%(count)s page remise en brouillon.", "%(count)s pages remises en brouillon.", "count"
        ),
        allowed=_peut(Statut.BROUILLON),
    ),
    Step(
        "archiver",
        gettext_lazy("Archiver"),
        partial(_deplacer, statut=Statut.ARCHIVEE),
        ngettext_lazy("%(count)s page archivée.", "%(count)s pages archivées.", "count"),
        allowed=_peut(Statut.ARCHIVEE),
    ),
]


@admin.register(PageCMS)
class PageAdmin(PublieeParEtapes, ScopedAdmin):
    steps = ETAPES
    list_display = ["titre", "mairie", "parent", "ordre", "afficher_dans_menu", "statut_colore"]
    list_editable = ["ordre"]
    list_filter = ["statut", "afficher_dans_menu", "mairie"]
    list_select_related = ["mairie", "parent"]
    search_fields = ["titre", "meta_description"]
    readonly_fields = ["statut_colore", "visibilite", "slug"]
    fieldsets = [
        (None, {"fields": ["mairie", "titre", "contenu", "image_bandeau"]}),
        (
            gettext_lazy("Publication"),
            {
                "fields": ["statut_colore", "visibilite"],
                "description": gettext_lazy(
                    "Une page est publiée et retirée par les boutons en haut de sa page."
                ),
            },
        ),
        (
            gettext_lazy("Place dans le menu"),
            {
                "fields": ["parent", "ordre", "afficher_dans_menu"],
                "description": gettext_lazy(
                    "Une page est dans le menu si elle et toutes celles au-dessus d'elle sont "
                    "publiées."
                ),
            },
        ),
        (
            gettext_lazy("Moteurs de recherche"),
            {"fields": ["meta_titre", "meta_description", "slug"]},
        ),
    ]

    def get_fieldsets(self, request, obj=None):
        """A new page is a draft: there is nothing to say of who sees it."""
        fieldsets = super().get_fieldsets(request, obj)
        return fieldsets if obj is not None else [fieldsets[0], *fieldsets[2:]]

    def get_form(self, request, obj=None, change=False, **kwargs):
        """The page above is one of the same mairie."""
        form = super().get_form(request, obj, change=change, **kwargs)
        if obj is not None and "parent" in form.base_fields:
            parent = form.base_fields["parent"]
            parent.queryset = parent.queryset.filter(mairie=obj.mairie_id).exclude(pk=obj.pk)
        return form

    @display(description=gettext_lazy("statut"), ordering="statut", label=COULEURS)
    def statut_colore(self, page):
        return page.statut, page.get_statut_display()

    @admin.display(description=gettext_lazy("qui la voit"))
    def visibilite(self, page):
        if page.statut != Statut.PUBLIEE:
            return SEULEMENT_LA_MAIRIE
        return en_ligne(page.mairie, f"pages/{page.slug}")

    def write(self, request, obj, form, change):
        if change:
            services.modifier_page(obj)
        else:
            services.creer_page(obj)
