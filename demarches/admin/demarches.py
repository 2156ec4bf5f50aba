from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.defaultfilters import filesizeformat, linebreaksbr
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import display

from demarches import fichiers
from demarches.admin.commun import URGENCES, AvecHistoire, BureauAdmin
from demarches.admin.etapes_demarches import ETAPES, est_brouillon_du_guichet
from demarches.admin.filtres_demarches import FILTRES
from demarches.admin.gestes_demarches import libelles
from demarches.admin.reponses import SaisieDesReponses, adresse, ce_qui_manque
from demarches.models import DemarcheAdministrative, Formulaire
from demarches.recepisse import a_recepisse
from demarches.reponses_lisibles import lire_reponses
from demarches.services import controles
from demarches.services import demarches as services
from demarches.workflow import StatutDemarche
from ecms.admin import Preset, ScopedAdmin
from ecms.admin.online import badge, nom_de
from mairies.models import MairieQuerySet

AU_GUICHET = ["formulaire", "nom_demandeur", "telephone_demandeur", "email_demandeur", "langue"]
LIGNE = (
    '<tr class="align-top"><th class="font-medium pr-4 py-1 text-left">{}</th>'
    '<td class="py-1">{}</td></tr>'
)
# What is on the page only once there is something to say.
PAS_ENCORE = ("date_", "motif_rejet")
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


