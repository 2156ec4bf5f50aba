"""Documents are believed on their content alone: the allow-list, and a corpus of hostile files."""

import io
import struct
import time
import tracemalloc
import zipfile

import pytest
from django.core.exceptions import ValidationError
from PIL import Image

from ecms.tests.files import (
    ODF,
    OOXML,
    photo,
    pixel_bomb,
    small_docx,
    small_odf,
    small_pdf,
    small_xlsx,
    upload,
    zipped,
)
from ecms.uploads import NAME_AT_MOST, inspect_document

CSV = "Poste;Montant\r\nVoirie;1 000 000\r\nÉcole <10 places>;5\r\n"
WORD, SHEET = f"{OOXML}.wordprocessingml.document", f"{OOXML}.spreadsheetml.sheet"


def png(size=(20, 20)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "declared", "type_mime"),
    [
        ("a.pdf", small_pdf(), "application/pdf", "application/pdf"),
        ("A.PDF", small_pdf(), "", "application/pdf"),
        ("a.docx", small_docx(), WORD, WORD),
        ("a.docx", small_docx(), "application/octet-stream", WORD),
        ("a.xlsx", small_xlsx(), SHEET, SHEET),
        ("a.odt", small_odf(), f"{ODF}.text", f"{ODF}.text"),
        ("a.ods", small_odf("spreadsheet"), f"{ODF}.spreadsheet", f"{ODF}.spreadsheet"),
        ("a.csv", CSV.encode(), "text/csv; charset=utf-8", "text/csv"),
        ("a.csv", CSV.encode("utf-8-sig"), "application/vnd.ms-excel", "text/csv"),
        ("a.csv", CSV.encode("cp1252"), "text/plain", "text/csv"),
        ("a.jpg", photo((30, 20)), "image/jpeg", "image/webp"),
        ("a.jpeg", photo((30, 20)), "", "image/webp"),
        ("a.png", png(), "image/png", "image/webp"),
    ],
)
def test_the_allow_list(name, content, declared, type_mime):
    found = inspect_document(upload(content, name, declared))
    assert found.type_mime == type_mime
    assert found.taille == len(found.file.read())
    assert found.nom.startswith(name[0])
    assert len(found.sha256) == 64


def with_entries(n: int) -> bytes:
    return small_docx(**{f"word/{i}.xml": b"" for i in range(n)})


def zip_bomb() -> bytes:
    return small_docx(**{f"word/media/{n}.xml": bytes(30_000_000) for n in range(4)})


def lying_bomb() -> bytes:
    """60 MB that its directory declares as 10 bytes."""
    content = bytearray(small_docx(**{"word/a.xml": bytes(60_000_000)}))
    for signature, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = content.rfind(signature) + offset
        content[at : at + 4] = struct.pack("<I", 10)
    return bytes(content)


def overlapping() -> bytes:
    """Several entries of the directory that unpack one and the same member."""
    content = small_docx(**{"word/a.xml": bytes(1_000)})
    end = content.rfind(b"PK\x05\x06")
    (start,) = struct.unpack("<I", content[end + 16 : end + 20])
    last = content[content.rfind(b"PK\x01\x02") : end]
    more = b"".join(last.replace(b"word/a.xml", f"word/{n}.xml".encode()) for n in "bcdefghijk")
    directory = content[start:end] + more
    count = struct.pack("<HH", 13, 13)
    size = struct.pack("<II", len(directory), start)
    return content[:start] + directory + content[end : end + 8] + count + size + b"\0\0"


def encrypted() -> bytes:
    content = bytearray(small_docx())
    for signature, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        content[content.find(signature) + offset] |= 1
    return bytes(content)


def symlinked() -> bytes:
    buffer = io.BytesIO(small_docx())
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("../../etc/cron.d/x", b"x")
    return buffer.getvalue()


