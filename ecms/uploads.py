"""Documents that are sent to be kept, believed on their content alone, and given back.

`inspect_document` before a file is stored, `deliver` when it is asked for.
"""

import hashlib
import re
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import quote

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.utils.http import parse_etags
from django.utils.translation import gettext as _

from ecms.files import PrivateStorage
from ecms.images import READERS, UNDECLARED, reencode

NAME_AT_MOST = 150
BLOCK = 65_536
X_ACCEL = "X-Accel-Redirect"

# What is accepted: the extensions under which it comes, the types that clients declare (the first
# is the one that is kept).
_OOXML = "application/vnd.openxmlformats-officedocument"
_ODF = "application/vnd.oasis.opendocument"
KINDS = {
    "pdf": ({"pdf"}, ["application/pdf", "application/x-pdf"]),
    "docx": ({"docx"}, [f"{_OOXML}.wordprocessingml.document"]),
    "xlsx": ({"xlsx"}, [f"{_OOXML}.spreadsheetml.sheet"]),
    "odt": ({"odt"}, [f"{_ODF}.text"]),
    "ods": ({"ods"}, [f"{_ODF}.spreadsheet"]),
    "csv": (
        {"csv"},
        ["text/csv", "text/plain", "application/csv", "text/x-csv", "application/vnd.ms-excel"],
    ),
}
DELIVERED = {types[0] for _extensions, types in KINDS.values()} | {
    "image/webp",
    "image/jpeg",
    "image/png",
}

# An office file is an archive: how much of one is looked into.
ENTRIES_AT_MOST = 2_000
DIRECTORY_AT_MOST = 2**20
UNPACKED_AT_MOST = 100 * 2**20
UNPACKED_ANYWAY = 10 * 2**20
RATIO_AT_MOST = 100
ZIP_START, ZIP_END = b"PK\x03\x04", b"PK\x05\x06"
ZIP_END_SIZE = 22
ZIP_ERRORS = (
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)
MACROS = re.compile(r"(^|/)(vbaproject\.bin|vbadata\.xml|basic/|scripts/|macrosheets/)", re.I)

# Text that a program would run or draw is no table.
MARKUP = re.compile(
    r"\A\s*(<|#!|%PDF|%!)|<\s*(!doctype|html|head|body|script|svg|iframe|object|embed|\?xml|\?php)",
    re.I,
)
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")


@dataclass(frozen=True)
class Inspected:
    """A document that may be kept: `file` is what is stored, under a name that says nothing but
    its type; `nom` is the name that the client gave, cleaned; `taille` in bytes."""

    file: File
    nom: str
    type_mime: str
    taille: int
    sha256: str

    def write_to(self, instance) -> None:
        """Make this the `fichier` of a model that has these columns."""
        instance.fichier = self.file
        instance.nom_original = self.nom
        instance.type_mime = self.type_mime
        instance.taille = self.taille
        instance.sha256 = self.sha256


def inspect_document(upload) -> Inspected:
    """Check a received document: its name, its declared type and its content must agree.

    A photo is re-encoded as WebP, so that it does not say where it was taken. Raises
    `ValidationError`: `document_trop_lourd`, `document_refuse`, `macro`, or those of
    `ecms.images.reencode`.
    """
    if not upload.size:
        raise _refused(_("Ce fichier est vide."))
    if upload.size > settings.DOCUMENT_MAX_BYTES:
        raise ValidationError(
            _("Ce fichier est trop lourd : %(limite)s Mo au plus."),
            code="document_trop_lourd",
            params={"limite": f"{settings.DOCUMENT_MAX_BYTES / 2**20:.3g}"},
        )
    stem, extension = _name_of(upload)
    if _starts_as_image(upload):
        image = reencode(upload)
        if extension not in {"", "jpg", "jpeg", "jpe", "jfif", "png", "webp"}:
            raise _disagrees()
        return _inspected(image, stem, "webp", "image/webp")
    kind = _sniffed(upload)
    extensions, types = KINDS[kind]
    if extension not in {"", *extensions} or _declared(upload) not in {*types, *UNDECLARED}:
        raise _disagrees()
    upload.name = f"document.{kind}"
    return _inspected(upload, stem, kind, types[0])


def clean_name(name: str) -> str:
    """The last part of a client's file name, without what hides or steers: control and bidi
    characters, blanks at its ends. "" when nothing is left."""
    name = re.split(r"[/\\]", unicodedata.normalize("NFC", name or ""))[-1]
    visible = "".join(c for c in name if unicodedata.category(c)[0] != "C" or c in "\t\n\r")
    return " ".join(visible.split()).strip(" ")


def _name_of(upload) -> tuple[str, str]:
    """Stem and extension; a name that has no extension is refused, none at all is not."""
    name = clean_name(upload.name)
    if not name.strip("."):
        return "", ""
    stem, dot, extension = name.rpartition(".")
    if not dot or not extension:
        raise _disagrees()
    return stem.strip(" ."), extension.lower()


