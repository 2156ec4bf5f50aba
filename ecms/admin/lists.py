"""The lists of the admin: found whatever the accents, counted up to 10,000 and no further.

Whoever looks at the whole country asks for no more than an agent: what a list is ordered by, and
how far it is searched, has a bound that its table has not.
"""

import re
from collections.abc import Sequence
from functools import reduce
from operator import or_

from django.contrib import messages
from django.contrib.admin.utils import lookup_spawns_duplicates
from django.contrib.admin.views.main import ORDER_VAR
from django.core.paginator import Paginator
from django.db.models import Q
from django.utils.formats import number_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from unfold.views import ChangeList

from ecms.api.filters import MAX_SEARCH_LENGTH, with_every_word
from ecms.api.pagination import COUNTED

# Of the country, how many rows a search looks through: the first of the list.
SEARCHED = COUNTED
# What the filter over the mairies asks.
OF_ONE_MAIRIE = "mairie__id__exact"
# What people put around words, and the sign that PostgreSQL has no text with.
AROUND_WORDS = re.compile(r'["«»“”\x00]')


class AtLeast(int):
    """A count that stopped: a number to compute with, "10 000+" to read."""

    def __str__(self) -> str:
        return f"{number_format(int(self), force_grouping=True)}+"


class CappedPaginator(Paginator):
    """Pages over the first 10,000 rows, whose price does not depend on how many there are.

    To see what is beyond, search or filter: no one reads the two hundredth page.
    """

    counted = COUNTED

    @cached_property
    def count(self) -> int:
        found = self.object_list.order_by().values("pk")[: self.counted + 1].count()
        return found if found <= self.counted else AtLeast(self.counted)


class BoundedList(ChangeList):
    """Ordered by one of the columns that the list offers to be ordered by (`sortable_by`), and by
    nothing else that an address names."""

    def get_ordering(self, request, queryset):
        # The column that was clicked last is the first one.
        asked = self.params.pop(ORDER_VAR, "").split(".")[0]
        if self._is_offered(asked):
            self.params[ORDER_VAR] = asked
        return super().get_ordering(request, queryset)

    def _is_offered(self, asked: str) -> bool:
        try:
            column = self.list_display[int(asked.removeprefix("-"))]
        except (IndexError, ValueError):
            return False
        return bool(self.get_ordering_field(column))

    def get_ordering_field(self, field_name):
        if self.sortable_by is not None and field_name not in self.sortable_by:
            return None
        return super().get_ordering_field(field_name)

    def get_queryset(self, request, exclude_parameters=None):
        rows = super().get_queryset(request, exclude_parameters)
        if getattr(request, "searched_in_part", False):
            said = _(
                "La recherche porte sur les %(count)s premières lignes de la liste. Choisissez une "
                "mairie, ou d'autres filtres, pour chercher plus loin."
            )
            shown = number_format(SEARCHED, force_grouping=True)
            messages.info(request, said % {"count": shown})
        return rows


class BoundedLists:
    """Mixed in before `ModelAdmin`. `search_fields` names columns, without prefix or lookup;
    `found_by` those of them that an index finds a whole value in.

    A list that grows with the country says in `sortable_by` which columns an index orders, of one
    mairie and of all of them.
    """

    found_by: Sequence[str] = ()
    paginator = CappedPaginator
    list_per_page = 50
    list_max_show_all = 200
    show_full_result_count = False

    def get_changelist_formset(self, request, **kwargs):
        """What is edited in the list itself is named for whoever hears the page: the title of its
        column is too far away."""
        formset = super().get_changelist_formset(request, **kwargs)
        for field in formset.form.base_fields.values():
            field.widget.attrs["aria-label"] = field.label
        return formset

    def get_changelist(self, request, **kwargs):
        return BoundedList

    def get_search_results(self, request, queryset, search_term):
        """The rows with every word of `search_term` in one of the fields, whatever the accents;
        of a long text, the first 100 characters. The pickers of rows ask here too."""
        fields = self.get_search_fields(request)
        words = AROUND_WORDS.sub(" ", search_term)[:MAX_SEARCH_LENGTH].strip()
        repeats = any(lookup_spawns_duplicates(self.opts, name) for name in fields)
        if fields and words and request.user.is_superuser and OF_ONE_MAIRIE not in request.GET:
            queryset = self._within_reach(request, queryset, words)
        return with_every_word(queryset, fields, words), repeats

    def _within_reach(self, request, queryset, words: str):
        """Where the words are looked for in the whole country: the row that has this very number
        or address; else the first ones of the list. A mairie's rows are looked through, all."""
        first = list(queryset.values_list("pk", flat=True)[: SEARCHED + 1])
        if len(first) <= SEARCHED:
            return queryset
        written = {words, words.upper(), words.lower()}
        named = [Q(**{f"{name}__in": written}) for name in self.found_by]
        if named:
            found = queryset.filter(reduce(or_, named)).values_list("pk", flat=True)[:SEARCHED]
            if found := list(found):
                return queryset.filter(pk__in=found)
        request.searched_in_part = True
        # The keys themselves: of a subquery, PostgreSQL would compare the words of all rows first.
        return queryset.filter(pk__in=first[:SEARCHED])
