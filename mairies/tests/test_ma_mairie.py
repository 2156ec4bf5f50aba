import pytest
from PIL import Image

from ecms.tests.files import files_in, photo, pixel_bomb, upload
from mairies.models import Mairie
from users.tests.factories import agent_of

URL = "/api/v1/mairies/yaounde"

pytestmark = pytest.mark.django_db


def test_it_works(api, awa, yaounde):
    response = api(awa).patch(URL, {"slogan": "Notre commune", "latitude": 3.87, "longitude": 11.5})
    assert response.status_code == 200, response.json()
    assert response.json()["slogan"] == "Notre commune"
    assert response["Cache-Control"] == "private, no-store"
    yaounde.refresh_from_db()
    assert (yaounde.slogan, float(yaounde.latitude)) == ("Notre commune", 3.87)


def test_by_id_too(api, awa, yaounde):
    assert api(awa).patch(f"/api/v1/mairies/{yaounde.pk}", {"slogan": "x"}).status_code == 200


def test_the_identity_and_the_statut_are_not_theirs_to_write(api, awa, yaounde):
    before = Mairie.objects.values().get(pk=yaounde.pk)
    stolen = {
        "id": 1,
        "nom": "Paris",
        "slug": "paris",
        "type": "communaute_urbaine",
        "region": "est",
        "departement": "kadey",
        "statut": "suspendue",
        "date_activation": "2020-01-01T00:00:00Z",
    }
    assert api(awa).patch(URL, stolen).status_code == 200
    after = Mairie.objects.values().get(pk=yaounde.pk)
    assert {**after, "date_modification": None} == {**before, "date_modification": None}


def test_the_national_administrator_may_for_any(api, nadege, yaounde):
    assert api(nadege).patch(URL, {"slogan": "x", "statut": "suspendue"}).status_code == 200
    yaounde.refresh_from_db()
    assert (yaounde.slogan, yaounde.statut) == ("x", "active")


def test_another_mairie_is_not_found(api, brice, yaounde):
    response = api(brice).patch(URL, {"slogan": "Douala"})
    absent = api(brice).patch("/api/v1/mairies/atlantide", {"slogan": "Douala"})
    assert response.status_code == absent.status_code == 404
    masked = [{**r.json(), "request_id": ""} for r in (response, absent)]
    assert masked[0] == masked[1]


def test_a_role_without_the_permission_may_not(api, yaounde, chantal):
    reader = agent_of(yaounde, groups=["Lecture"])
    assert api(reader).patch(URL, {"slogan": "x"}).status_code == 403
    assert api(reader).patch("/api/v1/mairies/douala", {"slogan": "x"}).status_code == 403
    assert api(chantal).patch(URL, {"slogan": "x"}).status_code == 403
    assert api().patch(URL, {"slogan": "x"}).status_code == 401


def test_a_stale_version_is_refused(api, awa):
    client = api(awa)
    etag = client.get(URL)["ETag"]
    fresh = client.patch(URL, {"slogan": "un"}, headers={"if-match": etag})
    assert fresh.status_code == 200
    stale = client.patch(URL, {"slogan": "deux"}, headers={"if-match": etag})
    assert (stale.status_code, stale.json()["code"]) == (412, "version_perimee")
    assert fresh["ETag"] == client.get(URL)["ETag"]
    again = client.patch(URL, {"slogan": "deux"}, headers={"if-match": fresh["ETag"]})
    assert again.status_code == 200


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("horaires", {"lundi": [["15:30", "07:30"]]}, "le début doit précéder la fin"),
        ("horaires", {"monday": []}, "Jour inconnu"),
        ("horaires", [], "un objet"),
        ("horaires", "lundi", "un objet"),
        ("horaires", 3, "un objet"),
        ("jours_fermes", ["2026-02-30"], "n'existe pas"),
        ("jours_fermes", {}, "liste"),
        ("couleur_primaire", "vert", "#0a6b3d"),
        ("telephone", "12", ""),
        ("site_web", "javascript:alert(1)", ""),
        ("email", "pas une adresse", ""),
        ("latitude", "x", ""),
        ("latitude", 91, ""),
        ("population", -1, ""),
        ("population", 10**30, ""),
        ("nom_maire", "x" * 151, ""),
        ("nom_maire", {"a": 1}, ""),
        ("bandeau_fin", "demain", ""),
    ],
)
def test_what_cannot_be_is_refused_with_a_reason(api, awa, yaounde, field, value, said):
    response = api(awa).patch(URL, {field: value}, format="json")
    assert response.status_code == 400
    (message, *_others) = response.json()["fields"][field]
    assert said in message
    yaounde.refresh_from_db()
    assert getattr(yaounde, field) != value


