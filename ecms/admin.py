"""The admin, seen through the same scopes as the API."""

from datetime import datetime

from django.contrib import admin, messages
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import IntegrityError
from django.db.models import DateTimeField, JSONField, URLField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_q.models import Failure, OrmQ, Schedule, Success
from rest_framework import exceptions as api
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminFileFieldWidget

from ecms.admin_lists import BoundedLists
from ecms.api.errors import DEFAULTS, constraint_named, named_fields
from ecms.exceptions import DomainError
from ecms.fields import DocumentField, JSONFormField
from ecms.files import discarded_on_error, is_full
from ecms.models import Courriel
from ecms.scoping import scoped
from ecms.slugs import violated_constraint

# What a service refuses, and what else a form is shown again for.
SAID = (DomainError, ValidationError, api.ValidationError)
REFUSALS = (*SAID, IntegrityError, OSError)


class DocumentWidget(UnfoldAdminFileFieldWidget):
    """Takes a file and shows no address of the present one: it has none."""

    def is_initial(self, value):
        return False


FIRST_YEAR, LAST_YEAR = 1900, 2190
FORM_FIELDS = {
    DocumentField: {"widget": DocumentWidget},
    JSONField: {"form_class": JSONFormField},
    URLField: {"assume_scheme": "https"},
}


def _check_moment(moment: datetime) -> None:
    """A slip such as the year 202: midnight of the first day that can be written is a moment that
    PostgreSQL keeps and Python cannot read back, nor any list with it."""
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValidationError(_("Cette date est trop lointaine."))


# Django writes the names of rights into the database, in the English of `migrate`.
RIGHTS = {
    "add": gettext_lazy("ajouter"),
    "change": gettext_lazy("modifier"),
    "delete": gettext_lazy("supprimer"),
    "view": gettext_lazy("consulter"),
}


def permission_label(permission: Permission) -> str:
    """Where, on what and which right, in the language of the reader."""
    action, _separator, model = permission.codename.partition("_")
    plain = model == permission.content_type.model and action in RIGHTS
    return f"{permission.content_type} | {RIGHTS[action] if plain else permission.name}"


class ScopedInline:
    """What a ModelAdmin and its inlines show and offer: rows in the person's scope.

    Mixed in before one of unfold's inlines: `class Papers(ScopedInline, TabularInline)`.
    """

    def get_queryset(self, request):
        return scoped(super().get_queryset(request), request.user)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        options = {**FORM_FIELDS.get(type(db_field), {}), **kwargs}
        field = super().formfield_for_dbfield(db_field, request, **options)
        if field is not None and isinstance(db_field, DateTimeField):
            field.validators.append(_check_moment)
        return field

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        kwargs["queryset"] = _pickable(db_field, request, kwargs)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        kwargs["queryset"] = _pickable(db_field, request, kwargs)
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        if field is not None and db_field.related_model is Permission:
            field.queryset = field.queryset.select_related("content_type")
            field.label_from_instance = permission_label
        return field


