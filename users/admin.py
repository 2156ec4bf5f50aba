from django.contrib import admin
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy
from unfold.admin import StackedInline
from unfold.decorators import display

from ecms.admin import Preset, ReadOnlyAdmin, ScopedAdmin, ScopedInline, Step
from users.forms import InviterAgentForm, UtilisateurForm
from users.models import ProfilAgentCommunal, SecondFacteur, Session, Utilisateur
from users.services import agents, codes, second_factor, sessions

# Those that decide whether a second factor is needed.
RIGHTS = {"is_staff", "is_superuser"}


class ProfilInline(ScopedInline, StackedInline):
    model = ProfilAgentCommunal
    fields = ["mairie", "service", "fonction"]
    can_delete = False

    def has_change_permission(self, request, obj=None):
        return request.user.is_superuser

    def has_add_permission(self, request, obj=None):
        return request.user.is_superuser


class SecondFacteurFilter(admin.SimpleListFilter):
    title = gettext_lazy("second facteur")
    parameter_name = "second_facteur"

    def lookups(self, request, model_admin):
        return [("oui", _("Oui")), ("non", _("Non"))]

    def queryset(self, request, queryset):
        chosen = {"oui": Exists(_factors()), "non": ~Exists(_factors())}
        return queryset.filter(chosen[self.value()]) if self.value() in chosen else queryset


def _factors():
    return SecondFacteur.objects.filter(utilisateur=OuterRef("pk"))


def _rouvrir_codes(utilisateur, *, par) -> None:
    codes.reopen(utilisateur)


def _fermer_sessions(utilisateur, *, par) -> None:
    sessions.end_all(utilisateur)


class OuverteFilter(admin.SimpleListFilter):
    title = gettext_lazy("état")
    parameter_name = "ouverte"

    def lookups(self, request, model_admin):
        return [("oui", _("Ouverte")), ("non", _("Terminée"))]

    def queryset(self, request, queryset):
        if self.value() == "oui":
            return queryset.live()
        if self.value() == "non":
            return queryset.exclude(pk__in=Session.objects.live().values("pk"))
        return queryset


