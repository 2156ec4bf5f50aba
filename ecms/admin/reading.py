"""What a page says of the columns that its reader may not write: words, never HTML source, JSON or
the value that stands for a state."""

from collections.abc import Callable, Mapping

from django.forms import Media
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from unfold.fields import UnfoldAdminField, UnfoldAdminReadonlyField
from unfold.forms import AdminForm, Fieldline, Fieldset
from unfold.utils import display_for_label

from ecms.fields import HTMLField
from ecms.html import sanitise

EMPTY = (None, "", [], {})


def rich_text(value: str):
    """With its formatting. Sanitised when it was written, and again: a column may have been filled
    by something else than its model."""
    return format_html(
        '<div class="ecms-read">{}</div>',
        mark_safe(sanitise(value)),  # noqa: S308 sanitised on this line
    )


READERS: dict[type, Callable] = {HTMLField: rich_text}


class ReadField(UnfoldAdminReadonlyField):
    """A column as `readers` of its admin say it; a `display(label=…)` as in the lists."""

    def contents(self):
        # Its template asks several times, and some columns ask the database.
        return self._said

    @cached_property
    def _said(self):
        if not self.resolved_field:
            return super().contents()
        column, shown_by, value = self.resolved_field
        reader = self.model_admin.readers.get(self.field["field"]) or READERS.get(type(column))
        label = getattr(shown_by, "label", None) if column is None else None
        if reader is None and label is None:
            return super().contents()
        if value in EMPTY:
            return self.empty_value_display
        return reader(value) if reader else display_for_label(value, "", label)


class _Line(Fieldline):
    def __iter__(self):
        for place, field in enumerate(self.fields):
            if field in self.readonly_fields:
                yield ReadField(self.form, field, place == 0, model_admin=self.model_admin)
            else:
                yield UnfoldAdminField(self.form, field, place == 0)


class _Fieldset(Fieldset):
    def __iter__(self):
        for field in self.fields:
            yield _Line(self.form, field, self.readonly_fields, model_admin=self.model_admin)


class _Form(AdminForm):
    def __iter__(self):
        for name, options in self.fieldsets:
            yield _Fieldset(
                self.form,
                name,
                readonly_fields=self.readonly_fields,
                model_admin=self.model_admin,
                **options,
            )


class ReadableAdmin:
    """Mixed in before `ModelAdmin`. `readers`: what makes markup of the value of a column that a
    plain text does not tell."""

    readers: Mapping[str, Callable] = {}

    @property
    def media(self):
        return super().media + Media(css={"all": ["ecms/admin/reading.css"]})

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        found = context["adminform"]
        context["adminform"] = _Form(
            found.form,
            found.fieldsets,
            {},
            readonly_fields=found.readonly_fields,
            model_admin=found.model_admin,
        )
        return super().render_change_form(request, context, add, change, form_url, obj)
