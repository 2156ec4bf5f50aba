"""What is refused leaves nothing behind: neither a row nor a file."""

import errno
import os
import subprocess

import pytest
from django.core.files.storage import storages

from documents.models import DocumentOfficiel
from documents.tests.factories import DocumentOfficielFactory
from ecms.files import PrivateStorage
from ecms.tests.files import files_in, photo, pixel_bomb, small_docx, small_pdf, upload

URL = "/api/v1/documents-officiels"
SENT = {"titre": "Budget", "annee": 2026}

pytestmark = pytest.mark.django_db


def post(client, name, content, declared="", **changes):
    body = {**SENT, **changes, "fichier": upload(content, name, declared)}
    return client.post(URL, body, format="multipart")


@pytest.mark.parametrize(
    ("name", "content", "declared"),
    [
        ("a.pdf", b"MZ\x90\x00" + bytes(500), "application/pdf"),
        ("a.svg", b"<svg onload='alert(1)'/>", "image/svg+xml"),
        ("a.html", b"<script>alert(1)</script>", "text/html"),
        ("a.csv", b"<script>alert(1)</script>", "text/csv"),
        ("a.pdf.exe", small_pdf(), "application/pdf"),
        ("a.pdf", small_pdf(), "text/html"),
        ("a.docx", small_docx(**{"word/vbaProject.bin": b"x"}), ""),
        ("a.docx", small_docx(**{"word/a.xml": bytes(120_000_000)}), ""),
        ("a.png", pixel_bomb(), "image/png"),
    ],
)
def test_a_refused_file(api, awa, settings, name, content, declared):
    answer = post(api(awa), name, content, declared)
    assert answer.status_code == 400, answer.json()
    assert list(answer.json()["fields"]) == ["fichier"]
    assert not DocumentOfficiel.objects.exists()
    assert files_in(settings.PRIVATE_ROOT) == files_in(settings.MEDIA_ROOT) == []


def test_a_refused_row_or_change(api, awa, settings, yaounde, douala):
    theirs = DocumentOfficielFactory(mairie=douala, publie=True)
    before = files_in(settings.PRIVATE_ROOT)
    refused = post(api(awa), "a.pdf", small_pdf(), remplace_par=theirs.pk)
    assert list(refused.json()["fields"]) == ["remplace_par"]
    assert files_in(settings.PRIVATE_ROOT) == before
    row = DocumentOfficielFactory(mairie=yaounde)
    before = files_in(settings.PRIVATE_ROOT)
    body = {"fichier": upload(photo(), "a.jpg"), "remplace_par": row.pk}
    assert api(awa).patch(f"{URL}/{row.pk}", body, format="multipart").status_code == 400
    assert files_in(settings.PRIVATE_ROOT) == before


def test_a_client_of_the_wrong_size(api, awa, settings):
    settings.DOCUMENT_MAX_BYTES = 100
    answer = post(api(awa), "a.pdf", small_pdf())
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["fichier"])
    settings.MAX_UPLOAD_BYTES = 200
    assert post(api(awa), "a.pdf", small_pdf()).status_code == 413


# A full disk --------------------------------------------------------------------------------------


class FullStorage(PrivateStorage):
    """A disk that is full after the first bytes of a file."""

    def _open_and_fill(self, name):
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(b"%PDF")

    def save(self, name, content, max_length=None):
        self._open_and_fill(name)
        try:
            raise OSError(errno.ENOSPC, "No space left on device")
        finally:
            self.delete(name)


def check_full(client, settings, big: bytes):
    answer = post(client, "a.csv", big, "text/csv")
    assert answer.status_code == 507
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "espace_insuffisant"
    assert not DocumentOfficiel.objects.exists()
    assert files_in(settings.PRIVATE_ROOT) == []


def test_a_storage_that_is_full(api, awa, settings, monkeypatch):
    monkeypatch.setitem(storages._storages, "private", FullStorage())
    monkeypatch.setattr(DocumentOfficiel._meta.get_field("fichier"), "storage", storages["private"])
    check_full(api(awa), settings, b"a;b\n" * 10)


@pytest.fixture
def tiny_disk(tmp_path, settings):
    folder = tmp_path / "tiny"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("No right to mount a file system here.")
    settings.PRIVATE_ROOT = folder
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("size", [200_000, 4_000_000], ids=["in memory", "in a temporary file"])
def test_a_disk_that_is_full(api, awa, settings, tiny_disk, size):
    check_full(api(awa), settings, b"Voirie;1000\n" * (size // 12))
    assert post(api(awa), "a.pdf", small_pdf()).status_code == 201


def test_a_disk_that_is_full_is_told_in_the_admin(client, awa, settings, tiny_disk):
    client.force_login(awa)
    body = {**SENT, "type": "budget", "fichier": upload(b"a;b\n" * 50_000, "a.csv", "text/csv")}
    body |= {"date_publication_0": "", "date_publication_1": "", "description": ""}
    answer = client.post("/admin/documents/documentofficiel/add/", body)
    assert answer.status_code == 200
    assert "plus de place" in str(answer.context["errors"])
    assert not DocumentOfficiel.objects.exists()
    assert files_in(settings.PRIVATE_ROOT) == []