class ScopedAdmin(ScopedInline, BoundedLists, ModelAdmin):
    """Rows, pickers, filters and bulk actions of the mairie that the person works for.

    `mairie` is asked of the national administrator alone, and only for a new row; an agent's rows
    go to their own mairie.
    """

    def get_list_filter(self, request):
        """Filters over other rows list them all: an agent gets those over plain values."""
        filters = super().get_list_filter(request)
        return filters if request.user.is_superuser else [f for f in filters if self._plain(f)]

    def get_list_display(self, request):
        return _without_mairie(super().get_list_display(request), request.user)

    def get_exclude(self, request, obj=None):
        excluded = list(super().get_exclude(request, obj) or [])
        if self._has_mairie and not request.user.is_superuser:
            excluded.append("mairie")
        return excluded

    def get_fieldsets(self, request, obj=None):
        return [
            (name, {**options, "fields": _without_mairie(options["fields"], request.user)})
            for name, options in super().get_fieldsets(request, obj)
        ]

    def get_readonly_fields(self, request, obj=None):
        fields = list(super().get_readonly_fields(request, obj))
        if obj is not None and self._has_mairie:
            fields.append("mairie")
        return fields

    def lookup_allowed(self, lookup, value, request=None):
        """Whether an address may filter by `lookup`: what no filter of the list names (a secret, a
        contact that the page hides) could be guessed letter by letter."""
        name = lookup.split("__")[0]
        return super().lookup_allowed(lookup, value, request) and (
            not self._has_field(name) or name in self._filtered(request)
        )

    def has_add_permission(self, request):
        working = request.user.is_superuser or request.user.mairie_agent is not None
        return working and super().has_add_permission(request)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """What a service or the database refuses is rolled back, and said in the form."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except REFUSALS as error:
            request.refusal = refusal(error)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        refused = getattr(request, "refusal", None)
        return refusing(form, refused) if refused else form

    def save_model(self, request, obj, form, change):
        if self._has_mairie and not change and not request.user.is_superuser:
            obj.mairie = request.user.mairie_agent
        self.write(request, obj, form, change)

    def write(self, request, obj, form, change):
        """Save the row; a model with services overrides it to call them."""
        with discarded_on_error(obj):
            super().save_model(request, obj, form, change)

    def act(self, request, rows, service, done) -> None:
        """Call `service` on each row: what it refuses is said row by row, the rest is done."""
        count = 0
        for row in rows:
            try:
                service(row)
            except SAID as error:
                said = " ".join(refusal(error).messages)
                self.message_user(request, f"{row} : {said}", messages.ERROR)
            else:
                count += 1
        if count:
            self.message_user(request, done % {"count": count}, messages.SUCCESS)

    @property
    def _has_mairie(self) -> bool:
        return any(field.name == "mairie" for field in self.model._meta.fields)

    def _plain(self, listed) -> bool:
        name = _filter_name(listed)
        if not isinstance(name, str):
            return True
        return self._has_field(name) and not self.model._meta.get_field(name).is_relation

    def _has_field(self, name: str) -> bool:
        try:
            self.model._meta.get_field(name)
        except FieldDoesNotExist:
            return False
        return True

    def _filtered(self, request) -> set[str]:
        """What the filters of the list, and its calendar, put into an address."""
        listed = [_filter_name(each) for each in self.get_list_filter(request)]
        names = [getattr(name, "parameter_name", name) for name in [*listed, self.date_hierarchy]]
        return {name.split("__")[0] for name in names if name}


def _filter_name(listed):
    """The field that an entry of `list_filter` names, or its own class of filter."""
    return listed[0] if isinstance(listed, tuple | list) else listed


def _pickable(db_field, request, kwargs):
    rows = kwargs.get("queryset")
    rows = db_field.related_model._default_manager.all() if rows is None else rows
    return scoped(rows, request.user)


def refusal(error: Exception) -> ValidationError:
    """What `error` says to whoever filled the form; raised again when it says nothing."""
    if isinstance(error, ValidationError):
        return error
    if isinstance(error, DomainError):
        return ValidationError(str(error.message))
    if isinstance(error, api.ValidationError):
        return ValidationError(list(_sentences(error.detail)))
    if isinstance(error, OSError):
        if not is_full(error):
            raise error
        return ValidationError(str(DEFAULTS[507][1]))
    constraint = constraint_named(violated_constraint(error))
    if constraint is None:
        raise error
    message = str(constraint.get_violation_error_message())
    named = named_fields(constraint)
    return ValidationError({name: [message] for name in named} if named else message)


def _sentences(detail):
    """What a service said in the words of the API, however it is nested."""
    if isinstance(detail, dict | list):
        for inner in detail.values() if isinstance(detail, dict) else detail:
            yield from _sentences(inner)
    else:
        yield str(detail)


def refusing(form_class, refused: ValidationError):
    """`form_class` as it is shown again, with what was typed and what was refused."""

    class Refusing(form_class):
        def clean(self):
            cleaned = super().clean()
            said = refused.message_dict if hasattr(refused, "error_dict") else {}
            for name, messages_ in (said or {None: refused.messages}).items():
                self.add_error(name if name in self.fields else None, messages_)
            return cleaned

    return Refusing


class ReadOnlyAdmin(ScopedAdmin):
    """Rows that are looked at and never written by hand."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


def _without_mairie(names, user):
    if user.is_superuser:
        return names
    return [name for name in names if name != "mairie"]


@admin.register(Courriel)
class CourrielAdmin(ReadOnlyAdmin):
    """The outgoing mail. Addresses and contents are not shown: they are somebody's."""

    list_display = ["gabarit", "statut", "tentatives", "prochain_essai", "date_envoi"]
    list_filter = ["statut", "gabarit"]
    fields = [
        "gabarit",
        "langue",
        "statut",
        "tentatives",
        "prochain_essai",
        "derniere_erreur",
        "date_envoi",
        "date_creation",
    ]


for model in (Success, Failure, OrmQ, Schedule, Group):
    admin.site.unregister(model)


@admin.register(Failure)
class FailureAdmin(ReadOnlyAdmin):
    """Tasks that failed for good."""

    list_display = ["name", "func", "started", "stopped"]
    search_fields = ["name", "func"]


@admin.register(Schedule)
class ScheduleAdmin(ReadOnlyAdmin):
    """What the workers do by the clock."""

    list_display = ["name", "schedule_type", "minutes", "next_run"]


@admin.register(Group)
class GroupAdmin(ScopedAdmin):
    """Roles: for the national administrator."""

    list_display = ["name"]
    search_fields = ["name"]
    filter_horizontal = ["permissions"]

    def get_deleted_objects(self, objs, request):
        """Without the line per right and per holder, which nobody could tell apart."""
        _rows, _counts, *refused = super().get_deleted_objects(objs, request)
        counts = {self.opts.verbose_name_plural: len(objs)}
        return [str(group) for group in objs], counts, *refused
