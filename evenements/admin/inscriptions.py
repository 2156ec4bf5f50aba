from django import forms
from django.contrib import admin
from django.forms import Media
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy
from unfold.decorators import display

from ecms.admin import ScopedAdmin, Step
from ecms.admin.filters import DaysFilter
from ecms.scoping import scoped
from evenements.admin.commun import Confirmation, seul
from evenements.admin.filtres import CLE, EvenementFilter, titre_date
from evenements.filters.inscriptions import avec_rang
from evenements.models import Evenement, InscriptionEvenement
from evenements.services import inscriptions as services
from evenements.workflow import TRANSITIONS_INSCRIPTION, StatutInscription
from users.services.addresses import plain_address

S = StatutInscription
# Of the events to come, how many the desk is offered.
OFFERTS = 200
AU_GUICHET = ["evenement", "nom", "email", "telephone", "nombre_personnes", "langue"]


def _constatable(statut: StatutInscription):
    """Whether somebody may say now that the person came, or did not."""

    def allowed(row: InscriptionEvenement) -> bool:
        evenement = row.evenement
        return (
            statut in TRANSITIONS_INSCRIPTION[S(row.statut)]
            and evenement.statut in services.OUVERTS
            and not evenement.date_a_confirmer
            and timezone.localdate(evenement.debut) <= timezone.localdate()
        )

    return allowed


class InscriptionForm(forms.ModelForm):
    """Somebody at the desk."""

    class Meta:
        model = InscriptionEvenement
        fields = AU_GUICHET

    def clean_email(self):
        plain_address(self.cleaned_data["email"])
        return self.cleaned_data["email"].lower()


@admin.register(InscriptionEvenement)
class InscriptionEvenementAdmin(ScopedAdmin):
    """Who comes. Somebody at the desk is registered here by the same rules as online."""

    form = InscriptionForm
    list_display = [
        *("nom", "evenement", "date", "personnes", "statut_colore", "rang_en_attente"),
    ]
    list_filter = ["statut", EvenementFilter, ("evenement__debut", DaysFilter)]
    list_filter_submit = True
    list_select_related = ["evenement"]
    search_fields = ["nom", "email", "telephone", "evenement__titre"]
    sortable_by = []
    fields = [
        *("evenement", "date", "nom", "email", "telephone", "nombre_personnes", "langue"),
        *("statut_colore", "rang_en_attente", "date_creation"),
    ]
    readonly_fields = ["date", "statut_colore", "rang_en_attente", "date_creation"]
    steps = [
        Step(
            "presente",
            _("Noter présent"),
            seul(services.presente),
            ngettext_lazy("%(count)s présent.", "%(count)s présents.", "count"),
            allowed=_constatable(S.PRESENTE),
            variant="primary",
        ),
        Step(
            "absente",
            _("Noter absent"),
            seul(services.absente),
            ngettext_lazy("%(count)s absent.", "%(count)s absents.", "count"),
            allowed=_constatable(S.ABSENTE),
        ),
        Step(
            "annuler",
            _("Annuler l'inscription"),
            services.annuler,
            ngettext_lazy(
                "%(count)s inscription annulée.", "%(count)s inscriptions annulées.", "count"
            ),
            allowed=lambda row: S.ANNULEE in TRANSITIONS_INSCRIPTION[S(row.statut)],
            form=Confirmation,
            variant="danger",
        ),
    ]

    @property
    def media(self):
        return super().media + Media(css={"all": ["evenements/admin.css"]})

    @display(
        description=_("statut"),
        label={
            "confirmee": "success",
            "en_attente": "warning",
            "annulee": "danger",
            "presente": "primary",
            "absente": "info",
        },
    )
    def statut_colore(self, inscription):
        return inscription.statut, inscription.get_statut_display()

    @admin.display(description=_("date"))
    def date(self, inscription):
        debut = timezone.localtime(inscription.evenement.debut)
        return date_format(debut, "SHORT_DATETIME_FORMAT")

    @admin.display(description=_("personnes"))
    def personnes(self, inscription):
        return inscription.nombre_personnes

    @admin.display(description=_("rang"))
    def rang_en_attente(self, inscription):
        return inscription.rang_actuel if inscription.statut == S.EN_ATTENTE else None

    def get_queryset(self, request):
        return avec_rang(super().get_queryset(request))

    def get_fieldsets(self, request, obj=None):
        return [(None, {"fields": AU_GUICHET})] if obj is None else super().get_fieldsets(request)

    def get_changeform_initial_data(self, request):
        # Anything else of an address would be looked up as a key.
        return {"evenement": pk} if (pk := _choisi(request)) else {}

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        """The events of the mairie for which one may register, the nearest first, and the one whose
        page the agent comes from."""
        if db_field.name != "evenement":
            return super().formfield_for_foreignkey(db_field, request, **kwargs)
        a_venir = Evenement.objects.filter(
            inscription_requise=True, statut__in=services.OUVERTS, debut__gt=timezone.now()
        )
        siens = scoped(a_venir, request.user)
        proches = siens.order_by("debut", "pk").values("pk")[:OFFERTS]
        kwargs["queryset"] = (
            Evenement.objects.filter(pk__in=proches) | siens.filter(pk=_choisi(request))
        ).order_by("debut", "pk")
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        field.label_from_instance = titre_date
        return field

    def has_change_permission(self, request, obj=None):
        # Of the steps; a row itself is not written in.
        return obj is None and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return False

    def write(self, request, obj, form, change):
        voulu = {name: form.cleaned_data[name] for name in AU_GUICHET}
        prise = services.inscrire(voulu.pop("evenement"), par=request.user, **voulu)
        obj.pk, obj.statut, obj.code = prise.pk, prise.statut, prise.code


def _choisi(request) -> int | None:
    value = request.GET.get("evenement", "")
    return int(value) if CLE.fullmatch(value) else None
