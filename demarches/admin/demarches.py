from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.defaultfilters import filesizeformat, linebreaksbr
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from rest_framework import exceptions as api
from unfold.decorators import display

from demarches import fichiers
from demarches.admin.commun import BureauAdmin, HistoriqueInline, motif_de, nom_de
from demarches.definition import libelle
from demarches.models import DemarcheAdministrative, Formulaire
from demarches.recepisse import a_recepisse
from demarches.reponses_lisibles import lire_reponses
from demarches.services import controles
from demarches.services import demarches as services
from demarches.services.pieces import questions_de
from demarches.workflow import Priorite, StatutDemarche
from ecms.admin import ScopedAdmin, refusal
from mairies.models import MairieQuerySet

AU_GUICHET = ["formulaire", "nom_demandeur", "telephone_demandeur", "email_demandeur", "langue"]
S = StatutDemarche
COULEURS = {
    S.BROUILLON: "info",
    S.DEPOSEE: "warning",
    S.EN_COURS: "info",
    S.PIECE_DEMANDEE: "warning",
    S.VALIDEE: "success",
    S.REJETEE: "danger",
    S.PRETE: "success",
    S.REMISE: "success",
    S.ANNULEE: "danger",
}


class RetardFilter(admin.SimpleListFilter):
    """Whether the mairie should have answered by now, as `est_en_retard` says."""

    title = gettext_lazy("retard")
    parameter_name = "en_retard"

    def lookups(self, request, model_admin):
        return [("oui", _("En retard")), ("non", _("Dans les délais"))]

    def queryset(self, request, queryset):
        late = Q(echeance__lt=timezone.localdate(), statut__in=S.en_attente())
        if self.value() == "oui":
            return queryset.filter(late)
        return queryset.exclude(late) if self.value() == "non" else queryset


