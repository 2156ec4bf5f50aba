"""The views of a list that its readers come back to, one link each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.functional import Promise

# What an address of a list says besides its filters.
NO_FILTER = {"p", "o", "all", "_changelist_filters"}


@dataclass(frozen=True)
class Preset:
    """`query` is what the address asks: words, or what they are for the reader."""

    label: Promise
    query: str | Callable = ""

    def asked(self, request) -> str:
        return self.query(request) if callable(self.query) else self.query


class PresetAdmin:
    """Mixed in before `ModelAdmin`: `presets = [Preset(_("Nouveaux"), "statut__exact=…"), …]`."""

    presets: Sequence[Preset] = ()

    def changelist_view(self, request, extra_context=None):
        shown = {"presets": self._presets(request)} if self.presets else {}
        return super().changelist_view(request, {**shown, **(extra_context or {})})

    def _presets(self, request) -> list[dict]:
        now = _filters(request.GET)
        return [
            {"label": preset.label, "query": query, "current": _filters(QueryDict(query)) == now}
            for preset in self.presets
            for query in [preset.asked(request)]
        ]


def _filters(query: QueryDict) -> dict:
    return {name: values for name, values in query.lists() if name not in NO_FILTER}
