from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.forms import Media
from django.http import HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language, gettext_lazy, ngettext, ngettext_lazy
from django.utils.translation import gettext as _
from unfold.decorators import display
from unfold.widgets import UnfoldBooleanWidget

from ecms import limits
from ecms.admin import ReadOnlyAdmin, ScopedAdmin, Step, StepForm
from ecms.admin.filters import DaysFilter
from ecms.environment import origin_of
from evenements.admin.commun import barre, seul
from evenements.admin.filtres import NewsletterFilter
from evenements.admin.formulaires import MomentField
from evenements.mails.newsletters import SANS_JETON, parties
from evenements.models import AbonneNewsletter, EnvoiNewsletter, Newsletter
from evenements.services import newsletters as services
from evenements.services.envois import avancement
from evenements.workflow import TRANSITIONS_NEWSLETTER, StatutAbonne, StatutNewsletter

S = StatutNewsletter
# A letter shows what a town hall wrote: it runs nothing, and fetches nothing but our images.
APERCU = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; img-src "


class PlanifierForm(StepForm):
    date_envoi = MomentField(label=gettext_lazy("Date et heure d'envoi (heure de Douala)"))

    def clean_date_envoi(self):
        date_envoi = self.cleaned_data["date_envoi"]
        if date_envoi <= timezone.now():
            raise ValidationError(_("La date d'envoi doit être dans l'avenir."))
        return date_envoi


class EnvoyerForm(StepForm):
    """What has left cannot be called back: to how many it goes is said first."""

    confirmer = forms.BooleanField(widget=UnfoldBooleanWidget)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        mairies = {row.mairie_id for row in self.rows}
        abonnes = AbonneNewsletter.objects.filter(mairie__in=mairies, statut=StatutAbonne.CONFIRME)
        nombre = abonnes.count()
        texte = ngettext(
            "Oui, envoyer maintenant à %(nombre)s abonné confirmé",
            "Oui, envoyer maintenant à %(nombre)s abonnés confirmés",
            nombre,
        )
        self.fields["confirmer"].label = texte % {"nombre": nombre}


def _essai(newsletter: Newsletter, *, par) -> None:
    if not limits.allowed("message", f"compte {par.pk}"):
        raise ValidationError(_("Vous avez demandé trop d'essais : attendez un peu."))
    services.envoyer_apercu(newsletter, par=par)


def _envoyer(newsletter: Newsletter, *, par, confirmer: bool) -> None:
    services.envoyer(newsletter)


def _permet(statut: StatutNewsletter):
    return lambda row: statut in TRANSITIONS_NEWSLETTER[S(row.statut)]


ETAPES = [
    Step(
        "essai",
        gettext_lazy("M'envoyer un essai"),
        _essai,
        ngettext_lazy(
            "%(count)s essai en route vers votre adresse.",
            "%(count)s essais en route vers votre adresse.",
            "count",
        ),
        permission="view",
        many=False,
    ),
    Step(
        "planifier",
        gettext_lazy("Programmer l'envoi"),
        seul(services.planifier),
        ngettext_lazy(
            "%(count)s newsletter programmée.", "%(count)s newsletters programmées.", "count"
        ),
        allowed=_permet(S.PLANIFIEE),
        form=PlanifierForm,
        many=False,
    ),
    Step(
        "envoyer",
        gettext_lazy("Envoyer maintenant"),
        _envoyer,
        ngettext_lazy("%(count)s newsletter en route.", "%(count)s newsletters en route.", "count"),
        allowed=_permet(S.PLANIFIEE),
        form=EnvoyerForm,
        variant="primary",
        many=False,
    ),
    Step(
        "deplanifier",
        gettext_lazy("Annuler la programmation"),
        seul(services.deplanifier),
        ngettext_lazy(
            "%(count)s newsletter reprise en brouillon.",
            "%(count)s newsletters reprises en brouillon.",
            "count",
        ),
        allowed=_permet(S.BROUILLON),
    ),
]


