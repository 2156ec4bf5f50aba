from django.contrib import admin
from django.forms import Media
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy
from unfold.decorators import display

from ecms.admin import ScopedAdmin, Step
from ecms.admin.filters import DaysFilter
from ecms.admin.map import Placed
from evenements.admin.commun import barre, seul
from evenements.admin.filtres import QuandFilter
from evenements.admin.formulaires import (
    AnnulerForm,
    EvenementForm,
    PublierSerieForm,
    ReporterForm,
)
from evenements.models import Evenement
from evenements.recurrences import OCCURRENCES, Borne
from evenements.services import evenements as services
from evenements.services.inscriptions import inscriptions_ouvertes
from evenements.workflow import TRANSITIONS_EVENEMENT, StatutEvenement

S = StatutEvenement
INSCRIPTIONS = (
    *("inscription_debut", "inscription_fin", "capacite"),
    *("personnes_max_par_inscription", "liste_attente"),
)
# For the script of the page; on one that is only read there is no such field.
AVEC_INSCRIPTION = "typeof inscription_requise == 'undefined' || inscription_requise == true"


def _permet(statut: StatutEvenement):
    return lambda row: statut in TRANSITIONS_EVENEMENT[S(row.statut)]


def _est_brouillon(row: Evenement) -> bool:
    return row.statut == S.BROUILLON


ETAPES = [
    Step(
        "publier",
        gettext_lazy("Publier"),
        seul(services.publier),
        ngettext_lazy("%(count)s événement publié.", "%(count)s événements publiés.", "count"),
        allowed=_est_brouillon,
        variant="primary",
    ),
    Step(
        "publier_serie",
        gettext_lazy("Publier la série"),
        seul(services.publier),
        ngettext_lazy("%(count)s série publiée.", "%(count)s séries publiées.", "count"),
        allowed=lambda row: _est_brouillon(row) and row.serie is not None,
        form=PublierSerieForm,
        many=False,
    ),
    Step(
        "confirmer",
        gettext_lazy("Confirmer la date"),
        seul(services.publier),
        ngettext_lazy("%(count)s date confirmée.", "%(count)s dates confirmées.", "count"),
        allowed=lambda row: row.statut == S.REPORTE and not row.date_a_confirmer,
        variant="primary",
        many=False,
    ),
    Step(
        "reporter",
        gettext_lazy("Reporter"),
        seul(services.reporter),
        ngettext_lazy("%(count)s événement reporté.", "%(count)s événements reportés.", "count"),
        allowed=_permet(S.REPORTE),
        form=ReporterForm,
    ),
    Step(
        "retirer",
        gettext_lazy("Reprendre en brouillon"),
        seul(services.retirer),
        ngettext_lazy("%(count)s événement repris.", "%(count)s événements repris.", "count"),
        allowed=lambda row: _permet(S.BROUILLON)(row) and not row.places_prises,
    ),
    Step(
        "annuler",
        gettext_lazy("Annuler et prévenir les inscrits"),
        seul(services.annuler),
        ngettext_lazy("%(count)s événement annulé.", "%(count)s événements annulés.", "count"),
        allowed=lambda row: _permet(S.ANNULE)(row) and not _est_passe(row),
        form=AnnulerForm,
        variant="danger",
    ),
]


def _est_passe(row: Evenement) -> bool:
    return row.fin <= timezone.now() and not row.date_a_confirmer


