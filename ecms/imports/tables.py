"""Files that hold a list, read without believing them: CSV of any spreadsheet, XLSX, and a ZIP of
one of them with the files that it names.

What cannot be read raises `ValidationError` with a sentence that names the line if there is one.
"""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from ecms.uploads import CONTROLS, KINDS, ZIP_ERRORS, ZIP_START, check_archive, inspect_document

MAX_ROWS, MAX_COLUMNS = 2_000, 60
MAX_BYTES = 5 * 2**20
# Of a workbook: lines, blank ones included, and bytes once unpacked.
MAX_LINES, MAX_UNPACKED = 20_000, 30 * 2**20
CSV, XLSX = KINDS["csv"][1][0], KINDS["xlsx"][1][0]
TABLES = {".csv", ".xlsx"}
# What openpyxl lets through on damaged workbooks.
DAMAGED = (*ZIP_ERRORS, AttributeError, InvalidFileException, SyntaxError, TypeError)


@dataclass(frozen=True)
class Table:
    """`rows` are (line of the file, cells), blank ones left out; `files` those that came along."""

    headings: list[str]
    rows: list[tuple[int, list]]
    files: dict[str, bytes] = field(default_factory=dict)

    def file(self, name: str) -> SimpleUploadedFile | None:
        """The file of this name, in any folder of the archive and in any case."""
        content = self.files.get(_bare(name))
        return None if content is None else SimpleUploadedFile(name, content, None)


def read_upload(upload, *, with_files: bool = False) -> Table:
    """The list of a received file; with files, of an archive too."""
    upload.seek(0)
    is_archive = upload.read(4) == ZIP_START and str(upload.name).lower().endswith(".zip")
    if with_files and is_archive:
        return _read_archive(upload)
    return _read_table(upload)


def _read_table(upload) -> Table:
    if upload.size > MAX_BYTES:
        raise _refused(_("Ce fichier dépasse %(limite)s Mo.") % {"limite": MAX_BYTES // 2**20})
    kind = inspect_document(upload).type_mime
    if kind not in {CSV, XLSX}:
        raise _refused(_("Donnez un fichier CSV ou XLSX."))
    upload.seek(0)
    lines = _csv_lines(upload.read()) if kind == CSV else _xlsx_lines(upload)
    return _table(lines)


def _read_archive(upload) -> Table:
    if upload.size > settings.MAX_UPLOAD_BYTES:
        limit = settings.MAX_UPLOAD_BYTES // 1_000_000
        raise _refused(_("Ce fichier dépasse %(limite)s Mo.") % {"limite": limit})
    check_archive(upload)
    with closing(zipfile.ZipFile(upload.file)) as archive:
        entries = [entry for entry in archive.infolist() if _is_meant(entry)]
        lists = [entry for entry in entries if _is_list(entry)]
        if len(lists) != 1:
            raise _refused(_("L'archive contient un fichier documents.csv ou documents.xlsx."))
        listed = SimpleUploadedFile(_bare(lists[0].filename), archive.read(lists[0]), None)
        files = {_bare(e.filename): archive.read(e) for e in entries if e is not lists[0]}
    if len(files) < len(entries) - 1:
        raise _refused(_("Deux fichiers de l'archive portent le même nom."))
    table = _read_table(listed)
    return Table(table.headings, table.rows, files)


def _is_meant(entry: zipfile.ZipInfo) -> bool:
    """Neither a folder nor what a Mac adds by itself."""
    parts = PurePosixPath(entry.filename).parts
    # A name such as "." has no part at all.
    if entry.is_dir() or not parts:
        return False
    return "__MACOSX" not in parts and not parts[-1].startswith(".")


def _is_list(entry: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(entry.filename.casefold())
    return path.stem == "documents" and path.suffix in TABLES


def _bare(name: str) -> str:
    return PurePosixPath(name.replace("\\", "/")).name.casefold()


def _csv_lines(content: bytes) -> Iterator[tuple[int, list]]:
    text = _decoded(content)
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(";,\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        # A cell may hold line ends: a row begins after the last line of the one before.
        line = reader.line_num + 1
        try:
            yield line, next(reader)
        except StopIteration:
            return
        except csv.Error:
            sentence = _("Ligne %(ligne)s : des guillemets ne sont pas fermés, ou sont de trop.")
            raise _refused(sentence % {"ligne": line}) from None


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # Checked with the document: what is not UTF-8 is what Excel writes on a Windows.
        return content.decode("cp1252")


def _xlsx_lines(upload) -> list[tuple[int, list]]:
    try:
        _check_unpacked(upload)
        upload.seek(0)
        with closing(load_workbook(upload.file, read_only=True, data_only=True)) as book:
            sheet = book.worksheets[0]
            # What the sheet says of its own size is not believed.
            sheet.reset_dimensions()
            cells = sheet.iter_rows(max_col=MAX_COLUMNS + 1, values_only=True)
            return list(_bounded(enumerate(cells, start=1)))
    except DAMAGED:
        raise _refused(_("Ce classeur est endommagé ou protégé par un mot de passe.")) from None


def _check_unpacked(upload) -> None:
    with closing(zipfile.ZipFile(upload.file)) as archive:
        unpacked = sum(entry.file_size for entry in archive.infolist())
    if unpacked > MAX_UNPACKED:
        raise _refused(_("Ce document se décompresse en trop de données."))


def _bounded(lines: Iterable[tuple[int, tuple]]) -> Iterator[tuple[int, list]]:
    for line, cells in lines:
        if line > MAX_LINES:
            raise _too_long()
        if any(cell not in (None, "") for cell in cells):
            yield line, list(cells)


def _table(lines: Iterable[tuple[int, list]]) -> Table:
    filled = (each for each in lines if any(_is_filled(cell) for cell in each[1]))
    _line, headings = next(filled, (0, []))
    headings = [str(cell if cell is not None else "").strip() for cell in headings]
    while headings and not headings[-1]:
        headings.pop()
    if not headings:
        raise _refused(_("Ce fichier est vide."))
    if len(headings) > MAX_COLUMNS:
        sentence = _("Ce fichier a plus de %(nombre)s colonnes.")
        raise _refused(sentence % {"nombre": MAX_COLUMNS})
    rows = []
    for line, cells in filled:
        if len(rows) == MAX_ROWS:
            raise _too_long()
        rows.append((line, _as_wide(line, cells, len(headings))))
    if not rows:
        raise _refused(_("Ce fichier n'a que des titres de colonnes."))
    return Table(headings, rows)


def _as_wide(line: int, cells: list, width: int) -> list:
    if any(_is_filled(cell) for cell in cells[width:]):
        sentence = _("Ligne %(ligne)s : il y a plus de cellules que de titres de colonnes.")
        raise _refused(sentence % {"ligne": line})
    if any(isinstance(cell, str) and CONTROLS.search(cell) for cell in cells):
        sentence = _("Ligne %(ligne)s : un caractère ne peut pas être lu.")
        raise _refused(sentence % {"ligne": line})
    return [*cells[:width], *[""] * (width - len(cells))]


def _is_filled(cell) -> bool:
    return cell is not None and bool(str(cell).strip())


def _too_long() -> ValidationError:
    sentence = _("Ce fichier a plus de %(nombre)s lignes : partagez-le.")
    return _refused(sentence % {"nombre": MAX_ROWS})


def _refused(message: str) -> ValidationError:
    return ValidationError(message, code="fichier_refuse")