@admin.register(DemarcheAdministrative)
class DemarcheAdmin(SaisieDesReponses, AvecHistoire, BureauAdmin):
    """The dossiers of a mairie. One's own is read as a citizen reads it, not from here: its notes
    are the colleagues'. One is begun here for a person at the desk, who says the answers."""

    list_display = [
        "numero",
        "mairie",
        "formulaire",
        "nom_demandeur",
        "statut_colore",
        "priorite_coloree",
        "pour_le",
        "retard",
        "nom_agent",
        "depot",
    ]
    list_filter = [*FILTRES, ("mairie", AutocompleteSelectFilter)]
    presets = [
        Preset(gettext_lazy("Tous")),
        Preset(gettext_lazy("À prendre"), "statut__exact=deposee"),
        Preset(gettext_lazy("Les miens"), "agent=moi"),
        Preset(gettext_lazy("En retard"), "en_retard=oui"),
        Preset(gettext_lazy("Pièces demandées"), "statut__exact=piece_demandee"),
        Preset(gettext_lazy("Prêts"), "statut__exact=prete"),
    ]
    list_filter_submit = True
    list_select_related = ["mairie", "formulaire", "agent_traitant"]
    search_fields = ["numero_suivi", "nom_demandeur"]
    found_by = ["numero_suivi"]
    sortable_by = ["depot"]
    longs = [
        *("donnees", "definition", "pieces_requises", "code_suivi"),
        *("formulaire__champs", "formulaire__pieces_requises", "formulaire__description"),
        *("formulaire__recherche", *MairieQuerySet.pages_of("mairie")),
    ]
    steps = ETAPES
    change_form_outer_before_template = "admin/demarches/demarcheadministrative/avant.html"
    # In the order of the work: what it is and what hurries, what was said, what there is to read.
    fieldsets = [
        (
            None,
            {
                "fields": [
                    *("numero_suivi", "mairie", "formulaire", "etat", "motif_rejet"),
                    *("nom_agent", "priorite_coloree", "echeance"),
                ]
            },
        ),
        (
            gettext_lazy("Demandeur"),
            {
                "fields": [
                    *("nom_demandeur", "telephone_demandeur", "email_demandeur"),
                    *("langue", "canal"),
                ]
            },
        ),
        (gettext_lazy("Réponses"), {"fields": ["reponses"]}),
        (gettext_lazy("Pièces"), {"fields": ["papiers", "lien_recepisse"]}),
        (
            gettext_lazy("Procédure"),
            {"fields": ["version_formulaire", "cout_xaf", "delai_jours"]},
        ),
        (
            gettext_lazy("Dates"),
            {
                "fields": [
                    *("date_creation", "date_depot", "date_prise_en_charge"),
                    *("date_piece_demandee", "date_validation", "date_preparation"),
                    *("date_remise", "date_rejet", "date_annulation", "date_cloture"),
                    "date_anonymisation",
                ]
            },
        ),
    ]
    readonly_fields = [
        *("nom_agent", "etat", "priorite_coloree", "lien_recepisse"),
        *("reponses", "papiers", "date_creation"),
        *("numero_suivi", "version_formulaire", "cout_xaf", "delai_jours"),
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).exclude(demandeur=request.user.pk)

    def has_add_permission(self, request):
        return ScopedAdmin.has_add_permission(self, request)

    def has_change_permission(self, request, obj=None):
        # A dossier moves by its steps.
        return False

    def has_traiter_ici_permission(self, request):
        """Whether a dossier may be given to the person: an agent, of whose mairie it then is."""
        works = request.user.mairie_agent_id is not None
        return works and self.has_traiter_permission(request)

    def has_joindre_permission(self, request):
        return request.user.has_perm("demarches.add_piecejointe")

    def has_retirer_permission(self, request):
        return request.user.has_perm("demarches.delete_piecejointe")

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None:
            return [(None, {"fields": AU_GUICHET})]
        return [(title, _renseignes(obj, options)) for title, options in fieldsets]

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj and est_brouillon_du_guichet(obj) and self.has_traiter_permission(request):
            context |= {"saisir": adresse(obj), "manques": ce_qui_manque(obj)}
        return super().render_change_form(request, context, add, change, form_url, obj)

    def get_readonly_fields(self, request, obj=None):
        return super().get_readonly_fields(request, obj) if obj else []

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
        return redirect(adresse(obj))

    @display(description=gettext_lazy("statut"), label=COULEURS)
    def statut_colore(self, demarche):
        return demarche.statut, demarche.get_statut_display()

    @display(description=gettext_lazy("priorité"), label=URGENCES)
    def priorite_coloree(self, demarche):
        return demarche.priorite, demarche.get_priorite_display()

    @display(description=gettext_lazy("retard"), label={"retard": "danger"})
    def retard(self, demarche):
        return ("retard", _("En retard")) if demarche.est_en_retard else None

    @admin.display(description=gettext_lazy("numéro de suivi"))
    def numero(self, demarche):
        return format_html('<span class="whitespace-nowrap">{}</span>', demarche.numero_suivi)

    @admin.display(description=gettext_lazy("échéance"))
    def pour_le(self, demarche):
        return _jour(demarche.echeance)

    # In the order of the list, which an index gives; that of the dates differs by a draft or two.
    @admin.display(description=gettext_lazy("déposée le"), ordering="date_creation")
    def depot(self, demarche):
        return _jour(demarche.date_depot and timezone.localtime(demarche.date_depot))

    @admin.display(description=gettext_lazy("statut"))
    def etat(self, demarche):
        colour = COULEURS[demarche.statut]
        late = badge(_("En retard"), "danger") if demarche.est_en_retard else ""
        return format_html("{} {}", badge(demarche.get_statut_display(), colour), late)

    @admin.display(description=gettext_lazy("agent traitant"))
    def nom_agent(self, demarche):
        return nom_de(demarche.agent_traitant) or None

    @admin.display(description=gettext_lazy("réponses"))
    def reponses(self, demarche):
        lignes = lire_reponses(demarche, get_language() or "fr")
        return _tableau((question, linebreaksbr(reponse)) for question, reponse in lignes)

    @admin.display(description=gettext_lazy("fichiers reçus"))
    def papiers(self, demarche):
        noms = libelles(demarche)
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


def _tableau(lignes):
    """Rows of two cells, each escaped unless it is markup of ours; None without any."""
    rows = format_html_join("", LIGNE, lignes)
    return format_html("<table>{}</table>", rows) if rows else None


def _jour(moment) -> str:
    return date_format(moment, "SHORT_DATE_FORMAT") if moment else ""


def _renseignes(demarche, options: dict) -> dict:
    """Without the dates of what has not happened, and the reason of no refusal."""
    names = [
        name
        for name in options["fields"]
        if not name.startswith(PAS_ENCORE) or getattr(demarche, name)
    ]
    return {**options, "fields": names}


def _lien_piece(demarche, piece):
    address = reverse("admin:demarches_demarche_piece", args=[demarche.pk, piece.pk])
    taille = filesizeformat(piece.taille)
    return format_html('<a href="{}">{}</a> ({})', address, piece.nom_original, taille)
