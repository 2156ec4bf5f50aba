"""Reporting through Open311: what existing clients send, and what nobody should."""

import json
from decimal import Decimal
from urllib.parse import urlencode
from urllib.request import Request, urlopen
from uuid import uuid4

import pytest
from rest_framework.test import APIClient

from demarches.models import PieceJointe, Signalement
from demarches.tests.open311 import BASE, ask, said, send, tree
from ecms.models import Courriel
from ecms.tests.files import photo, pixel_bomb, small_pdf, upload
from mairies.tests.factories import MairieFactory

HOSTILE = ["\x00", "\x01", "\ud800", "nan", "inf", "1e999", "-1e9", "9" * 400, "🥭" * 2000, "[]"]


@pytest.fixture(autouse=True)
def _two_mairies(yaounde, douala):
    """As in production: the jurisdiction must be named."""


def body(**changes) -> dict:
    facts = {
        "jurisdiction_id": "yaounde",
        "service_code": "voirie",
        "lat": "3.866667123456789",
        "long": "11.516667",
        "description": "Un trou au milieu de la chaussée.\nTrès profond.",
    }
    return {name: v for name, v in {**facts, **changes}.items() if v is not None}


def multipart(fields: dict, path: str = "requests.json"):
    return APIClient().post(f"{BASE}/{path}", fields, format="multipart")


def made(answer) -> Signalement:
    assert answer.status_code == 201, answer.content
    return Signalement.objects.get(numero_suivi=answer.json()[0]["service_request_id"])


def test_it_works(yaounde):
    report = made(send(body()))
    assert (report.mairie, report.categorie) == (yaounde, "voirie")
    assert report.description == "Un trou au milieu de la chaussée.\nTrès profond."
    assert report.latitude == Decimal("3.866667")
    assert report.longitude == Decimal("11.516667")
    assert (report.signaleur, report.statut, report.langue) == (None, "signale", "fr")
    assert report.titre


def test_what_is_answered():
    (receipt,) = send(body()).json()
    assert set(receipt) == {"service_request_id", "service_notice", "account_id"}
    assert receipt["service_request_id"] in receipt["service_notice"]
    root, (in_xml,) = tree(send(body(), "requests.xml").content)
    assert root == "service_requests"
    assert set(in_xml) == set(receipt)


def test_who_left_no_address_follows_with_the_secret_of_the_notice():
    answer = send(body())
    report, (receipt,) = made(answer), answer.json()
    secret = receipt["service_notice"].split(" : ")[1].removesuffix(".")
    asked = {"numero_suivi": receipt["service_request_id"], "code_suivi": secret}
    assert APIClient().post("/api/v1/suivi", asked).json()["id"] == report.pk
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_the_secret_is_told_once():
    report = made(send(body()))
    told = ask(f"requests/{report.numero_suivi}.json").content.decode()
    assert report.code_suivi not in told.replace("-", "")


def test_an_address_does_without_a_point():
    report = made(send(body(lat=None, long=None, address_string="Carrefour Mvog-Mbi")))
    assert report.adresse == "Carrefour Mvog-Mbi"
    assert report.latitude is None


def test_the_contact_is_kept_and_thanked(mailbox):
    report = made(
        send(body(email="aline@exemple.cm", phone="6 77 12 34 56", first_name="A", last_name="B"))
    )
    assert (report.email, str(report.telephone)) == ("aline@exemple.cm", "+237677123456")
    assert [mail.to for mail in mailbox()] == [["aline@exemple.cm"]]
    for suffix in ("json", "xml"):
        told = ask(f"requests/{report.numero_suivi}.{suffix}").content.decode()
        assert "aline" not in told
        assert "677" not in told


def test_what_we_do_not_keep_is_no_error():
    extra = {
        "api_key": "secret", "device_id": "x", "account_id": "7", "address_id": "12",
        "first_name": "Aline", "attribute[WHISHETN]": "a", "unknown": "1",
    }  # fmt: skip
    made(send(body(**extra)))


def test_a_description_may_be_missing():
    assert made(send(body(description=None))).description == "Voirie"


def test_empty_fields_are_none():
    empty = dict.fromkeys(["email", "phone", "address_string", "media_url", "first_name"], "")
    made(send(body(**empty)))


def test_the_language_is_that_of_the_client():
    answer = send(body(), headers={"Accept-Language": "en"})
    assert made(answer).langue == "en"


def test_the_only_mairie_need_not_be_named(douala):
    assert "jurisdiction_id" in said(send(body(jurisdiction_id=None)), 400)
    douala.statut = "suspendue"
    douala.save()
    assert made(send(body(jurisdiction_id=None))).mairie.slug == "yaounde"


def test_json_is_taken_too():
    answer = APIClient().post(f"{BASE}/requests.json", body(lat=3.866667, long=11.516667))
    assert made(answer).latitude == Decimal("3.866667")


def test_photos_are_attached():
    pictures = [upload(photo((40, 30)), f"{n}.jpg", "image/jpeg") for n in range(2)]
    report = made(multipart(body(media=pictures)))
    assert report.photos.count() == 2
    (told,) = ask(f"requests/{report.numero_suivi}.json").json()
    assert told["media_url"].endswith(".webp")


