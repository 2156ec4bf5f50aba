"""Private files that a view released, public ones, and what is nobody's."""

import gzip

import pytest

from documents.models import DocumentOfficiel
from documents.tests.factories import DocumentOfficielFactory
from ecms.tests.files import small_pdf
from ecms.tests.proxied.site import (
    problem,
    project_files,
)

pytestmark = [pytest.mark.proxied, pytest.mark.django_db(transaction=True)]
PDF = small_pdf()


def address(document: DocumentOfficiel) -> str:
    return f"/api/v1/documents-officiels/{document.pk}/fichier"


def test_a_released_file(site, document):
    answer = site.ask("GET", address(document), Origin="https://yourdomain.com")
    assert (answer.status, answer.body) == (200, PDF)
    told = answer.headers
    assert told["Content-Type"] == "application/pdf"
    assert told["Content-Length"] == str(len(PDF))
    assert told["Content-Disposition"].endswith("''Arr%C3%AAt%C3%A9%20n%C2%B0%207.pdf")
    assert told["Cache-Control"] == "private, no-store"
    assert told["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert told["ETag"] == f'"{"a" * 64}"'
    assert told["Accept-Ranges"] == "bytes"
    assert told["Last-Modified"] is None
    assert told["X-Accel-Redirect"] is None
    assert told["Access-Control-Allow-Origin"] == "https://yourdomain.com"
    assert told["Strict-Transport-Security"].startswith("max-age=31536000")
    for name in ("X-Content-Type-Options", "X-Request-ID", "Referrer-Policy"):
        assert len(told.get_all(name)) == 1
    logged = sum(web.served("documents-officiels") for web in site.webs)
    assert logged, "the view decided"


def test_parts_of_a_released_file(site, document):
    url, size = address(document), len(PDF)
    part = site.ask("GET", url, Range="bytes=10-19")
    assert (part.status, part.body) == (206, PDF[10:20])
    assert part.headers["Content-Range"] == f"bytes 10-19/{size}"
    assert part.headers["Content-Security-Policy"].startswith("sandbox")
    assert site.ask("GET", url, Range="bytes=-7").body == PDF[-7:]
    right = site.ask("GET", url, Range="bytes=0-9", If_Range=f'"{"a" * 64}"')
    assert (right.status, right.body) == (206, PDF[:10])
    for otherwise in ({"If_Range": '"other"'}, {"If_Range": "Sat, 01 Jan 2050 00:00:00 GMT"}):
        assert site.ask("GET", url, Range="bytes=0-9", **otherwise).body == PDF
    assert site.ask("GET", url, Range="bytes=0-1,5-6").body == PDF
    beyond = site.ask("GET", url, Range=f"bytes={size}-")
    problem(beyond, 416, "plage_absente")
    head = site.ask("HEAD", url)
    assert (head.status, head.headers["Content-Length"], head.body) == (200, str(size), b"")
    known = site.ask("GET", url, If_None_Match=f'"{"a" * 64}"')
    assert (known.status, known.body) == (304, b"")
    dated = site.ask("GET", url, If_Modified_Since="Sat, 01 Jan 2050 00:00:00 GMT")
    assert dated.status == 200


def test_a_file_that_is_not_released(site, document, yaounde):
    with project_files(site):
        draft = DocumentOfficielFactory(mairie=yaounde)
    problem(site.ask("GET", address(draft)), 404, "introuvable")


def test_private_files_have_no_address(site, document):
    name = document.fichier.name
    assert (site.proxy.folder / "srv" / "private" / name).is_file()
    for path in (
        f"/_prive/{name}",
        f"/private/{name}",
        f"/media/../private/{name}",
        f"/media/%2e%2e/private/{name}",
        f"/media..%2fprivate/{name}",
        f"/media../private/{name}",
        f"/static../private/{name}",
        f"/_prive/%2e%2e/private/{name}",
    ):
        answer = site.ask("GET", path)
        assert answer.status in {400, 404}, path
        assert PDF not in answer.body
    # Nor does a client say what nginx is to send.
    told = site.ask("GET", "/api/v1/mairies", X_Accel_Redirect=f"/_prive/{name}")
    assert PDF not in told.body


@pytest.mark.parametrize(
    "path",
    ["/.env", "/.git/config", "/backup.sql", "/ecms/settings.py~", "/db.sqlite3", "/media/.env",
     "/static/.git/config", "/admin/.env", "/api/.env", "/health/ready.bak", "/ecms.log"],
)  # fmt: skip
def test_stray_files(site, path):
    folder = site.proxy.folder / "srv" / path.split("/")[1]
    if path.startswith(("/media", "/static")):
        (site.proxy.folder / "srv" / path.lstrip("/")).parent.mkdir(parents=True, exist_ok=True)
        (site.proxy.folder / "srv" / path.lstrip("/")).write_text("SECRET_KEY=x", encoding="utf-8")
    assert site.ask("GET", path).status in {302, 404}, folder
    assert b"SECRET_KEY" not in site.ask("GET", path).body


def test_public_media(site):
    folder = site.proxy.folder / "srv" / "media" / "documents"
    folder.mkdir(parents=True)
    (folder / "a.webp").write_bytes(b"RIFF")
    (folder / "a.html").write_bytes(b"<script>")
    image = site.ask("GET", "/media/documents/a.webp")
    assert (image.status, image.headers["Content-Type"]) == (200, "image/webp")
    assert image.headers["X-Content-Type-Options"] == "nosniff"
    assert "immutable" in image.headers["Cache-Control"]
    page = site.ask("GET", "/media/documents/a.html")
    assert page.headers["Content-Type"] == "application/octet-stream"
    assert page.headers["Content-Security-Policy"].startswith("sandbox")
    assert site.ask("GET", "/media/documents/").status in {403, 404}
    assert site.ask("POST", "/media/documents/a.webp", b"x").status in {403, 405}


def test_static_files(site):
    folder = site.proxy.folder / "srv" / "static"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "a.0123456789ab.css").write_bytes(b"body{}")
    (folder / "a.0123456789ab.css.gz").write_bytes(gzip.compress(b"body{}"))
    (folder / "a.css").write_bytes(b"body{}")
    hashed = site.ask("GET", "/static/a.0123456789ab.css", Accept_Encoding="gzip")
    assert gzip.decompress(hashed.body) == b"body{}"
    assert "immutable" in hashed.headers["Cache-Control"]
    assert hashed.headers["X-Content-Type-Options"] == "nosniff"
    assert site.ask("GET", "/static/a.css").headers["Cache-Control"] == "public, max-age=3600"
    # What was not gathered here is the application's.
    assert site.ask("GET", "/static/unfold/css/styles.css").status == 200
    assert site.ask("GET", "/static/nothing.css").status == 404