def test_hours_are_kept(api, awa, yaounde):
    hours = {"lundi": [["07:30", "12:00"], ["13:00", "15:30"]]}
    assert api(awa).patch(URL, {"horaires": hours}, format="json").json()["horaires"] == hours


def test_half_a_position_is_refused(api, awa, yaounde, settings):
    sent = {"latitude": 3.8, "logo": upload(photo(), "logo.jpg")}
    response = api(awa).patch(URL, sent, format="multipart")
    assert response.status_code == 400
    assert "vont ensemble" in response.json()["detail"]
    assert files_in(settings.MEDIA_ROOT) == []


@pytest.mark.parametrize("field", ["description", "historique", "mot_du_maire"])
def test_html_is_sanitised(api, awa, yaounde, field):
    hostile = '<p onclick="x()">Bonjour<script>alert(1)</script></p><img src=x onerror=y>'
    body = api(awa).patch(URL, {field: hostile}).json()
    yaounde.refresh_from_db()
    assert body[field] == getattr(yaounde, field)
    assert body[field].startswith("<p>Bonjour</p>")
    assert "script" not in body[field]
    assert "onerror" not in body[field]


def test_images_are_encoded_anew(api, awa, yaounde, settings):
    sent = {"banniere": upload(photo((2000, 1000)), "IMG_0001.JPG", "image/jpeg")}
    body = api(awa).patch(URL, sent, format="multipart").json()
    assert body["banniere"].endswith(".webp")
    assert body["banniere_petite"].endswith("-petite.webp")
    yaounde.refresh_from_db()
    with Image.open(yaounde.banniere.path) as image:
        assert (image.format, image.size, dict(image.getexif())) == ("WEBP", (1600, 800), {})
    assert len(files_in(settings.MEDIA_ROOT)) == 2


def test_an_image_is_removed_by_null(
    api, awa, yaounde, settings, django_capture_on_commit_callbacks
):
    client = api(awa)
    client.patch(URL, {"logo": upload(photo(), "logo.jpg")}, format="multipart")
    with django_capture_on_commit_callbacks(execute=True):
        response = client.patch(URL, {"logo": None}, format="json")
    assert (response.status_code, response.json()["logo"]) == (200, None)
    assert files_in(settings.MEDIA_ROOT) == []


@pytest.mark.parametrize(
    ("content", "name", "content_type"),
    [
        (pixel_bomb(), "logo.png", "image/png"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "logo.svg", "image/svg+xml"),
        (b"<script>alert(1)</script>", "logo.png", "image/png"),
        (photo((20, 20)), "logo.html", "text/html"),
        (b"", "logo.png", "image/png"),
    ],
)
def test_hostile_images_are_refused(api, awa, settings, content, name, content_type):
    sent = {"logo": upload(content, name, content_type)}
    response = api(awa).patch(URL, sent, format="multipart")
    assert response.status_code == 400
    assert response.json()["fields"]["logo"]
    assert files_in(settings.MEDIA_ROOT) == []


@pytest.mark.parametrize("hostile", ["[" * 100_000, '{"lundi": "\\u0000"}', '"\\ud800"', "1e999"])
def test_hostile_json_in_a_form_is_refused(api, awa, hostile):
    response = api(awa).patch(URL, {"horaires": hostile}, format="multipart")
    assert response.status_code == 400
