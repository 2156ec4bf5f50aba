"""Files for the tests, as small as the real thing can be."""

import io
import zipfile
from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import ExifTags, Image


def small_pdf() -> bytes:
    """A PDF of one empty page that readers open without repairing it."""
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
    )
    body, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    return (
        body
        + b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table)
        + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(body))
    )


def photo(size=(1200, 800), *, colour="green") -> bytes:
    """A JPEG as a telephone makes it: it says where it was taken."""
    image, exif = Image.new("RGB", size, colour), Image.Exif()
    gps = {1: "N", 2: (3.0, 52.0, 0.0), 3: "E", 4: (11.0, 31.0, 0.0)}
    exif[ExifTags.IFD.GPSInfo] = gps
    exif[ExifTags.Base.ImageDescription] = "Mvog-Ada"
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", exif=exif)
    return buffer.getvalue()


def pixel_bomb() -> bytes:
    """A PNG of a few kilobytes that would be 169 million pixels."""
    buffer = io.BytesIO()
    Image.new("1", (13_000, 13_000)).save(buffer, "PNG")
    return buffer.getvalue()


def upload(content: bytes, name: str, content_type: str = "") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type or None)


def files_in(root) -> list[str]:
    """What lies under `root`, at any depth."""
    return sorted(path.name for path in Path(root).rglob("*") if path.is_file())


OOXML = "application/vnd.openxmlformats-officedocument"
ODF = "application/vnd.oasis.opendocument"


def zipped(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def small_docx(**others: bytes) -> bytes:
    """A text document, with what `others` puts besides."""
    types = f"<Types><Override ContentType='{OOXML}.wordprocessingml.document.main+xml'/></Types>"
    parts = {"[Content_Types].xml": types.encode(), "word/document.xml": b"<w:document/>"}
    return zipped(parts | others)


def small_xlsx() -> bytes:
    types = f"<Types><Override ContentType='{OOXML}.spreadsheetml.sheet.main+xml'/></Types>"
    return zipped({"[Content_Types].xml": types.encode(), "xl/workbook.xml": b"<workbook/>"})


def small_odf(kind: str = "text") -> bytes:
    return zipped({"mimetype": f"{ODF}.{kind}".encode(), "content.xml": b"<office:document/>"})