@admin.register(DemarcheAdministrative)
class DemarcheAdmin(BureauAdmin):
    """The dossiers of a mairie. One's own is read as a citizen reads it, not from here: its notes
    are the colleagues'. One is begun here for a person at the desk, and filed by an action."""

    list_display = [
        "numero_suivi",
        "mairie",
        "formulaire",
        "nom_demandeur",
        "statut_colore",
        "priorite_coloree",
        "echeance",
        "retard",
        "nom_agent",
        "date_depot",
    ]
    list_filter = ["statut", RetardFilter, "canal", "priorite", "mairie"]
    list_select_related = ["mairie", "formulaire", "agent_traitant"]
    search_fields = ["numero_suivi", "nom_demandeur"]
    inlines = [HistoriqueInline]
    longs = [
        *("donnees", "definition", "pieces_requises", "code_suivi"),
        *("formulaire__champs", "formulaire__pieces_requises", "formulaire__description"),
        *("formulaire__recherche", *MairieQuerySet.pages_of("mairie")),
    ]
    actions = [
        "deposer",
        "prendre_en_charge",
        "demander_piece",
        "completer",
        "valider",
        "rejeter",
        "preparer",
        "remettre",
    ]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    *("numero_suivi", "mairie", "formulaire", "version_formulaire", "canal"),
                    *("statut_colore", "motif_rejet", "priorite", "nom_agent"),
                    *("echeance", "retard", "cout_xaf", "delai_jours", "lien_recepisse"),
                ]
            },
        ),
        (
            gettext_lazy("Demandeur"),
            {"fields": ["nom_demandeur", "email_demandeur", "telephone_demandeur", "langue"]},
        ),
        (gettext_lazy("Réponses"), {"fields": ["reponses"]}),
        (gettext_lazy("Pièces"), {"fields": ["papiers"]}),
        (
            gettext_lazy("Dates"),
            {
                "fields": [
                    *("date_depot", "date_prise_en_charge", "date_piece_demandee"),
                    *("date_validation", "date_preparation", "date_remise", "date_rejet"),
                    *("date_annulation", "date_cloture", "date_anonymisation"),
                ]
            },
        ),
    ]
    readonly_fields = [
        *("nom_agent", "retard", "statut_colore", "lien_recepisse", "reponses", "papiers"),
        *("numero_suivi", "version_formulaire", "cout_xaf", "delai_jours"),
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).exclude(demandeur=request.user.pk)

    def has_add_permission(self, request):
        return ScopedAdmin.has_add_permission(self, request)

    def has_change_permission(self, request, obj=None):
        # A dossier moves by its actions.
        return False

    def get_fieldsets(self, request, obj=None):
        return super().get_fieldsets(request, obj) if obj else [(None, {"fields": AU_GUICHET})]

    def get_readonly_fields(self, request, obj=None):
        return super().get_readonly_fields(request, obj) if obj else []

    def get_inlines(self, request, obj):
        return super().get_inlines(request, obj) if obj else []

    def get_autocomplete_fields(self, request):
        # A mairie has a few dozen procedures, the country thousands.
        return ["formulaire"] if request.user.is_superuser else []

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "formulaire":
            kwargs["queryset"] = Formulaire.objects.filter(est_actif=True)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_form(self, request, form, change):
        """A draft for the person at the desk, who must be reachable: nothing of it is changed from
        here."""
        demarche = super().save_form(request, form, change)
        if manque := controles.contact_manquant(demarche):
            raise ValidationError(manque)
        contact = {name: getattr(demarche, name) for name in AU_GUICHET}
        canal = DemarcheAdministrative.Canal.GUICHET
        return services.commencer(
            contact.pop("formulaire"), par=request.user, canal=canal, **contact
        )

    def save_model(self, request, obj, form, change):
        """The service has saved it."""

    def response_post_save_add(self, request, obj):
        return redirect("admin:demarches_demarcheadministrative_change", obj.pk)

    @display(description=gettext_lazy("statut"), ordering="statut", label=COULEURS)
    def statut_colore(self, demarche):
        return demarche.statut, demarche.get_statut_display()

    @display(
        description=gettext_lazy("priorité"),
        ordering="priorite",
        label={Priorite.HAUTE: "warning", Priorite.URGENTE: "danger"},
    )
    def priorite_coloree(self, demarche):
        return demarche.priorite, demarche.get_priorite_display()

    @display(description=gettext_lazy("retard"), label={"retard": "danger"})
    def retard(self, demarche):
        return ("retard", _("En retard")) if demarche.est_en_retard else None

    @admin.display(description=gettext_lazy("agent traitant"), ordering="agent_traitant__last_name")
    def nom_agent(self, demarche):
        return nom_de(demarche.agent_traitant)

    @admin.display(description=gettext_lazy("réponses"))
    def reponses(self, demarche):
        lignes = lire_reponses(demarche, get_language() or "fr")
        return _tableau((question, linebreaksbr(reponse)) for question, reponse in lignes)

    @admin.display(description=gettext_lazy("fichiers reçus"))
    def papiers(self, demarche):
        noms = _libelles(demarche)
        return _tableau(
            (noms.get(piece.champ, piece.champ), _lien_piece(demarche, piece))
            for piece in demarche.pieces.order_by("pk")
        )

    @admin.display(description=gettext_lazy("récépissé"))
    def lien_recepisse(self, demarche):
        if not demarche.recepisse:
            return _("En préparation") if a_recepisse(demarche) else None
        address = reverse("admin:demarches_demarche_recepisse", args=[demarche.pk])
        return format_html('<a href="{}">{}</a>', address, _("Télécharger"))

    def get_urls(self):
        views = self.admin_site.admin_view
        return [
            path(
                "<int:pk>/pieces/<int:piece_pk>/",
                views(self.piece),
                name="demarches_demarche_piece",
            ),
            path("<int:pk>/recepisse/", views(self.recepisse), name="demarches_demarche_recepisse"),
            *super().get_urls(),
        ]

    def piece(self, request, pk, piece_pk):
        demarche = self._lue(request, pk)
        return fichiers.livrer_piece(request, get_object_or_404(demarche.pieces, pk=piece_pk))

    def recepisse(self, request, pk):
        demarche = self._lue(request, pk)
        if not demarche.recepisse:
            raise Http404
        return fichiers.livrer_recepisse(request, demarche)

    def _lue(self, request, pk) -> DemarcheAdministrative:
        """The dossier, for whoever may read it; nobody else learns that there is one."""
        demarche = self.get_object(request, str(pk))
        if demarche is None or not self.has_view_permission(request, demarche):
            raise Http404
        return demarche

    @admin.action(description=gettext_lazy("Déposer"), permissions=["traiter"])
    def deposer(self, request, queryset):
        self._agir(request, queryset, _deposer, _("%(count)s dossier(s) déposé(s)."))

    @admin.action(description=gettext_lazy("Prendre en charge"), permissions=["traiter"])
    def prendre_en_charge(self, request, queryset):
        done = _("%(count)s dossier(s) pris en charge.")
        self._agir(request, queryset, services.prendre_en_charge, done)

    @admin.action(
        description=gettext_lazy("Demander une pièce (motif obligatoire)"), permissions=["traiter"]
    )
    def demander_piece(self, request, queryset):
        done = _("%(count)s pièce(s) demandée(s).")
        self._agir(request, queryset, services.demander_piece, done, motif=motif_de(request))

    @admin.action(description=gettext_lazy("La pièce est là"), permissions=["traiter"])
    def completer(self, request, queryset):
        done = _("%(count)s dossier(s) complété(s).")
        self._agir(request, queryset, services.completer, done, message=motif_de(request))

    @admin.action(description=gettext_lazy("Valider"), permissions=["traiter"])
    def valider(self, request, queryset):
        self._agir(request, queryset, services.valider, _("%(count)s dossier(s) validé(s)."))

    @admin.action(description=gettext_lazy("Rejeter (motif obligatoire)"), permissions=["traiter"])
    def rejeter(self, request, queryset):
        done = _("%(count)s dossier(s) rejeté(s).")
        self._agir(request, queryset, services.rejeter, done, motif=motif_de(request))

    @admin.action(description=gettext_lazy("Prêt au guichet"), permissions=["traiter"])
    def preparer(self, request, queryset):
        self._agir(request, queryset, services.preparer, _("%(count)s dossier(s) prêt(s)."))

    @admin.action(description=gettext_lazy("Remettre"), permissions=["traiter"])
    def remettre(self, request, queryset):
        self._agir(request, queryset, services.remettre, _("%(count)s dossier(s) remis."))

    def _agir(self, request, queryset, service, done, **geste):
        self.act(request, queryset, lambda row: service(row, par=request.user, **geste), done)


