"""The file of a document: whole or in part, under its name, counted once."""

import pytest

from documents.models import DocumentOfficiel
from documents.tests.factories import DocumentOfficielFactory
from ecms import hits
from ecms.models import PendingHit
from ecms.tests.files import files_in, small_pdf, upload
from ecms.tests.together import together

PDF = small_pdf()
SIZE = len(PDF)

pytestmark = pytest.mark.django_db


@pytest.fixture
def document(yaounde):
    return DocumentOfficielFactory(
        mairie=yaounde, publie=True, nom_original="Arrêté « n° 7 ».pdf", sha256="a" * 64
    )


@pytest.fixture
def url(document):
    return f"/api/v1/documents-officiels/{document.pk}/fichier"


def part(client, url, asked, **headers):
    return client.get(url, headers={"Range": asked, **headers})


def test_what_an_answer_says(api, url):
    answer = api().get(url)
    assert answer.status_code == 200
    assert answer.getvalue() == PDF
    told = answer.headers
    assert told["Content-Length"] == str(SIZE)
    assert told["Content-Type"] == "application/pdf"
    assert told["Accept-Ranges"] == "bytes"
    assert told["ETag"] == f'"{"a" * 64}"'
    assert told["X-Content-Type-Options"] == "nosniff"
    assert told["Content-Security-Policy"].startswith("sandbox")
    assert told["Cache-Control"] == "private, no-store"
    assert told["Content-Disposition"] == (
        'attachment; filename="Arrete  n 7 .pdf"; '
        "filename*=UTF-8''Arr%C3%AAt%C3%A9%20%C2%AB%20n%C2%B0%207%20%C2%BB.pdf"
    )


def test_head(api, url):
    answer = api().head(url)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["Content-Length"] == str(SIZE)
    assert not PendingHit.objects.exists()


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [
        ("bytes=0-", 0, SIZE),
        ("bytes=0-9", 0, 10),
        ("bytes=10-19", 10, 20),
        ("bytes=100-", 100, SIZE),
        ("bytes=-7", SIZE - 7, SIZE),
        ("bytes=-99999", 0, SIZE),
        (f"bytes={SIZE - 1}-99999999", SIZE - 1, SIZE),
        ("bytes=0-0", 0, 1),
    ],
)
def test_a_part(api, url, asked, start, stop):
    answer = part(api(), url, asked)
    assert answer.status_code == 206
    assert answer.getvalue() == PDF[start:stop]
    assert answer.headers["Content-Range"] == f"bytes {start}-{stop - 1}/{SIZE}"
    assert answer.headers["Content-Length"] == str(stop - start)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("asked", [f"bytes={SIZE}-", "bytes=999999-", "bytes=-0"])
def test_no_such_part(api, url, asked):
    answer = part(api(), url, asked)
    assert answer.status_code == 416
    assert answer.headers["Content-Range"] == f"bytes */{SIZE}"
    assert answer.json()["code"] == "plage_absente"
    assert not PendingHit.objects.exists()


@pytest.mark.parametrize(
    "asked",
    [
        "bytes=9-3",
        "bytes=0-1,5-9",
        "bytes=",
        "bytes=-",
        "octets=0-1",
        "bytes=a-b",
        "bytes=" + "9" * 99,
    ],
)
def test_what_is_no_range_is_the_whole(api, url, asked):
    answer = part(api(), url, asked)
    assert answer.status_code == 200
    assert answer.getvalue() == PDF


def test_a_part_of_what_has_changed_is_the_whole(api, url):
    same = part(api(), url, "bytes=5-9", **{"If-Range": f'"{"a" * 64}"'})
    assert (same.status_code, same.getvalue()) == (206, PDF[5:10])
    for tag in ('"b"', f'W/"{"a" * 64}"', "Wed, 21 Oct 2026 07:28:00 GMT"):
        answer = part(api(), url, "bytes=5-9", **{"If-Range": tag})
        assert (answer.status_code, answer.getvalue()) == (200, PDF)


def test_what_is_known_is_not_sent_again(api, url):
    answer = api().get(url, headers={"If-None-Match": f'"{"a" * 64}"'})
    assert (answer.status_code, answer.content) == (304, b"")
    assert not PendingHit.objects.exists()


def test_a_lost_file_is_not_found(api, document, url):
    document.fichier.storage.delete(document.fichier.name)
    for answer in (api().get(url), api().head(url)):
        assert answer.status_code == 404
    assert not PendingHit.objects.exists()


def count_of(client, document) -> int:
    url = f"/api/v1/documents-officiels/{document.pk}"
    return client.get(url).json()["nombre_telechargements"]


def test_what_is_counted(api, awa, nadege, chantal, document, url):
    for client in (api(awa), api(nadege)):
        client.get(url).getvalue()
    assert count_of(api(awa), document) == 0
    api().get(url).getvalue()
    api(chantal).get(url).getvalue()
    for asked in ("bytes=0-99", "bytes=100-199", "bytes=200-", "bytes=-50"):
        part(api(), url, asked).getvalue()
    assert count_of(api(awa), document) == 3
    hits.fold()
    assert count_of(api(awa), document) == 3


@pytest.mark.django_db(transaction=True)
def test_downloads_at_once_are_all_counted(api, awa, document, url):
    agent, address = api(awa), url.removesuffix("/fichier")

    def fetch():
        return [api().get(url).getvalue() == PDF for _time in range(5)]

    def change():
        return [agent.patch(address, {"titre": f"Titre {n}"}).status_code == 200 for n in range(5)]

    def fold():
        return [hits.fold() >= 0 for _time in range(10)]

    answers = together(*[fetch] * 6, change, fold)
    assert all(all(answer) for answer in answers)
    assert count_of(agent, document) == 30
    hits.fold()
    assert DocumentOfficiel.objects.get().nombre_telechargements == 30


def test_the_name_is_the_one_that_was_sent_and_harmless(api, awa, settings):
    file = upload(PDF, "x.pdf", "application/pdf")
    body = {"titre": "x", "annee": 2026, "est_public": True, "fichier": file}
    file.name = "a';\u202e filename=b.exe;.pdf"
    created = api(awa).post("/api/v1/documents-officiels", body, format="multipart").json()
    answer = api().get(created["fichier_url"])
    assert answer.getvalue() == PDF
    disposition = answer.headers["Content-Disposition"]
    assert disposition.count('"') == 2
    assert "\u202e" not in created["nom_original"]
    (stored,) = files_in(settings.PRIVATE_ROOT)
    assert len(stored) == 36
