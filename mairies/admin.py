from functools import partial

from django.contrib import admin, messages
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy
from unfold.decorators import display

from ecms.admin import ReadOnlyAdmin, ScopedAdmin, Step
from ecms.admin.map import Placed
from ecms.uploads import deliver, type_of
from mairies import services
from mairies.forms import MairieForm, RejeterForm, ServiceMunicipalForm
from mairies.lecture import lire_categories, lire_fermetures, lire_horaires, lire_jours_fermes
from mairies.models import DemandeCreationSite, Mairie, ServiceMunicipal
from mairies.occupations import Occupation, hors_horaires
from mairies.workflow import StatutDemande, StatutMairie

# Which changes may leave appointments outside.
CALENDRIER = {"horaires", "jours_fermes", "fermetures", "guichets", "est_actif"}
NOMMES = 10


class HorsHorairesAdmin(ScopedAdmin):
    """Says which appointments a change of the hours leaves outside: nothing is cancelled.

    `services_de(row)` gives the services whose hours the row decides.
    """

    def write(self, request, obj, form, change):
        before = _calendrier(obj)
        super().write(request, obj, form, change)
        if change and _calendrier(obj) != before:
            dehors = hors_horaires(self.services_de(obj), par=request.user)
            if dehors:
                self.message_user(request, _avertissement(dehors), messages.WARNING)


def _calendrier(row) -> dict | None:
    """What of a stored mairie or service decides when it is open, and for how many."""
    names = CALENDRIER & {field.name for field in row._meta.concrete_fields}
    return type(row)._base_manager.filter(pk=row.pk).values(*names).first()


def _avertissement(dehors: list[Occupation]) -> str:
    message = ngettext(
        "%(nombre)s rendez-vous est hors des horaires et reste à déplacer ou à annuler : "
        "%(lesquels)s",
        "%(nombre)s rendez-vous sont hors des horaires et restent à déplacer ou à annuler : "
        "%(lesquels)s",
        len(dehors),
    )
    noms = [f"{timezone.localtime(o.debut):%d/%m/%Y %H:%M} {o.nom}" for o in dehors[:NOMMES]]
    suite = " …" if len(dehors) > NOMMES else ""
    return message % {"nombre": len(dehors), "lesquels": " ; ".join(noms) + suite}


def _changer_statut(mairie: Mairie, *, par, statut: StatutMairie) -> None:
    services.changer_statut_mairie(mairie, statut)


@admin.register(Mairie)
class MairieAdmin(Placed, HorsHorairesAdmin):
    form = MairieForm
    list_display = ["nom", "type", "region", "departement", "statut_colore"]
    list_filter = ["statut", "type", "region"]
    search_fields = ["nom", "slug"]
    steps = [
        Step(
            "activer",
            gettext_lazy("Activer ou rouvrir l'espace"),
            partial(_changer_statut, statut=StatutMairie.ACTIVE),
            ngettext_lazy("%(count)s espace ouvert.", "%(count)s espaces ouverts.", "count"),
            allowed=lambda mairie: mairie.statut != StatutMairie.ACTIVE,
            permission="national",
            variant="primary",
        ),
        Step(
            "suspendre",
            gettext_lazy("Suspendre l'espace"),
            partial(_changer_statut, statut=StatutMairie.SUSPENDUE),
            ngettext_lazy("%(count)s espace suspendu.", "%(count)s espaces suspendus.", "count"),
            allowed=lambda mairie: mairie.statut == StatutMairie.ACTIVE,
            permission="national",
            variant="danger",
        ),
    ]
    readonly_fields = ["statut_colore", "date_activation"]
    readers = {"horaires": lire_horaires, "jours_fermes": lire_jours_fermes}
    fieldsets = [
        (None, {"fields": ["nom", "slug", "type", "region", "departement", "statut_colore"]}),
        (
            gettext_lazy("Contact"),
            {"fields": ["adresse", "telephone", "email", "site_web", ("latitude", "longitude")]},
        ),
        (
            gettext_lazy("Le maire"),
            {"fields": ["nom_maire", "photo_maire", "mot_du_maire"]},
        ),
        (
            gettext_lazy("Présentation"),
            {"fields": ["slogan", "description", "historique", "population"]},
        ),
        (
            gettext_lazy("Apparence"),
            {"fields": ["logo", "banniere", "couleur_primaire", "couleur_secondaire"]},
        ),
        (
            gettext_lazy("Horaires et message urgent"),
            {"fields": ["horaires", "jours_fermes", "bandeau", "bandeau_fin"]},
        ),
    ]

    @display(
        description=gettext_lazy("statut"),
        ordering="statut",
        label={"active": "success", "suspendue": "danger", "non_activee": "info"},
    )
    def statut_colore(self, mairie):
        return mairie.statut, mairie.get_statut_display()

    def get_readonly_fields(self, request, obj=None):
        identity = [] if request.user.is_superuser else ["nom", "slug", "type"]
        place = [] if request.user.is_superuser else ["region", "departement"]
        return [*super().get_readonly_fields(request, obj), *identity, *place]

    def has_add_permission(self, request):
        # The 374 come from `manage.py import_collectivites`.
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def services_de(self, mairie):
        return mairie.services.all()

    def has_national_permission(self, request):
        return request.user.is_superuser


