import pytest
from PIL import Image

from documents.models import Actualite
from documents.tests.factories import ActualiteFactory
from ecms.tests.files import files_in, photo, pixel_bomb, upload

URL = "/api/v1/actualites"

pytestmark = pytest.mark.django_db


def sent(content=None, name="IMG_0001.jpg", **changes):
    image = upload(photo((2000, 1000)) if content is None else content, name)
    return {"titre": "Bal", "contenu": "<p>Samedi.</p>", "image": image, **changes}


def post(client, *args, **changes):
    return client.post(URL, sent(*args, **changes), format="multipart")


def test_two_widths_without_what_the_telephone_adds(api, awa, settings):
    response = post(api(awa), statut="publiee")
    assert response.status_code == 201, response.json()
    body = response.json()
    assert body["image"].startswith("http://testserver/media/documents/actualite/")
    assert body["image_petite"] == body["image"].replace(".webp", "-petite.webp")
    image = Actualite.objects.get().image
    assert "IMG" not in image.name
    for path, size in ((image.path, (1600, 800)), (image.path[:-5] + "-petite.webp", (480, 240))):
        with Image.open(path) as opened:
            assert (opened.format, opened.size, dict(opened.getexif())) == ("WEBP", size, {})
    assert len(files_in(settings.MEDIA_ROOT)) == 2
    assert api().get(f"{URL}/{body['id']}").json()["image"] == body["image"]


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (pixel_bomb(), "bombe.png"),
        (b"<svg/>", "logo.svg"),
        (b"%PDF-1.4", "image.pdf"),
        (b"", "vide.png"),
        (photo((20, 20))[:50], "coupee.jpg"),
    ],
)
def test_hostile_images_leave_nothing(api, awa, settings, content, name):
    response = post(api(awa), content, name)
    assert response.status_code == 400
    assert response.json()["fields"]["image"]
    assert files_in(settings.MEDIA_ROOT) == []
    assert not Actualite.objects.exists()


def test_a_refused_news_item_leaves_no_file(api, awa, settings):
    expired = {"statut": "publiee", "date_expiration": "2020-01-01T00:00:00Z"}
    assert post(api(awa), **expired).status_code == 400
    assert files_in(settings.MEDIA_ROOT) == []


def test_a_refused_change_keeps_the_image_that_was(api, awa, settings, yaounde):
    client = api(awa)
    url = f"{URL}/{post(client).json()['id']}"
    kept = files_in(settings.MEDIA_ROOT)
    for refused, status in (
        ({"statut": "publiee", "date_expiration": "2020-01-01T00:00:00Z"}, 400),
        ({"titre": ""}, 400),
        ({"categorie": "inconnue"}, 400),
    ):
        assert client.patch(url, sent(**refused), format="multipart").status_code == status
        assert files_in(settings.MEDIA_ROOT) == kept
    Actualite.objects.update(statut="archivee")
    refused = client.patch(url, sent(statut="publiee"), format="multipart")
    assert refused.status_code == 409
    assert files_in(settings.MEDIA_ROOT) == kept


@pytest.mark.django_db(transaction=True)
def test_a_replaced_image_goes_once_it_is_committed(api, awa, settings):
    client = api(awa)
    url = f"{URL}/{post(client).json()['id']}"
    before = set(files_in(settings.MEDIA_ROOT))
    assert (
        client.patch(url, {"image": upload(photo(), "b.jpg")}, format="multipart").status_code
        == 200
    )
    after = set(files_in(settings.MEDIA_ROOT))
    assert (len(after), before & after) == (2, set())
    assert client.patch(url, {"titre": "Autre"}).status_code == 200
    assert set(files_in(settings.MEDIA_ROOT)) == after
    assert client.patch(url, {"image": None}).json()["image"] is None
    assert files_in(settings.MEDIA_ROOT) == []


@pytest.mark.django_db(transaction=True)
def test_a_deleted_news_item_takes_its_image_with_it(api, awa, settings):
    client = api(awa)
    url = f"{URL}/{post(client).json()['id']}"
    assert client.delete(url).status_code == 204
    assert files_in(settings.MEDIA_ROOT) == []


def test_a_collision_of_slugs_keeps_one_pair_of_files(api, awa, yaounde, settings):
    ActualiteFactory(mairie=yaounde, slug="bal")
    assert post(api(awa)).json()["slug"] == "bal-2"
    assert len(files_in(settings.MEDIA_ROOT)) == 2


def test_a_role_without_the_permission_uploads_nothing(api, chantal, settings):
    assert post(api(chantal)).status_code == 403
    assert post(api()).status_code == 401
    assert files_in(settings.MEDIA_ROOT) == []