@admin.register(Utilisateur)
class UtilisateurAdmin(ScopedAdmin):
    """Accounts. Nobody sets another's password: adding one invites, and its owner chooses."""

    list_display = [
        "username",
        "email",
        "nom_complet",
        "role_user",
        "is_active",
        "second_facteur",
        "last_login",
    ]
    list_filter = ["is_active", "role_user", "is_superuser", SecondFacteurFilter]
    presets = [
        Preset(gettext_lazy("Tous")),
        Preset(gettext_lazy("Agents"), "role_user__exact=AGENT"),
        Preset(gettext_lazy("Désactivés"), "is_active__exact=0"),
        Preset(gettext_lazy("Sans second facteur"), "role_user__exact=AGENT&second_facteur=non"),
    ]
    search_fields = ["username", "email", "first_name", "last_name"]
    found_by = ["email"]
    sortable_by = []
    steps = [
        Step(
            "activer",
            gettext_lazy("Activer"),
            agents.activer,
            ngettext_lazy("%(count)s compte activé.", "%(count)s comptes activés.", "count"),
            allowed=lambda utilisateur: not utilisateur.is_active,
            permission="manage",
            variant="primary",
        ),
        Step(
            "desactiver",
            gettext_lazy("Désactiver"),
            agents.desactiver,
            ngettext_lazy("%(count)s compte désactivé.", "%(count)s comptes désactivés.", "count"),
            allowed=lambda utilisateur: utilisateur.is_active,
            permission="manage",
            variant="danger",
        ),
        Step(
            "rouvrir_codes",
            gettext_lazy("Rouvrir les codes"),
            _rouvrir_codes,
            ngettext_lazy("%(count)s compte rouvert.", "%(count)s comptes rouverts.", "count"),
            allowed=codes.has_failures,
            permission="national",
        ),
        Step(
            "fermer_sessions",
            gettext_lazy("Fermer les sessions"),
            _fermer_sessions,
            ngettext_lazy(
                "%(count)s compte déconnecté.", "%(count)s comptes déconnectés.", "count"
            ),
            allowed=lambda utilisateur: utilisateur.sessions.live().exists(),
            permission="national",
        ),
        Step(
            "retirer_second_facteur",
            gettext_lazy("Retirer le second facteur"),
            second_factor.retirer,
            ngettext_lazy(
                "%(count)s second facteur retiré.", "%(count)s seconds facteurs retirés.", "count"
            ),
            allowed=second_factor.exists,
            permission="national",
            variant="danger",
        ),
    ]
    filter_horizontal = ["groups", "user_permissions"]
    fields = [
        "username",
        "email",
        "is_verified",
        "first_name",
        "last_name",
        "telephone",
        "langue",
        "role_user",
        "is_active",
        "is_staff",
        "is_superuser",
        "groups",
        "user_permissions",
        "second_facteur",
        "last_login",
        "date_joined",
    ]
    readonly_fields = [
        "email",
        "is_verified",
        "is_active",
        "second_facteur",
        "last_login",
        "date_joined",
    ]
    inlines = [ProfilInline]

    @admin.display(description=gettext_lazy("nom"))
    def nom_complet(self, utilisateur):
        return utilisateur.get_full_name()

    @admin.display(description=gettext_lazy("second facteur"), boolean=True)
    def second_facteur(self, utilisateur):
        return utilisateur.has_factor

    def get_queryset(self, request):
        accounts = super().get_queryset(request).with_profile()
        return accounts.annotate(has_factor=Exists(_factors()))

    def get_form(self, request, obj=None, **kwargs):
        if obj is None:
            kwargs["form"] = InviterAgentForm.for_inviter(request.user)
            kwargs["fields"] = None
        else:
            kwargs["form"] = UtilisateurForm
        return super().get_form(request, obj, **kwargs)

    def get_fieldsets(self, request, obj=None):
        if obj is None:
            return [(None, {"fields": InviterAgentForm.shown_to(request.user)})]
        return super().get_fieldsets(request, obj)

    def get_readonly_fields(self, request, obj=None):
        return [] if obj is None else super().get_readonly_fields(request, obj)

    def get_inlines(self, request, obj):
        return [] if obj is None else self.inlines

    def has_change_permission(self, request, obj=None):
        """Agents act by the actions, which know whose rights are greater."""
        return request.user.is_superuser and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        # An account ends by its owner's erasure or is deactivated: its rows stay.
        return False

    def write(self, request, obj, form, change):
        if change:
            # These columns alone: the password may have been changed since the row was read.
            columns = {field.name for field in Utilisateur._meta.concrete_fields}
            obj.save(update_fields=[*columns.intersection(form.changed_data), "date_modification"])
            if RIGHTS & set(form.changed_data):
                # What was opened with less care than these rights take does not grow into them.
                sessions.end_all(obj)
            return
        agent = form.invite(par=request.user)
        obj.pk, obj._state.adding = agent.pk, False

    def save_related(self, request, form, formsets, change):
        if change:
            super().save_related(request, form, formsets, change)

    def has_manage_permission(self, request):
        return request.user.has_perm("users.change_utilisateur")

    def has_national_permission(self, request):
        return request.user.is_superuser


@admin.register(Session)
class SessionAdmin(ReadOnlyAdmin):
    """Who is signed in, and from what."""

    list_display = [
        *("utilisateur", "etat", "created_at", "last_used_at", "expires_at", "revoked_at"),
    ]
    list_filter = [OuverteFilter]
    presets = [
        Preset(gettext_lazy("Toutes")),
        Preset(gettext_lazy("Ouvertes"), "ouverte=oui"),
    ]
    fields = [
        *("utilisateur", "etat", "user_agent"),
        *("created_at", "last_used_at", "expires_at", "revoked_at"),
    ]
    readonly_fields = ["etat"]
    list_select_related = ["utilisateur"]
    search_fields = ["utilisateur__username"]
    sortable_by = ["created_at"]

    @display(description=gettext_lazy("état"), label={"ouverte": "success", "terminee": ""})
    def etat(self, session):
        if session.revoked_at is None and session.expires_at > timezone.now():
            return "ouverte", _("Ouverte")
        return "terminee", _("Terminée")