def _inspected(file, stem: str, extension: str, type_mime: str) -> Inspected:
    digest, size = hashlib.sha256(), 0
    for block in file.chunks():
        digest.update(block)
        size += len(block)
    file.seek(0)
    room = NAME_AT_MOST - len(extension) - 1
    nom = f"{stem[:room].rstrip(' .') or 'document'}.{extension}"
    return Inspected(file, nom, type_mime, size, digest.hexdigest())


def _declared(upload) -> str:
    return (getattr(upload, "content_type", None) or "").split(";")[0].strip().lower()


def _start(upload, size: int) -> bytes:
    upload.seek(0)
    return upload.read(size)


def _end(upload, size: int) -> bytes:
    upload.seek(max(0, upload.size - size))
    return upload.read(size)


def _starts_as_image(upload) -> bool:
    start = _start(upload, 16)
    return any(start.startswith(signature) for signature, *_rest in READERS)


def _sniffed(upload) -> str:
    """The kind of a document, by its content."""
    start = _start(upload, 8)
    if start.startswith(b"%PDF-"):
        return _pdf(upload)
    if start.startswith(ZIP_START):
        return _office(upload)
    return _csv(upload)


def _pdf(upload) -> str:
    end = _end(upload, BLOCK)
    # An archive's readers start from its end: what also is one is two files in one.
    if b"%%EOF" not in end[-2048:] or ZIP_END in end:
        raise _refused(_("Ce PDF n'est pas lisible ou contient un autre fichier."))
    return "pdf"


def _csv(upload) -> str:
    content = _start(upload, settings.DOCUMENT_MAX_BYTES + 1)
    text = _decoded(content)
    if text is None or CONTROLS.search(text) or MARKUP.search(text):
        raise _refused()
    return "csv"


def _decoded(content: bytes) -> str | None:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _office(upload) -> str:
    """Look into an archive without believing it: what it declares is bounded before anything is
    unpacked, and nothing more than declared is."""
    _check_directory(upload)
    upload.seek(0)
    try:
        with closing(zipfile.ZipFile(upload.file)) as archive:
            return _kind_of(archive, upload.size)
    except ZIP_ERRORS:
        raise _refused(_("Ce document est endommagé ou protégé par un mot de passe.")) from None


def check_archive(upload) -> None:
    """Check a ZIP that is about to be unpacked: bounded, whole, and nothing in it leads outside.
    Raises `ValidationError`."""
    _check_directory(upload)
    upload.seek(0)
    try:
        with closing(zipfile.ZipFile(upload.file)) as archive:
            _checked_names(archive, upload.size)
            _check_content(archive)
    except ZIP_ERRORS:
        raise _refused(_("Ce document est endommagé ou protégé par un mot de passe.")) from None


def _check_directory(upload) -> None:
    """The directory of the archive ends the file, and is small enough to be read."""
    end = _end(upload, ZIP_END_SIZE)
    if len(end) < ZIP_END_SIZE or not end.startswith(ZIP_END):
        raise _refused()
    entries = int.from_bytes(end[10:12], "little")
    size = int.from_bytes(end[12:16], "little")
    if entries > ENTRIES_AT_MOST or size > DIRECTORY_AT_MOST:
        raise _bomb()


def _kind_of(archive: zipfile.ZipFile, size: int) -> str:
    names = _checked_names(archive, size)
    kind = _office_kind(archive, names)
    _check_content(archive)
    return kind


def _checked_names(archive: zipfile.ZipFile, size: int) -> list[str]:
    entries = archive.infolist()
    _check_amounts(entries, size)
    names = [entry.filename for entry in entries]
    if len(set(names)) < len(names) or not all(_is_inside(name) for name in names):
        raise _refused()
    return names


def _check_content(archive: zipfile.ZipFile) -> None:
    """Reads all of it: a wrong checksum, a wrong size, a password."""
    if archive.testzip() is not None:
        raise _refused(_("Ce document est endommagé ou protégé par un mot de passe."))


def _check_amounts(entries: list[zipfile.ZipInfo], size: int) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > ENTRIES_AT_MOST or unpacked > UNPACKED_AT_MOST:
        raise _bomb()
    if unpacked > max(UNPACKED_ANYWAY, RATIO_AT_MOST * size):
        raise _bomb()
    # Entries that overlap unpack the same bytes many times.
    if sum(entry.compress_size for entry in entries) > size:
        raise _bomb()
    methods = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
    if not entries or min(entry.header_offset for entry in entries) != 0:
        raise _refused()
    if any(entry.compress_type not in methods for entry in entries):
        raise _refused()


def _is_inside(name: str) -> bool:
    path = PurePosixPath(name)
    hostile = "\\" in name or ":" in name.split("/")[0] or CONTROLS.search(name)
    return bool(name) and not hostile and not path.is_absolute() and ".." not in path.parts


