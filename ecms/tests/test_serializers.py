"""How rows are written out: labels, places, images."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from documents.models import Actualite
from documents.tests.factories import ActualiteFactory
from mairies.models import ServiceMunicipal
from mairies.tests.factories import ServiceMunicipalFactory


def picture(width=2000, height=1000) -> SimpleUploadedFile:
    data = io.BytesIO()
    Image.new("RGB", (width, height), "green").save(data, "PNG")
    return SimpleUploadedFile("photo.png", data.getvalue(), "image/png")


def test_a_choice_comes_with_its_label_in_the_language_of_the_request(api, yaounde):
    labels = {}
    for language in ("fr", "en"):
        headers = {"Accept-Language": language}
        body = api().get("/api/v1/mairies/yaounde", headers=headers).json()
        assert (body["statut"], body["region"]) == ("active", "centre")
        labels[language] = [body[f"{name}_display"] for name in ("statut", "region", "type")]
    assert labels["fr"][0] == "Active"
    assert all(labels["fr"] + labels["en"])


def test_a_label_follows_its_choice(api, yaounde):
    names = list(api().get("/api/v1/mairies/yaounde").json())
    assert names.index("statut_display") == names.index("statut") + 1


def test_a_mairie_is_its_slug_with_its_name_beside(api, yaounde):
    row = ActualiteFactory(mairie=yaounde, publiee=True)
    body = api().get(f"/api/v1/actualites/{row.pk}").json()
    assert (body["mairie"], body["mairie_nom"]) == ("yaounde", "Yaoundé")


def test_an_image_is_written_out_in_two_widths(api, awa, yaounde, settings):
    row = ActualiteFactory(mairie=yaounde, publiee=True)
    address = f"/api/v1/actualites/{row.pk}"
    answer = api(awa).patch(address, {"image": picture()}, format="multipart")
    assert answer.status_code == 200, answer.content
    body = api().get(address).json()
    for name, width in (("image", 1600), ("image_petite", 480)):
        assert body[name].startswith("http://testserver/media/documents/actualite/")
        stored = settings.MEDIA_ROOT / body[name].partition("/media/")[2]
        with Image.open(stored) as image:
            assert (image.format, image.width) == ("WEBP", width)


def test_without_an_image_both_are_null(api, yaounde):
    body = api().get(f"/api/v1/actualites/{ActualiteFactory(publiee=True).pk}").json()
    assert body["image"] is None
    assert body["image_petite"] is None


def test_what_is_no_image_is_a_400(api, awa, yaounde):
    row = ActualiteFactory(mairie=yaounde)
    for file in (
        SimpleUploadedFile("x.svg", b"<svg onload='alert(1)'/>", "image/svg+xml"),
        SimpleUploadedFile("x.png", b"<script>", "image/png"),
        "https://evil.example/x.png",
    ):
        answer = api(awa).patch(f"/api/v1/actualites/{row.pk}", {"image": file}, format="multipart")
        assert answer.status_code == 400, answer.content
        assert "image" in answer.json()["fields"]


def test_html_is_sanitised_and_answered_as_it_is_kept(api, awa, yaounde):
    body = {"titre": "Titre", "contenu": "<p onclick='x()'>Oui<script>alert(1)</script></p>"}
    answer = api(awa).post("/api/v1/actualites", body)
    assert answer.json()["contenu"] == "<p>Oui</p>" == Actualite.objects.get().contenu


def test_json_of_a_form_is_read_as_strictly_as_a_body(api, awa, yaounde):
    address = f"/api/v1/services/{ServiceMunicipalFactory(mairie=yaounde).pk}"
    for text in ("{", "[" * 100_000, '{"a": NaN}', '{"lundi": "\\u0000"}', "[" * 60 + "]" * 60):
        answer = api(awa).patch(address, {"horaires": text}, format="multipart")
        assert answer.status_code == 400, text[:20]
    good = '{"lundi": [["07:30", "15:30"]]}'
    assert api(awa).patch(address, {"horaires": good}, format="multipart").status_code == 200
    assert ServiceMunicipal.objects.get().horaires == {"lundi": [["07:30", "15:30"]]}


@pytest.mark.parametrize("name", ["id", "mairie_nom", "date_modification", "slug", "auteur"])
def test_what_is_derived_cannot_be_written(name, api, awa, yaounde):
    row = ActualiteFactory(mairie=yaounde)
    before = api(awa).get(f"/api/v1/actualites/{row.pk}").json()[name]
    answer = api(awa).patch(f"/api/v1/actualites/{row.pk}", {name: 999})
    assert answer.status_code == 200
    assert name == "date_modification" or answer.json()[name] == before
    assert answer.json()[name] != 999


def test_a_text_of_one_line_is_one_line(api, awa, yaounde):
    answer = api(awa).post("/api/v1/actualites", {"titre": "Un\r\nBcc: x", "contenu": "<p>a</p>"})
    assert answer.json()["titre"] == "Un Bcc: x"


@pytest.mark.parametrize("moment", ["0001-01-01T00:00", "9999-12-31T23:59:59Z"])
def test_the_ends_of_time_are_a_400(moment, api, awa, yaounde):
    row = ActualiteFactory(mairie=yaounde)
    answer = api(awa).patch(f"/api/v1/actualites/{row.pk}", {"date_expiration": moment})
    assert answer.status_code == 400
    assert list(answer.json()["fields"]) == ["date_expiration"]