@admin.register(Newsletter)
class NewsletterAdmin(ScopedAdmin):
    """Letters: a draft is written in, tried on oneself, planned or sent; its sending is watched."""

    list_display = ["titre", "mairie", "statut_colore", "date_envoi", "date_fin"]
    list_filter = ["statut", ("date_envoi", DaysFilter), "mairie"]
    list_filter_submit = True
    list_select_related = ["mairie"]
    search_fields = ["titre"]
    readonly_fields = ["statut_colore", "auteur", "date_envoi", "date_fin", "progression", "apercu"]
    steps = ETAPES
    fieldsets = [
        (None, {"fields": ["mairie", "titre", "contenu"]}),
        (gettext_lazy("Aperçu"), {"fields": ["apercu"]}),
        (
            gettext_lazy("Envoi"),
            {"fields": ["statut_colore", "date_envoi", "date_fin", "progression", "auteur"]},
        ),
    ]

    @property
    def media(self):
        return super().media + Media(css={"all": ["evenements/admin.css"]})

    @display(
        description=gettext_lazy("statut"),
        ordering="statut",
        label={
            "envoyee": "success",
            "brouillon": "info",
            "planifiee": "primary",
            "en_cours": "warning",
        },
    )
    def statut_colore(self, newsletter):
        return newsletter.statut, newsletter.get_statut_display()

    @admin.display(description=gettext_lazy("progression"))
    def progression(self, newsletter):
        if newsletter.statut not in {S.EN_COURS, S.ENVOYEE}:
            return "-"
        compte = avancement(newsletter)
        texte = _(
            "%(pourcentage)s %% : %(envoye)s envoyés, %(a_envoyer)s à envoyer, %(refuse)s refusés, "
            "%(abandonne)s désinscrits avant l'envoi"
        )
        liste = reverse("admin:evenements_envoinewsletter_changelist")
        return format_html(
            '<span class="evenements-ligne">{} <a class="text-link" href="{}?newsletter={}">{}</a>'
            "</span>",
            barre(compte["total"] - compte["a_envoyer"], compte["total"], texte % compte),
            *(liste, newsletter.pk, _("Voir le détail")),
        )

    @admin.display(description=gettext_lazy("tel que les abonnés le liront"))
    def apercu(self, newsletter):
        if not newsletter.pk:
            return "-"
        adresse = reverse("admin:evenements_newsletter_apercu", args=[newsletter.pk])
        return format_html(
            '<iframe class="evenements-apercu" sandbox loading="lazy" src="{0}" title="{1}">'
            '</iframe><a class="text-link" href="{0}" target="_blank" rel="noopener">{2}</a>',
            *(adresse, _("Aperçu de la newsletter"), _("Ouvrir l'aperçu dans un nouvel onglet")),
        )

    def get_fieldsets(self, request, obj=None):
        ecrit, *suite = super().get_fieldsets(request, obj)
        if obj is None:
            return [ecrit]
        if not self.has_change_permission(request, obj):
            # It is read as subscribers do, not as HTML.
            fields = [name for name in ecrit[1]["fields"] if name != "contenu"]
            ecrit = (ecrit[0], {**ecrit[1], "fields": fields})
        return [ecrit, *suite]

    def get_urls(self):
        view = self.admin_site.admin_view(self.apercu_view)
        name = "evenements_newsletter_apercu"
        return [path("<int:pk>/apercu/", view, name=name), *super().get_urls()]

    def apercu_view(self, request, pk):
        """The letter as it leaves, without the secret of anybody."""
        newsletter = self.get_object(request, str(pk))
        if newsletter is None or not self.has_view_permission(request, newsletter):
            return self._get_obj_does_not_exist_redirect(request, self.opts, str(pk))
        response = HttpResponse(parties(newsletter, get_language() or "fr", SANS_JETON)[1])
        response["Content-Security-Policy"] = APERCU + " ".join(_origines())
        response["X-Frame-Options"] = "SAMEORIGIN"
        return response

    def has_change_permission(self, request, obj=None):
        """Only a draft is written in; what acts on the others are the steps."""
        return _est_brouillon(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return _est_brouillon(obj) and super().has_delete_permission(request, obj)

    def get_actions(self, request):
        # Django's own would delete letters that have left.
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def write(self, request, obj, form, change):
        if change:
            services.modifier_newsletter(obj)
        else:
            services.creer_newsletter(obj, auteur=request.user)

    def delete_model(self, request, obj):
        services.supprimer_newsletter(obj)


@admin.register(EnvoiNewsletter)
class EnvoiNewsletterAdmin(ReadOnlyAdmin):
    """Who has received what, and whose mail server refused it."""

    list_display = [
        *("newsletter", "abonne", "statut_colore", "tentatives", "prochain_essai", "date_envoi"),
    ]
    list_filter = ["statut", NewsletterFilter]
    list_filter_submit = True
    list_select_related = ["newsletter", "abonne"]
    search_fields = ["abonne__email", "newsletter__titre"]
    sortable_by = []
    fields = [
        *("newsletter", "abonne", "statut_colore", "tentatives", "prochain_essai"),
        *("derniere_erreur", "date_envoi"),
    ]
    readonly_fields = ["statut_colore"]

    @display(
        description=gettext_lazy("statut"),
        label={"envoye": "success", "a_envoyer": "warning", "refuse": "danger", "abandonne": ""},
    )
    def statut_colore(self, envoi):
        return envoi.statut, envoi.get_statut_display()


def _est_brouillon(newsletter: Newsletter | None) -> bool:
    return newsletter is None or newsletter.statut == S.BROUILLON


def _origines() -> list[str]:
    """Where our images are: here, at the public address, in the store."""
    adresses = [settings.API_BASE_URL, default_storage.url("x")]
    return ["'self'", "data:", *filter(None, map(origin_of, adresses))]
