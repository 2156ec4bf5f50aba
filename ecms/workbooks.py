"""Workbooks (XLSX) written a row at a time: memory does not grow with the rows."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import BinaryIO

from django.utils import timezone
from django.utils.translation import gettext as _
from xlsxwriter import Workbook

# Heading to the value of its cell in a row.
Columns = dict[str, Callable[[object], object]]
NUMBERS = int | float | Decimal
# What one cell holds at most, and the first day that workbooks know (ECMA-376).
MAX_TEXT, FIRST_YEAR = 32_767, 1900
# In characters.
NARROWEST, WIDEST = 10, 60
DATE, MOMENT = "dd/mm/yyyy", "dd/mm/yyyy hh:mm"


def in_words(value) -> int | float | Decimal | date | str:
    """`value` as a spreadsheet takes it: a number or a day as it is, a moment in Douala's time
    without its zone, yes or no in the language of the request, the rest as text."""
    if isinstance(value, bool):
        return _("oui") if value else _("non")
    if isinstance(value, datetime):
        return timezone.make_naive(value) if timezone.is_aware(value) else value
    if isinstance(value, NUMBERS | date):
        return value
    return "" if value is None else str(value)


def write_workbook(file: BinaryIO, rows: Iterable, columns: Columns, *, title: str) -> None:
    """Write `rows` to `file`, under headings that stay in sight. `title` names the sheet (31
    characters at most). Text is typed as text: none of it is a formula, a number or a link."""
    with Workbook(file, {"constant_memory": True}) as book:
        sheet = _Sheet(book, title)
        sheet.write_headings([str(heading) for heading in columns])
        for row in rows:
            sheet.write_row([in_words(value(row)) for value in columns.values()])
        sheet.set_widths()


class _Sheet:
    def __init__(self, book: Workbook, title: str):
        self.sheet = book.add_worksheet(title)
        self.bold = book.add_format({"bold": True})
        self.date = book.add_format({"num_format": DATE})
        self.moment = book.add_format({"num_format": MOMENT})
        self.row = 0

    def write_headings(self, headings: list[str]) -> None:
        self.sheet.freeze_panes(1, 0)
        self.widths = [max(NARROWEST, len(heading) + 2) for heading in headings]
        for column, heading in enumerate(headings):
            self.sheet.write_string(0, column, heading, self.bold)

    def write_row(self, values: list) -> None:
        self.row += 1
        for column, value in enumerate(values):
            self._write(column, value)

    def set_widths(self) -> None:
        for column, width in enumerate(self.widths):
            self.sheet.set_column(column, column, min(width, WIDEST))

    def _write(self, column: int, value) -> None:
        if isinstance(value, NUMBERS):
            self.sheet.write_number(self.row, column, value)
            return
        if isinstance(value, date):
            if value.year >= FIRST_YEAR:
                self._write_date(column, value)
                return
            value = value.isoformat()
        if value:
            self._widen(column, len(value))
            self.sheet.write_string(self.row, column, value[:MAX_TEXT])

    def _write_date(self, column: int, value: date) -> None:
        is_moment = isinstance(value, datetime)
        self._widen(column, len(MOMENT if is_moment else DATE))
        style = self.moment if is_moment else self.date
        self.sheet.write_datetime(self.row, column, value, style)

    def _widen(self, column: int, length: int) -> None:
        self.widths[column] = max(self.widths[column], length + 2)