def _office_kind(archive: zipfile.ZipFile, names: list[str]) -> str:
    if any(MACROS.search(name) for name in names):
        raise _macro()
    if "mimetype" in names:
        declared = _member(archive, "mimetype").strip().decode("ascii")
        kinds = {types[0]: kind for kind, (_e, types) in KINDS.items() if kind in {"odt", "ods"}}
        if declared in kinds and "content.xml" in names:
            return kinds[declared]
        raise _refused()
    if "[Content_Types].xml" not in names:
        raise _refused()
    if b"macroenabled" in _member(archive, "[Content_Types].xml").replace(b"\0", b"").lower():
        raise _macro()
    for kind, folder in (("docx", "word/"), ("xlsx", "xl/")):
        if any(name.startswith(folder) for name in names):
            return kind
    raise _refused()


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as member:
        return member.read(DIRECTORY_AT_MOST)


def _refused(message: str = "") -> ValidationError:
    return ValidationError(
        message
        or _(
            "Ce fichier n'est pas un document accepté : PDF, ODT, ODS, DOCX, XLSX, CSV, "
            "JPEG, PNG ou WebP."
        ),
        code="document_refuse",
    )


def _disagrees() -> ValidationError:
    return _refused(_("Le nom ou le type de ce fichier ne correspond pas à son contenu."))


def _bomb() -> ValidationError:
    return _refused(_("Ce document se décompresse en trop de données."))


def _macro() -> ValidationError:
    return ValidationError(
        _("Ce document contient des macros : enregistrez-le sans elles."), code="macro"
    )


def deliver(
    request, file, *, nom: str, type_mime: str = "", sha256: str = "", cache="private, no-store"
) -> HttpResponse:
    """Answer with a stored file, as a download that no browser will run.

    Serves GET and HEAD, one `Range` (RFC 9110), `If-Range` and `If-None-Match`; several ranges
    are answered with the whole file, as the RFC allows. `file` is a model's file of any storage;
    with `X_ACCEL_PREFIX` the proxy sends what lies in `PRIVATE_ROOT`, under the same headers.
    Raises `Http404` when the storage has lost it.
    """
    # Stored names are random and never used again: they are as good as a checksum.
    etag = f'"{sha256 or hashlib.sha256(file.name.encode()).hexdigest()}"'
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        return _labelled(HttpResponse(status=304), nom, type_mime, etag, cache)
    try:
        size = file.storage.size(file.name)
        asked = _asked_range(request, size, etag)
        if asked and asked[0] >= asked[1]:
            return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
        start, stop = asked or (0, size)
        response = _body(request, file, start, stop)
    except FileNotFoundError as error:
        raise Http404 from error
    if X_ACCEL not in response:
        response["Content-Length"] = str(stop - start)
    response["Accept-Ranges"] = "bytes"
    if asked:
        response.status_code = 206
        response["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
    return _labelled(response, nom, type_mime, etag, cache)


def type_of(nom: str) -> str:
    """The type of a file of ours, by the extension that it was given when it was checked."""
    extension = nom.rpartition(".")[2]
    return "image/webp" if extension == "webp" else KINDS[extension][1][0]


def begins(response) -> bool:
    """Whether an answer of `deliver` starts a download, rather than going on with one."""
    return response.status_code == 200 or (
        response.status_code == 206 and response["Content-Range"].startswith("bytes 0-")
    )


def attachment(nom: str) -> str:
    """A Content-Disposition that every browser reads (RFC 6266): a plain name, then the real."""
    plain = unicodedata.normalize("NFKD", nom).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^ !#-\[\]-~]|%", "_", plain)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(nom, safe='')}"


def _labelled(response: HttpResponse, nom: str, type_mime: str, etag: str, cache: str):
    known = type_mime if type_mime in DELIVERED else "application/octet-stream"
    response["Content-Type"] = known
    response["Content-Disposition"] = attachment(nom)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = cache
    response["ETag"] = etag
    return response


def _asked_range(request, size: int, etag: str) -> tuple[int, int] | None:
    """The bytes asked for, as a half-open range: empty when there are none, None for all."""
    asked = RANGE.fullmatch(request.headers.get("Range", "").strip())
    if request.method != "GET" or not asked or asked.groups() == ("", ""):
        return None
    # A part is only good with the rest of the same file; a date is never the same.
    if request.headers.get("If-Range", etag).strip() != etag:
        return None
    first, last = asked.groups()
    if not first:
        return (max(0, size - int(last)), size) if int(last) else (size, size)
    if last and int(last) < int(first):
        return None
    return int(first), min(int(last) + 1, size) if last else size


def _body(request, file, start: int, stop: int) -> HttpResponse:
    if settings.X_ACCEL_PREFIX and isinstance(file.storage, PrivateStorage):
        # The proxy sends the same part of the file: it reads the same headers of the request.
        return HttpResponse(headers={X_ACCEL: settings.X_ACCEL_PREFIX + quote(file.name)})
    if request.method == "HEAD":
        return HttpResponse()
    return StreamingHttpResponse(_part(file, start, stop))


def _part(file, start: int, stop: int) -> Iterator[bytes]:
    """The bytes from `start` to `stop`, as they are sent: the file is opened with the first."""
    with file.storage.open(file.name, "rb") as opened:
        opened.seek(start)
        left = stop - start
        while left > 0 and (block := opened.read(min(BLOCK, left))):
            left -= len(block)
            yield block
