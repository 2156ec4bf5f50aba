"""Rows, pickers, filters and bulk actions, seen through the same scopes as the API."""

from functools import partial

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.models import Permission
from django.core.exceptions import FieldDoesNotExist
from django.db.models import DateTimeField
from django.http import HttpResponseRedirect
from django.urls import reverse
from unfold.admin import ModelAdmin

from ecms.admin.awaiting import awaiting_filters
from ecms.admin.exports import ExportedLists
from ecms.admin.fields import FORM_FIELDS, check_moment
from ecms.admin.imports import ImportedLists
from ecms.admin.lists import BoundedLists
from ecms.admin.once import TEMPLATE, number, once
from ecms.admin.presets import PresetAdmin
from ecms.admin.reading import ReadableAdmin
from ecms.admin.refusals import REFUSALS, refusal, refusing
from ecms.admin.rights import permission_label
from ecms.admin.steps import SteppedAdmin
from ecms.admin.widgets import RowPicker
from ecms.files import discarded_on_error
from ecms.scoping import scoped


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
            field.validators.append(check_moment)
        return field

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        kwargs["queryset"] = _pickable(db_field, request, kwargs)
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", RowPicker(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        kwargs["queryset"] = _pickable(db_field, request, kwargs)
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        if field is not None and db_field.related_model is Permission:
            field.queryset = field.queryset.select_related("content_type")
            field.label_from_instance = permission_label
        return field


class ScopedAdmin(
    ScopedInline,
    SteppedAdmin,
    ReadableAdmin,
    PresetAdmin,
    ExportedLists,
    ImportedLists,
    BoundedLists,
    ModelAdmin,
):
    """Rows, pickers, filters and bulk actions of the mairie that the person works for.

    `mairie` is asked of the national administrator alone, and only for a new row; an agent's rows
    go to their own mairie.
    """

    # Its presets, and its files.
    list_before_template = "ecms/admin/before_list.html"
    change_form_before_template = TEMPLATE

    def get_list_filter(self, request):
        """Filters over other rows list them all: an agent gets those over plain values."""
        filters = [*super().get_list_filter(request), *awaiting_filters(self.model)]
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

    def add_view(self, request, form_url="", extra_context=None):
        context = {**number(), **(extra_context or {})}
        return once(request, partial(super().add_view, request, form_url, context))

    def delete_view(self, request, object_id, extra_context=None):
        """What a service refuses, though the page offered it a moment ago."""
        try:
            return super().delete_view(request, object_id, extra_context)
        except REFUSALS as error:
            self.message_user(request, " ".join(refusal(error).messages), messages.ERROR)
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
        return HttpResponseRedirect(reverse(name, args=[unquote(object_id)]))

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
