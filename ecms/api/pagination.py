from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param

COUNTED = 10_000
MAX_PAGE = 1_000_000


class CappedPagination(BasePagination):
    """Pages whose price does not depend on how many rows there are.

    `count` is exact up to 10,000; beyond, it says 10,000 and `count_exact` is false. One row more
    than the page is read, to know whether there is a next one.
    """

    page_size = 20
    max_page_size = 100

    def paginate_queryset(self, queryset, request, view=None):
        self.request = request
        self.page = _whole(request, "page", default=1, at_most=MAX_PAGE)
        size = _whole(request, "page_size", default=self.page_size)
        size = min(size, self.max_page_size)
        start = (self.page - 1) * size
        rows = self.read(queryset, start, start + size + 1)
        if self.page > 1 and not rows:
            raise NotFound
        self.has_next = len(rows) > size
        return rows[:size]

    def read(self, listed, start: int, stop: int) -> list:
        """Rows `start` to `stop` of a query set, or of what does as one (`ecms.recherche`), or of
        what `ecms.api.lists` made of it; sets `count`."""
        if hasattr(listed, "page"):
            rows, self.count = listed.page(start, stop)
            return rows
        self.count = self.count_up_to(COUNTED + 1, listed)
        return list(listed[start:stop])

    def count_up_to(self, limit: int, queryset) -> int:
        return queryset.order_by().values("pk")[:limit].count()

    def get_paginated_response(self, data):
        exact = self.count <= COUNTED
        return Response(
            {
                "count": self.count if exact else COUNTED,
                "count_exact": exact,
                "next": self._link(self.page + 1) if self.has_next else None,
                "previous": self._link(self.page - 1) if self.page > 1 else None,
                "results": data,
            }
        )

    def _link(self, page: int) -> str:
        url = self.request.build_absolute_uri()
        if page == 1:
            return remove_query_param(url, "page")
        return replace_query_param(url, "page", page)

    def get_paginated_response_schema(self, schema):
        link = {"type": "string", "nullable": True, "format": "uri"}
        return {
            "type": "object",
            "required": ["count", "count_exact", "next", "previous", "results"],
            "properties": {
                "count": {"type": "integer", "example": 123},
                "count_exact": {"type": "boolean"},
                "next": link,
                "previous": link,
                "results": schema,
            },
        }

    def get_schema_operation_parameters(self, view):
        limits = {
            "page": {"minimum": 1},
            "page_size": {"minimum": 1, "maximum": self.max_page_size},
        }
        return [
            {
                "name": name,
                "in": "query",
                "required": False,
                "schema": {"type": "integer", **bounds},
            }
            for name, bounds in limits.items()
        ]


class OnePage(CappedPagination):
    """All there is of a short list, in the shape of every list."""

    def paginate_queryset(self, queryset, request, view=None):
        self.request, self.page, self.has_next = request, 1, False
        self.count = len(queryset)
        return queryset

    def get_schema_operation_parameters(self, view):
        return []


def _whole(request, name: str, *, default: int, at_most: int | None = None) -> int:
    """A positive number of the query string; anything else is a 400."""
    text = request.query_params.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) <= 12 and int(text) > 0):
        raise ValidationError({name: [_("Attendu un nombre entier positif.")]})
    if at_most and int(text) > at_most:
        raise NotFound
    return int(text)