def _deposer(demarche, *, par) -> None:
    """File a draft. Raises `ValidationError` that names each question or paper that is missing."""
    try:
        services.deposer(demarche, par=par)
    except api.ValidationError as error:
        raise ValidationError(list(_manques(demarche, error.detail))) from error


def _manques(demarche, detail: dict):
    noms = _libelles(demarche)
    for name, said in detail.items():
        by_key = said if isinstance(said, dict) else {name: said}
        for cle, inner in by_key.items():
            mots = " ".join(refusal(api.ValidationError(inner)).messages)
            yield f"{noms[cle]} : {mots}" if cle in noms else mots


def _tableau(lignes):
    """Rows of two cells, each escaped unless it is markup of ours; None without any."""
    rows = format_html_join("", "<tr><th>{}</th><td>{}</td></tr>", lignes)
    return format_html("<table>{}</table>", rows) if rows else None


def _libelles(demarche) -> dict[str, str]:
    """The words for each question or required paper that a file answers."""
    champs, pieces = questions_de(demarche)
    langue = get_language() or "fr"
    return {item["cle"]: libelle(item["libelle"], langue) for item in [*champs, *pieces]}


def _lien_piece(demarche, piece):
    address = reverse("admin:demarches_demarche_piece", args=[demarche.pk, piece.pk])
    taille = filesizeformat(piece.taille)
    return format_html('<a href="{}">{}</a> ({})', address, piece.nom_original, taille)