@admin.register(ServiceMunicipal)
class ServiceMunicipalAdmin(HorsHorairesAdmin):
    form = ServiceMunicipalForm
    list_display = ["nom", "mairie", "est_actif", "rdv_en_ligne", "ordre"]
    list_filter = ["est_actif", "rdv_en_ligne"]
    list_select_related = ["mairie"]
    search_fields = ["nom"]
    readers = {
        "horaires": lire_horaires,
        "fermetures": lire_fermetures,
        "categories_signalements": lire_categories,
    }
    fieldsets = [
        (None, {"fields": ["mairie", "nom", "description", "icone", "ordre", "est_actif"]}),
        (
            gettext_lazy("Contact"),
            {"fields": ["responsable", "telephone", "email", "localisation"]},
        ),
        (gettext_lazy("Horaires"), {"fields": ["horaires", "fermetures"]}),
        (
            gettext_lazy("Rendez-vous"),
            {
                "fields": [
                    "rdv_en_ligne",
                    "duree_rdv",
                    "guichets",
                    "preavis_heures",
                    "horizon_jours",
                    "annulation_heures",
                    "deplacement_heures",
                ]
            },
        ),
        (gettext_lazy("Signalements"), {"fields": ["categories_signalements"]}),
    ]

    def services_de(self, service):
        return [service]


@admin.register(DemandeCreationSite)
class DemandeCreationSiteAdmin(ReadOnlyAdmin):
    """Requests to open a space; deciding goes through the actions."""

    list_display = ["mairie", "nom_demandeur", "fonction_demandeur", "statut_colore", "depuis"]
    list_filter = ["statut"]
    list_select_related = ["mairie"]
    search_fields = ["nom_demandeur", "mairie__nom"]
    steps = [
        Step(
            "valider",
            gettext_lazy("Valider et ouvrir l'espace"),
            services.valider_demande,
            ngettext_lazy("%(count)s demande validée.", "%(count)s demandes validées.", "count"),
            allowed=lambda demande: demande.statut == StatutDemande.EN_ATTENTE,
            permission="decide",
            variant="primary",
        ),
        Step(
            "rejeter",
            gettext_lazy("Rejeter"),
            services.rejeter_demande,
            ngettext_lazy("%(count)s demande rejetée.", "%(count)s demandes rejetées.", "count"),
            allowed=lambda demande: demande.statut == StatutDemande.EN_ATTENTE,
            form=RejeterForm,
            permission="decide",
            variant="danger",
        ),
    ]
    fields = [
        "mairie",
        "nom_demandeur",
        "fonction_demandeur",
        "email",
        "telephone",
        "message",
        "piece",
        "statut_colore",
        "motif_rejet",
        "traite_par",
        "date_traitement",
    ]
    readonly_fields = ["piece", "statut_colore"]

    @display(
        description=gettext_lazy("statut"),
        ordering="statut",
        label={
            StatutDemande.EN_ATTENTE: "warning",
            StatutDemande.VALIDEE: "success",
            StatutDemande.REJETEE: "danger",
        },
    )
    def statut_colore(self, demande):
        return demande.statut, demande.get_statut_display()

    @admin.display(description=gettext_lazy("déposée le"), ordering="date_creation")
    def depuis(self, demande):
        return demande.date_creation

    @admin.display(description=gettext_lazy("justificatif"))
    def piece(self, demande):
        address = reverse("admin:mairies_demandecreationsite_justificatif", args=[demande.pk])
        return format_html('<a href="{}">{}</a>', address, _("Télécharger"))

    def get_urls(self):
        view = self.admin_site.admin_view(self.justificatif)
        name = "mairies_demandecreationsite_justificatif"
        return [path("<int:pk>/justificatif/", view, name=name), *super().get_urls()]

    def justificatif(self, request, pk):
        demande = self.get_object(request, str(pk))
        if demande is None or not self.has_view_permission(request, demande):
            return self._get_obj_does_not_exist_redirect(request, self.opts, str(pk))
        extension = demande.justificatif.name.rsplit(".", 1)[-1]
        nom = f"justificatif-{pk}.{extension}"
        return deliver(request, demande.justificatif, nom=nom, type_mime=type_of(nom))

    def has_decide_permission(self, request):
        return request.user.has_perm("mairies.change_demandecreationsite")