def duplicated() -> bytes:
    buffer = io.BytesIO(small_docx())
    with zipfile.ZipFile(buffer, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("word/document.xml", b"<other/>")
    return buffer.getvalue()


MACRO_TYPES = b"<Types><Override ContentType='application/vnd.ms-word.document.macroEnabled'/>"
HOSTILE = {
    "executable as pdf": ("a.pdf", b"MZ\x90\x00" + bytes(200)),
    "executable as png": ("a.png", b"\x7fELF" + bytes(200)),
    "executable as csv": ("a.csv", b"MZ\x90\x00" + bytes(200)),
    "executable": ("a.exe", b"MZ\x90\x00" + bytes(200)),
    "script as csv": ("a.csv", b"#!/bin/sh\nrm -rf /\n"),
    "php as csv": ("a.csv", b"a;b\n<?php system($_GET['c']);"),
    "php": ("a.php", b"<?php system($_GET['c']);"),
    "html": ("a.html", b"<html><script>alert(1)</script>"),
    "html as csv": ("a.csv", b"\n <HTML><script>alert(1)</script>"),
    "script in csv": ("a.csv", b"a;b\n<ScRipt src=//x></script>;2"),
    "html as pdf": ("a.pdf", b"<html>%PDF-1.4\n%%EOF"),
    "svg": ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
    "svg as csv": ("a.csv", b"<?xml version='1.0'?><svg onload='alert(1)'/>"),
    "svg as png": ("a.png", b"<svg onload='alert(1)'/>"),
    "utf-16 html as csv": ("a.csv", "<script>alert(1)</script>".encode("utf-16")),
    "nul in csv": ("a.csv", b"a;b\n1;\0"),
    "binary as csv": ("a.csv", bytes(range(256))),
    "text as txt": ("a.txt", b"a;b"),
    "pdf and zip": ("a.pdf", small_pdf() + zipped({"evil.js": b"alert(1)"}) + b"\n%%EOF"),
    "zip and pdf": ("a.docx", small_docx() + small_pdf()),
    "zip behind html": ("a.docx", b"<script>alert(1)</script>" + small_docx()),
    "two zips": ("a.docx", zipped({"a": b""}) + small_docx()),
    "zip behind gif": ("a.docx", b"GIF89a" + small_docx()),
    "cut pdf": ("a.pdf", small_pdf()[:100]),
    "pdf behind blanks": ("a.pdf", b"\n\n" + small_pdf()),
    "postscript": ("a.pdf", b"%!PS-Adobe-3.0\n%%EOF"),
    "png as jpg with wrong end": ("a.pdf", png()),
    "pdf as docx": ("a.docx", small_pdf()),
    "docx as pdf": ("a.pdf", small_docx()),
    "docx as xlsx": ("a.xlsx", small_docx()),
    "odt as docx": ("a.docx", small_odf()),
    "odp as odt": ("a.odt", small_odf("presentation")),
    "zip as docx": ("a.docx", zipped({"a.txt": b"a"})),
    "jar as docx": ("a.docx", zipped({"META-INF/MANIFEST.MF": b"", "A.class": b""})),
    "empty zip": ("a.docx", b"PK\x05\x06" + bytes(18)),
    "cut docx": ("a.docx", small_docx()[:-30]),
    "damaged docx": ("a.docx", small_docx().replace(b"<w:", b"<x:")[:60] + small_docx()[61:]),
    "password": ("a.docx", encrypted()),
    "macro": ("a.docx", small_docx(**{"word/vbaProject.bin": b"x"})),
    "macro, capitals": ("a.docx", small_docx(**{"word/VBAPROJECT.BIN": b"x"})),
    "macro type": ("a.docx", zipped({"[Content_Types].xml": MACRO_TYPES, "word/a": b""})),
    "docm": ("a.docm", small_docx()),
    "odf macro": ("a.odt", zipped({"mimetype": f"{ODF}.text".encode(), "content.xml": b"",
                                    "Basic/Standard/x.xml": b""})),
    "outside": ("a.docx", symlinked()),
    "absolute": ("a.docx", small_docx(**{"/etc/passwd": b""})),
    "backslash": ("a.docx", small_docx(**{"word\\..\\..\\a": b""})),
    "twice": ("a.docx", duplicated()),
    "bomb": ("a.docx", zip_bomb()),
    "lying bomb": ("a.docx", lying_bomb()),
    "overlapping": ("a.docx", overlapping()),
    "2,100 entries": ("a.docx", with_entries(2_100)),
    "100,000 entries": ("a.docx", with_entries(100_000)),
    "pixel bomb": ("a.png", pixel_bomb()),
    "empty": ("a.pdf", b""),
    "no extension": ("budget", small_pdf()),
    "double extension": ("a.pdf.exe", small_pdf()),
    "dot at the end": ("a.pdf.", small_pdf()),
    "extension behind NUL": ("a.exe\0.pdf", b"MZ"),
    "reversed": ("a\u202efdp.exe", small_pdf()),
}  # fmt: skip


@pytest.mark.parametrize(("name", "content"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_files(name, content):
    tracemalloc.start()
    start = time.perf_counter()
    with pytest.raises(ValidationError):
        inspect_document(upload(content, name))
    assert time.perf_counter() - start < 2
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 60_000_000


@pytest.mark.parametrize(
    ("name", "content", "declared"),
    [
        ("a.pdf", small_pdf(), "text/html"),
        ("a.pdf", small_pdf(), "image/png"),
        ("a.png", png(), "application/pdf"),
        ("a.csv", CSV.encode(), "text/html"),
        ("a.docx", small_docx(), "application/vnd.ms-word.document.macroEnabled.12"),
    ],
)
def test_the_wrong_declared_type(name, content, declared):
    with pytest.raises(ValidationError):
        inspect_document(upload(content, name, declared))


def test_too_large(settings):
    settings.DOCUMENT_MAX_BYTES = len(small_pdf()) - 1
    with pytest.raises(ValidationError) as caught:
        inspect_document(upload(small_pdf(), "a.pdf"))
    assert caught.value.code == "document_trop_lourd"
    settings.DOCUMENT_MAX_BYTES += 1
    assert inspect_document(upload(small_pdf(), "a.pdf"))


def test_a_photo_does_not_say_where_it_was_taken():
    found = inspect_document(upload(photo() + b"<script>PK\x03\x04", "IMG_1.JPG", "image/jpeg"))
    content = found.file.read()
    assert found.nom == "IMG_1.webp"
    assert content.startswith(b"RIFF")
    assert not dict(Image.open(io.BytesIO(content)).getexif())
    assert b"Mvog-Ada" not in content
    assert b"<script>" not in content


def named(name: str) -> str:
    file = upload(small_pdf(), "x.pdf")
    # As hostile as it comes, whatever Django has already taken away.
    file._name = name
    return inspect_document(file).nom


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Arrêté n° 7.pdf", "Arrêté n° 7.pdf"),
        ("Arre\u0302te\u0301.pdf", "Arrêté.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Temp\\budget.pdf", "budget.pdf"),
        ("a\0b.pdf", "ab.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "a Set-Cookie: x.pdf"),
        ("facture\u202efdp.pdf", "facturefdp.pdf"),
        ("\u2066a\u2069\u200b.pdf", "a.pdf"),
        ("a.exe.pdf", "a.exe.pdf"),
        (".pdf", "document.pdf"),
        ("../", "document.pdf"),
        ("..", "document.pdf"),
        ("\u202e", "document.pdf"),
        ("A.PDF", "A.pdf"),
        ("é" * 300 + ".pdf", "é" * (NAME_AT_MOST - 4) + ".pdf"),
    ],
)
def test_names_are_data(name, kept):
    assert named(name) == kept
