"""Lists as CSV, row by row, for spreadsheets."""

import csv
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal

from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.negotiation import DefaultContentNegotiation

from ecms.api.caching import mark_private, mark_public

CONTENT_TYPE = "text/csv; charset=utf-8"
# What a spreadsheet takes for a formula (OWASP, "CSV injection"), full-width forms included.
FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# Spreadsheets set to French or English open it by a double click: `;` and the byte order mark.
DELIMITER, BOM = ";", "\ufeff"

Columns = dict[str, Callable[[object], object]]
csv_schema = extend_schema(filters=True, responses={(200, "text/csv"): OpenApiTypes.STR})


class AnyAccept(DefaultContentNegotiation):
    """For an address that has one form whatever `Accept` says."""

    def select_renderer(self, request, renderers, format_suffix=None):
        return renderers[0], renderers[0].media_type


def csv_response(rows: Iterable, columns: Columns, *, filename: str) -> StreamingHttpResponse:
    """`rows` as a download that is written while it is read.

    `columns` tells the heading of each column and its value in a row. UTF-8 with a byte order
    mark, `;` between cells. No text is a formula.
    """
    response = StreamingHttpResponse(_lines(rows, columns), content_type=CONTENT_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def mark(response, request, max_age: int):
    """The cache headers of a streamed answer: `ScopedViewSet` gives them to the others."""
    if request.user.is_authenticated:
        mark_private(response)
    else:
        mark_public(response, max_age)
    return response


def _lines(rows: Iterable, columns: Columns) -> Iterator[str]:
    writer = csv.writer(_Echo(), delimiter=DELIMITER)
    yield BOM + writer.writerow([str(heading) for heading in columns])
    for row in rows:
        yield writer.writerow([_cell(value(row)) for value in columns.values()])


def _cell(value) -> object:
    if isinstance(value, int | float | Decimal):
        return value
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULAS) else text


class _Echo:
    """A file that returns what is written to it: `csv.writer` hands it on."""

    def write(self, line: str) -> str:
        return line
