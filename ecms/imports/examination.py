"""What a file would do, line by line."""

import hashlib
from collections import Counter
from dataclasses import dataclass, field

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from import_export.results import RowResult
from tablib import Dataset

from ecms.admin.refusals import refusal
from ecms.imports.cells import folded, in_each_language
from ecms.imports.resources import ImportResource

NEW, CHANGED, SAME, WRONG = "new", "changed", "same", "wrong"
EFFECTS = {
    RowResult.IMPORT_TYPE_NEW: NEW,
    RowResult.IMPORT_TYPE_UPDATE: CHANGED,
    RowResult.IMPORT_TYPE_SKIP: SAME,
}
# Of a long text, what is shown.
SHOWN = 160


@dataclass(frozen=True)
class Line:
    """`number` is that of the file; `changes` are (column, before, after), `errors` (column or "",
    sentence)."""

    number: int
    effect: str
    name: str
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    errors: list[tuple[str, str]] = field(default_factory=list)
    note: str = ""


@dataclass(frozen=True)
class Examination:
    lines: list[Line]
    # Headings that mean nothing here.
    ignored: list[str]

    @property
    def counts(self) -> Counter:
        return Counter(line.effect for line in self.lines)

    @property
    def is_right(self) -> bool:
        return not self.counts[WRONG]

    @property
    def writes(self) -> int:
        return self.counts[NEW] + self.counts[CHANGED]

    @property
    def digest(self) -> str:
        """The same as long as the same would be done to the same rows."""
        return hashlib.sha256(repr(self.lines).encode()).hexdigest()


def examine(resource: ImportResource, *, apply: bool = False) -> Examination:
    """Judge each line, and with `apply` write them too: all, or none as soon as one is wrong.

    Raises `ValidationError` when a column is missing or comes twice.
    """
    names, ignored = _names(resource)
    kept = [position for position, name in enumerate(names) if name]
    dataset = Dataset(headers=[names[position] for position in kept])
    for _line, cells in resource.table.rows:
        dataset.append([cells[position] for position in kept])
    result = resource.import_data(
        dataset, dry_run=not apply, use_transactions=True, rollback_on_validation_errors=True
    )
    for error in result.base_errors:
        raise error.error
    present = [name for name in names if name]
    lines = [
        _line_of(resource, number, row, found, present)
        for number, (row, found) in enumerate(zip(dataset.dict, result.rows, strict=True), start=1)
    ]
    return Examination(lines, ignored)


def _names(resource: ImportResource) -> tuple[list[str], list[str]]:
    """The column that each heading of the file means, "" for none, and the headings of none."""
    model, known = resource._meta.model, {}
    for name, column in resource.fields.items():
        for title in (name, *_titles(column, model)):
            known[folded(title)] = name
    headings = resource.table.headings
    names = [known.get(folded(heading), "") for heading in headings]
    twice = [name for name, times in Counter(filter(None, names)).items() if times > 1]
    missing = [name for name in resource.key[-1:] if name not in names]
    for name, sentence in [
        *[(name, _("La colonne « %(colonne)s » vient deux fois.")) for name in twice],
        *[(name, _("La colonne « %(colonne)s » manque.")) for name in missing],
    ]:
        title = resource.fields[name].title(model)
        raise ValidationError(sentence % {"colonne": title}, code="colonnes")
    ignored = [h for h, name in zip(headings, names, strict=True) if h and not name]
    return names, ignored


def _titles(column, model) -> set[str]:
    """Every heading under which a column is known."""
    own = column.heading or model._meta.get_field(column.attribute).verbose_name
    return set().union(*(in_each_language(text) for text in (own, *column.others)))


def _line_of(resource, number: int, row: dict, found: RowResult, present: list[str]) -> Line:
    name = " · ".join(part for part in resource.key_of(row) if part)
    line, note = resource.line(number), resource.notes.get(number, "")
    if not found.is_valid():
        return Line(line, WRONG, _short(name), errors=_errors(resource, found))
    model, fields = resource._meta.model, resource.get_import_fields()
    changes = [
        (column.title(model), _short(before), _short(after))
        for column, (before, after) in zip(fields, found.diff, strict=True)
        if column.attribute in present and before != after
    ]
    effect = EFFECTS[found.import_type]
    return Line(line, effect, _short(name), changes if effect != SAME else [], note=note)


def _errors(resource: ImportResource, found: RowResult) -> list[tuple[str, str]]:
    error = found.validation_error
    for failed in found.errors:
        # Raised again when it is no refusal: a fault is not a line's.
        error = refusal(failed.error)
    if not hasattr(error, "error_dict"):
        return [("", " ".join(error.messages))]
    return [
        (_title(resource, name), " ".join(messages))
        for name, messages in error.message_dict.items()
    ]


def _title(resource: ImportResource, name: str) -> str:
    column = resource.fields.get(name)
    return column.title(resource._meta.model) if column and name != NON_FIELD_ERRORS else ""


def _short(text: str) -> str:
    return Truncator(text).chars(SHOWN)
