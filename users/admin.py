from django.contrib import admin
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import StackedInline

from ecms.admin import ReadOnlyAdmin, ScopedAdmin, ScopedInline
from users.forms import InviterAgentForm, UtilisateurForm
from users.models import ProfilAgentCommunal, Session, Utilisateur
from users.services import agents, codes, sessions


class ProfilInline(ScopedInline, StackedInline):
    model = ProfilAgentCommunal
    fields = ["mairie", "service", "fonction"]
    can_delete = False

    def has_change_permission(self, request, obj=None):
        return request.user.is_superuser

    def has_add_permission(self, request, obj=None):
        return request.user.is_superuser


@admin.register(Utilisateur)
class UtilisateurAdmin(ScopedAdmin):
    """Accounts. Nobody sets another's password: adding one invites, and its owner chooses."""

    list_display = ["username", "email", "nom_complet", "role_user", "is_active", "last_login"]
    list_filter = ["is_active", "role_user", "is_superuser"]
    search_fields = ["username", "email", "first_name", "last_name"]
    actions = ["activer", "desactiver", "rouvrir_codes", "fermer_sessions"]
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
        "last_login",
        "date_joined",
    ]
    readonly_fields = ["email", "is_verified", "is_active", "last_login", "date_joined"]
    inlines = [ProfilInline]

    @admin.display(description=gettext_lazy("nom"), ordering="last_name")
    def nom_complet(self, utilisateur):
        return utilisateur.get_full_name()

    def get_queryset(self, request):
        return super().get_queryset(request).with_profile()

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
            return obj.save(
                update_fields=[*columns.intersection(form.changed_data), "date_modification"]
            )
        agent = form.invite(par=request.user)
        obj.pk, obj._state.adding = agent.pk, False
        return None

    def save_related(self, request, form, formsets, change):
        if change:
            super().save_related(request, form, formsets, change)

    @admin.action(description=gettext_lazy("Activer"), permissions=["manage"])
    def activer(self, request, queryset):
        done = _("%(count)s compte(s) activé(s).")
        self.act(request, queryset, lambda u: agents.activer(u, par=request.user), done)

    @admin.action(description=gettext_lazy("Désactiver"), permissions=["manage"])
    def desactiver(self, request, queryset):
        done = _("%(count)s compte(s) désactivé(s).")
        self.act(request, queryset, lambda u: agents.desactiver(u, par=request.user), done)

    @admin.action(description=gettext_lazy("Rouvrir les codes"), permissions=["national"])
    def rouvrir_codes(self, request, queryset):
        self.act(request, queryset, codes.reopen, _("%(count)s compte(s) rouvert(s)."))

    @admin.action(description=gettext_lazy("Fermer les sessions"), permissions=["national"])
    def fermer_sessions(self, request, queryset):
        self.act(request, queryset, sessions.end_all, _("%(count)s compte(s) déconnecté(s)."))

    def has_manage_permission(self, request):
        return request.user.has_perm("users.change_utilisateur")

    def has_national_permission(self, request):
        return request.user.is_superuser


@admin.register(Session)
class SessionAdmin(ReadOnlyAdmin):
    """Who is signed in, and from what."""

    list_display = ["utilisateur", "created_at", "last_used_at", "expires_at", "revoked_at"]
    list_select_related = ["utilisateur"]
    search_fields = ["utilisateur__username"]
