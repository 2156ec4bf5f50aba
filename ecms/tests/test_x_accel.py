"""A file that a view has released and the proxy sends: the application says which, and no bytes."""

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage

from documents.tests.factories import DocumentOfficielFactory
from ecms.checks import accelerated_prefix
from ecms.files import private_storage
from ecms.models import PendingHit
from ecms.tests.files import files_in, small_pdf

pytestmark = pytest.mark.django_db
SIZE = len(small_pdf())


@pytest.fixture
def prefix(settings):
    settings.X_ACCEL_PREFIX = "/_prive/"


@pytest.fixture
def document(yaounde):
    return DocumentOfficielFactory(
        mairie=yaounde, publie=True, nom_original="Arrêté n° 7.pdf", sha256="a" * 64
    )


@pytest.fixture
def url(document):
    return f"/api/v1/documents-officiels/{document.pk}/fichier"


def test_it_works(prefix, api, document, url):
    answer = api().get(url)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer["X-Accel-Redirect"] == f"/_prive/{document.fichier.name}"
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment; filename=")
    assert answer["Content-Security-Policy"].startswith("sandbox")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["ETag"] == f'"{"a" * 64}"'
    # The length of nothing: the proxy knows that of the file.
    assert answer["Content-Length"] == "0"


def test_off_by_default(api, url):
    answer = api().get(url)
    assert "X-Accel-Redirect" not in answer
    assert answer.getvalue() == small_pdf()


@pytest.mark.parametrize(
    ("asked", "counted"), [("bytes=0-9", 1), (f"bytes={SIZE - 5}-", 0), ("bytes=x", 1)]
)
def test_a_download_is_counted_once(prefix, api, url, asked, counted):
    """The parts are the proxy's, but which of them begins is still the application's to know."""
    answer = api().get(url, headers={"Range": asked})
    assert "X-Accel-Redirect" in answer
    assert PendingHit.objects.count() == counted


def test_what_needs_no_file_is_answered_at_once(prefix, api, url):
    known = api().get(url, headers={"If-None-Match": f'"{"a" * 64}"'})
    assert (known.status_code, "X-Accel-Redirect" in known) == (304, False)
    beyond = api().get(url, headers={"Range": f"bytes={SIZE}-"})
    assert (beyond.status_code, "X-Accel-Redirect" in beyond) == (416, False)


def test_head(prefix, api, url):
    answer = api().head(url)
    assert "X-Accel-Redirect" in answer
    assert not PendingHit.objects.exists()


def test_a_file_that_was_lost(prefix, api, document, url):
    document.fichier.storage.delete(document.fichier.name)
    answer = api().get(url)
    assert (answer.status_code, "X-Accel-Redirect" in answer) == (404, False)


def test_nobody_else_is_released_anything(prefix, api, yaounde):
    draft = DocumentOfficielFactory(mairie=yaounde)
    answer = api().get(f"/api/v1/documents-officiels/{draft.pk}/fichier")
    assert (answer.status_code, "X-Accel-Redirect" in answer) == (404, False)


@pytest.mark.parametrize(("value", "mode"), [("", 0o600), ("/_prive/", 0o640)])
def test_the_proxy_s_group_reads_what_the_proxy_sends(settings, value, mode):
    settings.X_ACCEL_PREFIX = value
    storage = private_storage()
    name = storage.save("essai/a.pdf", ContentFile(small_pdf()))
    assert (settings.PRIVATE_ROOT / name).stat().st_mode & 0o777 == mode
    assert files_in(settings.PRIVATE_ROOT)


@pytest.mark.parametrize("value", ["", "/_prive/"])
def test_a_prefix(settings, value):
    settings.X_ACCEL_PREFIX = value
    assert accelerated_prefix(None) == []


@pytest.mark.parametrize("value", ["_prive", "/", "/_prive", "https://x/", "/a/../", "/a\r\nb/"])
def test_no_prefix(settings, value):
    settings.X_ACCEL_PREFIX = value
    (error,) = accelerated_prefix(None)
    assert error.id == "ecms.E008"


def test_another_storage_sends_its_own(prefix, api, document, url, monkeypatch, tmp_path):
    """Files of a bucket are not where the proxy could find them."""
    other = FileSystemStorage(location=tmp_path / "bucket")
    other.save(document.fichier.name, ContentFile(small_pdf()))
    monkeypatch.setattr(type(document).fichier.field, "storage", other)
    answer = api().get(url)
    assert "X-Accel-Redirect" not in answer
    assert answer.getvalue() == small_pdf()
