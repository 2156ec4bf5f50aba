from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from demarches.admin.commun import ListeLegere, ServiceDeLaMairie
from demarches.admin.constructeur import champ_des_pieces, champ_des_questions
from demarches.admin.lecture import lire_pieces, lire_questions
from demarches.models import Formulaire
from demarches.services import formulaires as services
from ecms.admin import ScopedAdmin, Step
from ecms.scoping import scoped
from mairies.models import ServiceMunicipal


class FormulaireForm(forms.ModelForm):
    """A procedure; its questions and papers are built card by card."""

    champs = champ_des_questions()
    pieces_requises = champ_des_pieces()

    class Meta:
        help_texts = {
            "cout_xaf": _("En francs CFA ; 0 si la démarche est gratuite."),
            "delai_jours": _(
                "En jours ouvrables, du dépôt à la décision ; vide si rien n'est promis."
            ),
            "service": _("Le service qui traite les dossiers."),
            "en_ligne": _("Sinon les dossiers se déposent au guichet seulement."),
            "est_actif": _("Sinon la démarche n'est plus proposée ; ses dossiers restent."),
            "duree_conservation_jours": _("Au-delà, les dossiers clos sont effacés."),
            "email_notification": _("Reçoit un message à chaque dépôt, si elle est remplie."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # Whoever may only look at a procedure has no such fields.
        for nom in services.DEFINITION:
            if nom in self.fields:
                self.fields[nom].connaitre(getattr(self.instance, nom))


class FiltreService(admin.SimpleListFilter):
    """The services that the person keeps: those of one mairie, never of the whole country."""

    title = _("service")
    parameter_name = "service"

    def lookups(self, request, model_admin):
        rows = scoped(ServiceMunicipal.objects.all(), request.user)
        if request.user.is_superuser:
            mairie = request.GET.get("mairie__id__exact", "")
            rows = rows.filter(mairie=mairie) if _est_un_numero(mairie) else rows.none()
        return [(str(pk), nom) for pk, nom in rows.values_list("pk", "nom")]

    def queryset(self, request, queryset):
        if self.value() in {code for code, _nom in self.lookup_choices}:
            return queryset.filter(service=self.value())
        return queryset


def _est_un_numero(texte: str) -> bool:
    return texte.isascii() and texte.isdigit() and len(texte) < 10


def _dupliquer(formulaire: Formulaire, *, par) -> None:
    services.dupliquer_formulaire(formulaire)


def _proposer(formulaire: Formulaire, *, par) -> None:
    services.proposer_formulaire(formulaire, est_actif=True)


def _retirer(formulaire: Formulaire, *, par) -> None:
    services.proposer_formulaire(formulaire, est_actif=False)


@admin.register(Formulaire)
class FormulaireAdmin(ServiceDeLaMairie, ScopedAdmin):
    form = FormulaireForm
    list_display = [
        "nom",
        "mairie",
        "type",
        "service",
        "cout_xaf",
        "delai_jours",
        "en_ligne",
        "est_actif",
        "version",
    ]
    list_filter = ["type", "en_ligne", "est_actif", "mairie", FiltreService]
    list_select_related = ["mairie", "service"]
    search_fields = ["nom", "description"]
    readonly_fields = ["slug", "version", "delai_constate"]
    readers = {"champs": lire_questions, "pieces_requises": lire_pieces}
    longs = ["champs", "pieces_requises", "description"]
    steps = [
        Step(
            "activer",
            _("Proposer aux citoyens"),
            _proposer,
            ngettext_lazy(
                "%(count)s formulaire activé.", "%(count)s formulaires activés.", "count"
            ),
            allowed=lambda formulaire: not formulaire.est_actif,
            variant="primary",
        ),
        Step(
            "desactiver",
            _("Ne plus proposer"),
            _retirer,
            ngettext_lazy(
                "%(count)s formulaire désactivé.", "%(count)s formulaires désactivés.", "count"
            ),
            allowed=lambda formulaire: formulaire.est_actif,
        ),
        Step(
            "dupliquer",
            _("Dupliquer"),
            _dupliquer,
            ngettext_lazy(
                "%(count)s copie créée, inactive.", "%(count)s copies créées, inactives.", "count"
            ),
            permission="add",
        ),
    ]
    fieldsets = [
        (None, {"fields": ["mairie", "nom", "type", "service", "description", "est_actif"]}),
        (
            _("Questions et pièces"),
            {
                "description": _(
                    "Changer les questions ou les pièces fait une nouvelle version : les dossiers "
                    "déjà déposés gardent celles qu'ils ont reçues."
                ),
                "fields": ["champs", "pieces_requises", "version"],
            },
        ),
        (
            _("Coût et délai"),
            {"fields": ["cout_xaf", "delai_jours", "delai_constate", "base_legale"]},
        ),
        (
            _("Dépôt et conservation"),
            {
                "fields": [
                    "en_ligne",
                    "necessite_compte",
                    "duree_conservation_jours",
                    "email_notification",
                ]
            },
        ),
        (_("Suivi"), {"fields": ["slug"]}),
    ]

    @admin.display(description=_("délai constaté (jours)"))
    def delai_constate(self, formulaire):
        return services.delai_constate(formulaire) if formulaire.pk else None

    def get_changelist(self, request, **kwargs):
        return ListeLegere

    def write(self, request, obj, form, change):
        if change:
            services.modifier_formulaire(obj)
        else:
            services.creer_formulaire(obj)

    def get_actions(self, request):
        # One by one: each may be refused.
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def get_deleted_objects(self, objs, request):
        """Only the procedures themselves: the service refuses those that have dossiers, and their
        dossiers need not be listed for it."""
        named = {self.opts.verbose_name_plural: len(objs)}
        return [str(formulaire) for formulaire in objs], named, set(), []

    def delete_model(self, request, obj):
        services.supprimer_formulaire(obj)
