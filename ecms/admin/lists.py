"""The lists of the admin: found whatever the accents, counted up to 10,000 and no further."""

import re

from django.contrib.admin.utils import lookup_spawns_duplicates
from django.core.paginator import Paginator
from django.utils.formats import number_format
from django.utils.functional import cached_property

from ecms.api.filters import MAX_SEARCH_LENGTH, with_every_word
from ecms.api.pagination import COUNTED

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


class BoundedLists:
    """Mixed in before `ModelAdmin`. `search_fields` names columns, without prefix or lookup."""

    paginator = CappedPaginator
    list_per_page = 50
    list_max_show_all = 200
    show_full_result_count = False

    def get_search_results(self, request, queryset, search_term):
        """The rows with every word of `search_term` in one of the fields, whatever the accents;
        of a long text, the first 100 characters. The pickers of rows ask here too."""
        fields = self.get_search_fields(request)
        words = AROUND_WORDS.sub(" ", search_term)[:MAX_SEARCH_LENGTH]
        repeats = any(lookup_spawns_duplicates(self.opts, name) for name in fields)
        return with_every_word(queryset, fields, words), repeats
