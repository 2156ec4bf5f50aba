"""Filters that several lists of the admin offer."""

from datetime import datetime, time, timedelta

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import DateTimeField
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.widgets import UnfoldAdminTextInputWidget

from ecms.admin.fields import FIRST_YEAR, LAST_YEAR


class DaysForm(forms.Form):
    """Two days, as every browser asks for them and in one way of writing."""

    def __init__(self, name: str, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for bound, label in (("from", _("À partir du")), ("to", _("Jusqu'au"))):
            widget = UnfoldAdminTextInputWidget(attrs={"type": "date"})
            field = forms.CharField(label=label, required=False, widget=widget)
            self.fields[f"{name}_{bound}"] = field


class DaysFilter(RangeDateFilter):
    """From a day to a day (Africa/Douala), both included, over a date or a moment."""

    form_class = DaysForm
    template = "ecms/admin/days_filter.html"

    def choices(self, changelist):
        days = {bound: self._day(bound) for bound in ("from", "to")}
        chosen = {f"{self.parameter_name}_{b}": day and day.isoformat() for b, day in days.items()}
        yield {"form": self.form_class(self.parameter_name, data=chosen)}

    def queryset(self, request, queryset):
        first, last = self._day("from"), self._day("to")
        if first:
            queryset = queryset.filter(**{f"{self.field_path}__gte": self._begins(first)})
        if last:
            after = self._begins(last + timedelta(days=1))
            queryset = queryset.filter(**{f"{self.field_path}__lt": after})
        return queryset

    def _day(self, bound: str):
        """In ISO 8601, as browsers send it; or as the language of the reader writes it."""
        try:
            day = forms.DateField(required=False).clean(
                self.used_parameters.get(f"{self.parameter_name}_{bound}")
            )
        except ValidationError:
            return None
        return day if day and FIRST_YEAR <= day.year <= LAST_YEAR else None

    def _begins(self, day):
        if isinstance(self.field, DateTimeField):
            return timezone.make_aware(datetime.combine(day, time.min))
        return day


class AuthorFilter(admin.SimpleListFilter):
    """One's own rows, or those of colleagues: nobody is named."""

    title = _("auteur")
    # Another name than the column's: an address must not look through it into accounts.
    parameter_name = "ecrit_par"

    def lookups(self, request, model_admin):
        return [("moi", _("Moi")), ("autres", _("Mes collègues"))]

    def queryset(self, request, queryset):
        if self.value() == "moi":
            return queryset.filter(auteur=request.user.pk)
        return queryset.exclude(auteur=request.user.pk) if self.value() == "autres" else queryset
