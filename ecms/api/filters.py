"""Filters, search and ordering: one library, declared per resource, an unknown value is a 400."""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC
from functools import reduce
from operator import or_

import django_filters
from django import forms
from django.apps import apps
from django.contrib.postgres.search import SearchRank
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q, TextField, Value
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _
from django_filters.rest_framework import DjangoFilterBackend

from ecms.db.functions import SansAccents, web_query

MAX_SEARCH_LENGTH = 100
BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
# What `sans_accents` turns into spaces separates words here too.
SEPARATORS = re.compile(r"[\s_'’-]+")


class FilterBackend(DjangoFilterBackend):
    """The FilterSet of the viewset, applied to lists."""

    def filter_queryset(self, request, queryset, view):
        # An object is found by its key: `?mairie=` and the like belong to lists.
        if getattr(view, "detail", False):
            return queryset
        filters = self.get_filterset_class(view, queryset)
        if filters and filters.leaves_alone(request.query_params):
            return queryset
        return super().filter_queryset(request, queryset, view)


class BooleanField(forms.Field):
    def to_python(self, value):
        if not value:
            return None
        if value.lower() not in BOOLEANS:
            raise ValidationError(_("Attendu true ou false."))
        return BOOLEANS[value.lower()]


class BooleanFilter(django_filters.BooleanFilter):
    field_class = BooleanField


class MomentField(django_filters.fields.IsoDateTimeField):
    """In UTC: of other zones PostgreSQL takes no offset beyond sixteen hours."""

    def clean(self, value):
        moment = super().clean(value)
        try:
            return moment and moment.astimezone(UTC)
        except OverflowError:
            raise ValidationError(_("Ce moment est hors du calendrier.")) from None


class MomentFilter(django_filters.IsoDateTimeFilter):
    field_class = MomentField


class FilterSet(django_filters.FilterSet):
    FILTER_DEFAULTS = {
        **django_filters.FilterSet.FILTER_DEFAULTS,
        models.BooleanField: {"filter_class": BooleanFilter},
    }
    # Does something to rows of which nothing was asked.
    always = False
    # Declared filters of which `follows_from` holds.
    timeless: frozenset[str] = frozenset()

    @classmethod
    def leaves_alone(cls, asked: Iterable[str]) -> bool:
        """Whether a request with these parameters gets the rows as they are."""
        filters = cls.base_filters
        required = any(each.extra.get("required") for each in filters.values())
        return not (cls.always or required or any(name in filters for name in asked))

    @classmethod
    def follows_from(cls, asked: Iterable[str]) -> bool:
        """Whether what these parameters leave follows from their words alone: neither from the
        hour nor from a search."""
        made = cls.base_filters.keys() - cls.declared_filters.keys()
        timeless = made | {"mairie", "ordering"} | cls.timeless
        return all(name in timeless or name not in cls.base_filters for name in asked)


class SearchFilter(django_filters.CharFilter):
    """Every word in one of `fields`, whatever the accents, the case and the hyphens."""

    def __init__(self, fields: list[str], **kwargs):
        self.fields = fields
        super().__init__(
            label=_("Recherche, sans égard aux accents ni à la casse"),
            max_length=MAX_SEARCH_LENGTH,
            **kwargs,
        )

    def filter(self, queryset, value):
        return with_every_word(queryset, self.fields, value or "")


def with_every_word(queryset, fields: Sequence[str], text: str):
    """The rows with every word of `text` in one of `fields`; all of them when there is no word."""
    words = [word for word in SEPARATORS.split(text) if word]
    if not (words and fields):
        return queryset
    names = {f"_search_{i}": SansAccents(Cast(f, TextField())) for i, f in enumerate(fields)}
    queryset = queryset.alias(**names)
    for word in words:
        needle = SansAccents(Value(word))
        anywhere = [Q(**{f"{name}__contains": needle}) for name in names]
        queryset = queryset.filter(reduce(or_, anywhere))
    return queryset


class FullTextFilter(django_filters.CharFilter):
    """Every word, in any of its forms, in the column `recherche` of the row; the best first,
    unless the request asks for an order. A filter set that has one orders with `ordering`."""

    def __init__(self, **kwargs):
        super().__init__(
            label=_('Recherche en texte intégral : des mots, « or », une "expression", -exclu'),
            max_length=MAX_SEARCH_LENGTH,
            **kwargs,
        )

    def filter(self, queryset, value):
        if not any(SEPARATORS.split(value or "")):
            return queryset
        query = web_query(value)
        found = queryset.filter(recherche=query)
        if self.parent.form.cleaned_data.get("ordering"):
            return found
        return found.order_by(SearchRank(F("recherche"), query).desc(), "-pk")


class StableOrderingFilter(django_filters.OrderingFilter):
    """`ordering` from a declared list; equal rows keep one order from page to page."""

    def filter(self, queryset, value):
        if not value:
            return queryset
        # Each once: thousands of them would be more than a query can hold.
        asked = [self.get_ordering_value(v) for v in dict.fromkeys(value) if v]
        return queryset.order_by(*asked, "-pk")


def mairie_filter(field_name: str = "mairie"):
    """`?mairie=<slug>`: an unknown slug is a 400."""
    return django_filters.ModelChoiceFilter(
        field_name=field_name,
        to_field_name="slug",
        queryset=lambda request: apps.get_model("mairies.Mairie").objects.visible_to(request.user),
        label=_("Le nom court (slug) de la mairie"),
    )