@admin.register(Evenement)
class EvenementAdmin(Placed, ScopedAdmin):
    """The agenda. A recurrence is said when an event is added; each date is a row afterwards."""

    form = EvenementForm
    steps = ETAPES
    list_display = ["titre", "mairie", "categorie", "debut", "lieu", "statut_colore", "places"]
    list_filter = [
        "statut",
        QuandFilter,
        "categorie",
        "inscription_requise",
        ("debut", DaysFilter),
        "mairie",
    ]
    list_filter_submit = True
    list_select_related = ["mairie"]
    search_fields = ["titre", "lieu"]
    sortable_by = ["debut"]
    readonly_fields = ["slug", "statut_colore", "attente_date", "message", "inscrits", "dates"]
    fieldsets = [
        (None, {"fields": ["mairie", "titre", "categorie", "description", "image"]}),
        (gettext_lazy("Date"), {"fields": ["debut", "fin", "journee_entiere"]}),
        (
            gettext_lazy("Récurrence"),
            {
                "fields": ["recurrence", ("recurrence_fin", "recurrence_nombre")],
                "description": gettext_lazy(
                    "Chaque date devient un événement à part, deux ans et 104 fois au plus. Pour "
                    "une exception, supprimez ensuite cette date, ou annulez-la si elle est "
                    "publiée."
                ),
            },
        ),
        (gettext_lazy("Série"), {"fields": ["dates", "portee"]}),
        (gettext_lazy("Lieu"), {"fields": ["lieu", ("latitude", "longitude"), "contact"]}),
        (
            gettext_lazy("Inscriptions"),
            {
                "fields": [
                    "inscription_requise",
                    *("inscription_debut", "inscription_fin"),
                    ("capacite", "personnes_max_par_inscription"),
                    "liste_attente",
                    "inscrits",
                ]
            },
        ),
        (
            gettext_lazy("Suivi"),
            {"fields": ["statut_colore", "attente_date", "message", "slug"]},
        ),
    ]
    # Asked of an event for which one registers, and of one that comes back.
    conditional_fields = {
        **dict.fromkeys(INSCRIPTIONS, AVEC_INSCRIPTION),
        **dict.fromkeys(("recurrence_fin", "recurrence_nombre"), "recurrence != ''"),
    }

    @property
    def media(self):
        return super().media + Media(css={"all": ["evenements/admin.css"]})

    @display(
        description=gettext_lazy("statut"),
        label={"publie": "success", "brouillon": "info", "reporte": "warning", "annule": "danger"},
    )
    def statut_colore(self, evenement):
        return evenement.statut, evenement.get_statut_display()

    @admin.display(description=gettext_lazy("date à confirmer"), boolean=True)
    def attente_date(self, evenement):
        return evenement.date_a_confirmer

    @admin.display(description=gettext_lazy("places prises"))
    def places(self, evenement):
        if not evenement.inscription_requise:
            return "-"
        prises, capacite = evenement.places_prises, evenement.capacite
        return barre(prises, capacite, f"{prises} / {capacite}" if capacite else str(prises))

    @admin.display(description=gettext_lazy("inscrits"))
    def inscrits(self, evenement):
        """How many places are taken, and the ways to who takes them."""
        if not evenement.pk or not evenement.inscription_requise:
            return "-"
        liens = [("changelist", _("Voir les inscriptions"))]
        if inscriptions_ouvertes(evenement):
            liens.append(("add", _("Inscrire quelqu'un au guichet")))
        lien = '<a class="text-link" href="{}?evenement={}">{}</a>'
        adresse = "admin:evenements_inscriptionevenement_{}".format
        values = [(reverse(adresse(page)), evenement.pk, texte) for page, texte in liens]
        return format_html(
            '<span class="evenements-ligne">{} {}</span>',
            self.places(evenement),
            format_html_join(" ", lien, values),
        )

    @admin.display(description=gettext_lazy("dates de la série"))
    def dates(self, evenement):
        if evenement.serie is None:
            return "-"
        rows = Evenement.objects.filter(serie=evenement.serie, mairie=evenement.mairie_id)
        values = rows.order_by("debut", "pk").values_list("pk", "debut", "statut")[:OCCURRENCES]
        return format_html(
            '<ul class="evenements-dates">{}</ul>',
            format_html_join(
                "", '<li><a class="text-link" href="{}">{}</a> {}</li>', _liens(values)
            ),
        )

    def get_fieldsets(self, request, obj=None):
        """A recurrence is said once; a series is changed, or not, by its rows. Nothing has happened
        yet to what is added."""
        sans = {_("Série"), _("Suivi")} if obj is None else {_("Récurrence")}
        if obj is not None and obj.serie is None:
            sans.add(_("Série"))
        return [f for f in super().get_fieldsets(request, obj) if str(f[0]) not in sans]

    def has_change_permission(self, request, obj=None):
        cancelled = obj is not None and obj.statut == S.ANNULE
        return not cancelled and super().has_change_permission(request, obj)

    def get_actions(self, request):
        # Django's own would delete what people registered for.
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def write(self, request, obj, form, change):
        if change:
            changed = {name: form.cleaned_data[name] for name in form.changed_data}
            changed.pop("recurrence_nombre", None)
            changed.pop("portee", None)
            portee = form.cleaned_data.get("portee") or services.Portee.OCCURRENCE
            services.modifier_evenement(obj, changed, portee=portee)
            return
        jour, nombre = obj.recurrence_fin, form.cleaned_data.get("recurrence_nombre")
        services.creer_evenement(obj, borne=Borne(jour, nombre) if jour or nombre else None)

    def delete_model(self, request, obj):
        services.supprimer_evenement(obj)


def _liens(values):
    for pk, debut, statut in values:
        moment = date_format(timezone.localtime(debut), "DATETIME_FORMAT")
        yield reverse("admin:evenements_evenement_change", args=[pk]), moment, S(statut).label