def test_the_address_of_a_photo_is_never_fetched(monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("the server called out")

    monkeypatch.setattr("socket.getaddrinfo", refuse)
    answer = send(body(media_url="http://169.254.169.254/latest/meta-data"))
    assert made(answer).photos.count() == 0
    assert "media_url" in answer.json()[0]["service_notice"]
    assert "169.254" not in answer.content.decode()


def test_a_key_makes_it_happen_once():
    headers = {"Idempotency-Key": str(uuid4())}
    first, second = (send(body(), headers=headers) for _ in range(2))
    assert first.content == second.content
    assert second.headers["Idempotent-Replayed"] == "true"
    assert Signalement.objects.count() == 1


# What is refused ----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["requests.json", "requests.xml"])
@pytest.mark.parametrize(
    ("changes", "status", "named"),
    [
        ({"jurisdiction_id": None}, 400, "jurisdiction_id"),
        ({"jurisdiction_id": "nulle-part"}, 404, "jurisdiction_id"),
        ({"service_code": None}, 400, "service_code"),
        ({"service_code": "rien"}, 404, "service_code"),
        ({"lat": None}, 400, "lat"),
        ({"lat": None, "long": None}, 400, "lat"),
        ({"lat": "91"}, 400, "lat"),
        ({"long": "-180.1"}, 400, "long"),
        ({"lat": "nan"}, 400, "lat"),
        ({"long": "Infinity"}, 400, "long"),
        ({"lat": "48.85", "long": "2.35"}, 400, "lat: "),
        ({"email": "nobody"}, 400, "email"),
        ({"phone": "12"}, 400, "phone"),
        ({"description": "a" * 5001}, 400, "description"),
        ({"address_string": "a" * 256}, 400, "address_string"),
    ],
)
def test_what_is_wrong_is_named(path, changes, status, named):
    assert named in said(send(body(**changes), path), status)
    assert not Signalement.objects.exists()


def test_a_mairie_that_is_not_active_takes_nothing():
    MairieFactory(slug="fermee", statut="suspendue")
    said(send(body(jurisdiction_id="fermee")), 404)
    assert not Signalement.objects.exists()


def test_a_file_that_is_no_photo_refuses_all():
    for bad in (upload(small_pdf(), "a.jpg", "image/jpeg"), upload(pixel_bomb(), "b.png")):
        good = upload(photo((40, 30)), "a.jpg", "image/jpeg")
        assert "media" in said(multipart(body(media=[good, bad])), 400)
    pictures = [upload(photo((40, 30)), f"{n}.jpg", "image/jpeg") for n in range(6)]
    said(multipart(body(media=pictures)), 400)
    assert (Signalement.objects.count(), PieceJointe.objects.count()) == (0, 0)
    assert not Courriel.objects.exists()


@pytest.mark.parametrize("field", [*body(), "email", "phone", "address_string", "media", "x"])
def test_hostile_values(field):
    for value in HOSTILE:
        raw = value.encode(errors="surrogatepass")
        for path in ("requests.json", "requests.xml"):
            answer = APIClient().post(
                f"{BASE}/{path}",
                urlencode({**body(), field: raw}),
                content_type="application/x-www-form-urlencoded",
            )
            assert answer.status_code in {201, 400, 404}, (value, answer.content)
            if answer.status_code != 201:
                said(answer, answer.status_code)


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe", b"%", b"&&&===", b"a=%00", b"[]", b"a" * 5000, b"=%ED%A0%80"]
)
def test_hostile_bodies(content):
    for kind in ("application/x-www-form-urlencoded", "application/json", "multipart/form-data"):
        answer = APIClient().generic("POST", f"{BASE}/requests.xml", content, kind)
        said(answer, 400)
    for strange in ([1], "a", None, 12, {"description": {"a": 1}, "media": ["x"], "lat": []}):
        said(APIClient().post(f"{BASE}/requests.json", strange), 400)
    assert not Signalement.objects.exists()


def test_other_types_and_sizes(settings):
    said(APIClient().generic("POST", f"{BASE}/requests.xml", b"<a/>", "text/xml"), 415)
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    said(send(body(description="a" * 2000)), 413)
    said(APIClient().post(f"{BASE}/requests.json", body(description="a" * 2000)), 413)


def test_too_many_from_one_address(settings):
    settings.RATES = {**settings.RATES, "signalement": (1, 3600)}
    made(send(body()))
    for path in ("requests.json", "requests.xml"):
        answer = send(body(), path)
        said(answer, 429)
        assert int(answer.headers["Retry-After"]) > 0
    assert send(body(), REMOTE_ADDR="192.0.2.7").status_code == 201
    assert ask("requests.json").status_code == 200


# A client that exists -----------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_plain_client_reports_and_reads_back(live_server, yaounde, douala):
    """Over a wire, with nothing but the standard library: as libraries for Open311 do it."""
    root = f"{live_server.url}{BASE}"

    def get(path: str) -> bytes:
        with urlopen(f"{root}/{path}") as answer:
            return answer.read()

    services = tree(get("services.xml?jurisdiction_id=yaounde"))[1]
    code = next(s["service_code"] for s in services if "lampadaire" in s["keywords"])
    form = urlencode(
        {
            "api_key": "xyz",
            "jurisdiction_id": "yaounde",
            "service_code": code,
            "lat": 3.866667,
            "long": 11.516667,
            "description": "Éteint depuis lundi & <noir>",
            "email": "aline@exemple.cm",
        }
    ).encode()
    with urlopen(Request(f"{root}/requests.xml", form)) as answer:
        assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
        number = tree(answer.read())[1][0]["service_request_id"]
    (in_json,) = json.loads(get(f"requests/{number}.json"))
    (in_xml,) = tree(get(f"requests/{number}.xml"))[1]
    for found in (in_json, in_xml):
        assert found["service_request_id"] == number
        assert found["service_code"] == "eclairage"
        assert "Éteint depuis lundi & <noir>" in found["description"]
        assert found["status"] == "open"
        assert float(found["lat"]) == 3.866667
    listed = json.loads(get(f"requests.json?jurisdiction_id=yaounde&service_code={code}"))
    assert [row["service_request_id"] for row in listed] == [number]
