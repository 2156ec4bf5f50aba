"""Lists for spreadsheets: CSV written row by row, and workbooks."""

import csv
from collections import deque
from collections.abc import Generator, Iterable
from datetime import datetime
from io import BytesIO
from itertools import islice

from django.http import HttpResponse, StreamingHttpResponse
from django.urls import re_path
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.routers import SimpleRouter

from ecms.api.caching import mark_private, mark_public
from ecms.api.exceptions import Refused
from ecms.api.permissions import permission_of
from ecms.workbooks import Columns, in_words, write_workbook

CONTENT_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# A workbook is written whole before it leaves, within the time of a request: its size is bounded,
# that of a CSV is not.
MAX_XLSX_ROWS = 20_000
CHUNK = 500
# What a spreadsheet takes for a formula (OWASP, "CSV injection"), full-width forms included.
FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# Spreadsheets set to French or English open it by a double click: `;` and the byte order mark.
DELIMITER, BOM = ";", "\ufeff"

csv_schema = extend_schema(filters=True, responses={(200, "text/csv"): OpenApiTypes.STR})
xlsx_schema = extend_schema(filters=True, responses={(200, XLSX_TYPE): OpenApiTypes.BINARY})


class AnyAccept(DefaultContentNegotiation):
    """For an address that has one form whatever `Accept` says."""

    def select_renderer(self, request, renderers, format_suffix=None):
        return renderers[0], renderers[0].media_type


class ExportMixin:
    """The list of a view as files, for agents with the permission to view it: the rows of their
    mairie, with the filters and the order of the list. `ExportRouter` gives the addresses.

    `export_name` is the name of the files, `columns` what they hold, `exported_with` the relations
    that the columns follow. `agents_exports` is what only agents may fetch.
    """

    columns: Columns = {}
    export_name = ""
    exported_with: tuple[str, ...] = ()
    agents_exports = frozenset({"exporter", "exporter_xlsx"})

    @csv_schema
    def exporter(self, request, **kwargs):
        """The rows of the agent's mairie, as CSV with the filters of the list."""
        rows = self.exported().iterator(chunk_size=CHUNK)
        response = csv_response(rows, self.columns, filename=f"{self.export_name}.csv")
        mark_private(response)
        return response

    @xlsx_schema
    def exporter_xlsx(self, request, **kwargs):
        """The rows of the agent's mairie, as a workbook with the filters of the list. Beyond
        20,000 rows, 400 `trop_de_lignes`."""
        rows = self.exported()
        check_size(rows)
        rows = rows.iterator(chunk_size=CHUNK)
        response = xlsx_response(rows, self.columns, name=self.export_name)
        mark_private(response)
        return response

    def check_permissions(self, request):
        super().check_permissions(request)
        if self.action in self.agents_exports and not self._may_export():
            self.permission_denied(request)

    def exported(self):
        """The rows of the files."""
        rows = self.filter_queryset(self.get_queryset()).manageable_by(self.request.user)
        return rows.select_related(*self.exported_with) if self.exported_with else rows

    @property
    def is_list(self) -> bool:
        """Whether rows are told in short: in a list, or in a file of it."""
        return self.action in {"list", "exporter", "exporter_xlsx"}

    def _may_export(self) -> bool:
        user = self.request.user
        return user.is_authenticated and user.has_perm(permission_of(self, self.action, True))


class ExportRouter(SimpleRouter):
    """Adds `<list>.csv` and `<list>.xlsx` for each view that is an `ExportMixin`."""

    def __init__(self):
        super().__init__(trailing_slash=False)

    def get_urls(self):
        exported = [entry[:2] for entry in self.registry if issubclass(entry[1], ExportMixin)]
        files = [route for entry in exported for route in _files(*entry)]
        return [*files, *super().get_urls()]


def _files(prefix: str, view: type) -> list:
    actions = {"csv": "exporter", "xlsx": "exporter_xlsx"}
    return [
        re_path(
            rf"^{prefix}\.{suffix}$",
            view.as_view({"get": action}, content_negotiation_class=AnyAccept),
        )
        for suffix, action in actions.items()
    ]


def csv_response(rows: Iterable, columns: Columns, *, filename: str) -> StreamingHttpResponse:
    """`rows` as a download that is written while it is read.

    `columns` tells the heading of each column and its value in a row. UTF-8 with a byte order
    mark, `;` between cells. No text is a formula. What the database refuses is raised here:
    nothing has left yet, and the answer says so.
    """
    lines = _Begun(_lines(rows, columns), 2)
    response = StreamingHttpResponse(lines, content_type=CONTENT_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def xlsx_response(rows: Iterable, columns: Columns, *, name: str, title: str = "") -> HttpResponse:
    """`rows` as a workbook: some megabytes at most, whatever the rows. `title` names the sheet,
    as the file unless it is given."""
    file = BytesIO()
    write_workbook(file, rows, columns, title=title or name)
    response = HttpResponse(file.getvalue(), content_type=XLSX_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def check_size(rows) -> None:
    """Raise `Refused` when `rows` are more than a workbook may hold."""
    counted = rows.order_by().values("pk")[: MAX_XLSX_ROWS + 1].count()
    if counted > MAX_XLSX_ROWS:
        sentence = _("Plus de %(nombre)d lignes : filtrez la liste, ou prenez le fichier CSV.")
        raise Refused(sentence % {"nombre": MAX_XLSX_ROWS}, "trop_de_lignes")


def mark(response, request, max_age: int):
    """The cache headers of a streamed answer: `ScopedViewSet` gives them to the others."""
    if request.user.is_authenticated:
        mark_private(response)
    else:
        mark_public(response, max_age)
    return response


def _lines(rows: Iterable, columns: Columns) -> Generator[str]:
    writer = csv.writer(_Echo(), delimiter=DELIMITER)
    yield BOM + writer.writerow([str(heading) for heading in columns])
    for row in rows:
        yield writer.writerow([_cell(value(row)) for value in columns.values()])


def _cell(value) -> object:
    value = in_words(value)
    if isinstance(value, datetime):
        return f"{value:%d/%m/%Y %H:%M}"
    if isinstance(value, str) and value.startswith(FORMULAS):
        return f"'{value}"
    return value


class _Begun:
    """What a generator yields, of which the first `count` are there already. A client that goes
    away closes it, and what it reads from."""

    def __init__(self, lines: Generator[str], count: int):
        self._lines = lines
        self._first = deque(islice(lines, count))

    def __iter__(self):
        return self

    def __next__(self) -> str:
        return self._first.popleft() if self._first else next(self._lines)

    def close(self) -> None:
        self._lines.close()


class _Echo:
    """A file that returns what is written to it: `csv.writer` hands it on."""

    def write(self, line: str) -> str:
        return line
