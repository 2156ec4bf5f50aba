"""Photos of reports: public, re-encoded, and nothing is left of those that are refused."""

import pytest
from django.utils import timezone
from PIL import Image

from demarches.models import PieceJointe, Signalement
from demarches.services import signalements as services
from demarches.tests.factories import PieceJointeFactory, SignalementFactory
from demarches.workflow import StatutSignalement
from ecms.tests.files import files_in, photo, pixel_bomb, small_pdf, upload
from users.tests.factories import UtilisateurFactory

URL = "/api/v1/signalements"
FAITS = {"mairie": "yaounde", "categorie": "eau", "description": "Fuite", "repere": "Marché"}
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
HOSTILE = {
    "svg": lambda: upload(SVG, "x.svg", "image/svg+xml"),
    "svg called a png": lambda: upload(SVG, "x.png", "image/png"),
    "pdf": lambda: upload(small_pdf(), "x.jpg", "image/jpeg"),
    "polyglot": lambda: upload(photo((9, 9)) + b"<script>alert(1)</script>", "x.html", "text/html"),
    "bomb": lambda: upload(pixel_bomb(), "x.png", "image/png"),
    "cut short": lambda: upload(photo()[:400], "x.jpg", "image/jpeg"),
    "empty": lambda: upload(b"", "x.jpg", "image/jpeg"),
}


def picture(name="x.jpg"):
    return upload(photo((1800, 900)), name, "image/jpeg")


@pytest.fixture
def leak(yaounde, chantal):
    return SignalementFactory(mairie=yaounde, signaleur=chantal)


def test_several_come_with_the_report(api, yaounde, settings):
    given = {**FAITS, "photos": [picture(), picture("école.jpg")]}
    answer = api().post(URL, given, format="multipart")
    assert answer.status_code == 201, answer.content
    photos = answer.json()["photos"]
    assert len(photos) == PieceJointe.objects.count() == 2
    assert photos[0]["photo"].startswith("http")
    assert photos[0]["photo_petite"].endswith("-petite.webp")
    with Image.open(PieceJointe.objects.first().photo.path) as large:
        assert (large.format, large.size) == ("WEBP", (1600, 800))
        assert not large.getexif()
    assert len(files_in(settings.MEDIA_ROOT)) == 4


@pytest.mark.parametrize("kind", HOSTILE)
def test_one_bad_file_refuses_all(api, yaounde, settings, kind):
    given = {**FAITS, "photos": [picture(), HOSTILE[kind]()]}
    answer = api().post(URL, given, format="multipart")
    assert answer.status_code == 400
    assert "photos" in answer.json()["fields"]
    assert not Signalement.objects.exists()
    assert files_in(settings.MEDIA_ROOT) == []


def test_nothing_of_a_polyglot_is_published(api, yaounde):
    jpeg = photo((90, 90)) + b"<script>alert('canari')</script>"
    given = {**FAITS, "photos": [upload(jpeg, "x.jpg", "image/jpeg")]}
    assert api().post(URL, given, format="multipart").status_code == 201
    with PieceJointe.objects.get().photo.open() as published:
        assert b"canari" not in published.read()


def test_five_at_most(api, yaounde, settings):
    given = {**FAITS, "photos": [upload(photo((9, 9)), "x.jpg", "image/jpeg") for _ in range(6)]}
    assert api().post(URL, given, format="multipart").status_code == 400
    assert files_in(settings.MEDIA_ROOT) == []


def test_no_orphan_when_the_row_is_refused(yaounde, settings):
    facts = {"categorie": "eau", "description": "x", "repere": "y", "priorite": "x"}
    with pytest.raises(TypeError):
        services.signaler(yaounde, par=None, photos=[picture()], **facts)
    del facts["priorite"]
    with pytest.raises(Exception, match="value too long"):
        services.signaler(yaounde, par=None, photos=[picture()], titre="x" * 201, **facts)
    assert files_in(settings.MEDIA_ROOT) == []
    assert not Signalement.objects.exists()


def add(client, row, **body):
    given = {"photo": upload(photo((90, 60)), "x.jpg", "image/jpeg"), **body}
    return client.post(f"{URL}/{row.pk}/photos", given, format="multipart")


def test_who_adds_one(api, awa, brice, leak):
    assert add(api(leak.signaleur), leak).status_code == 201
    assert add(api(awa), leak).status_code == 201
    assert add(api(), leak, code_suivi=leak.code_suivi).status_code == 201
    unverified = UtilisateurFactory(is_verified=False)
    assert add(api(unverified), leak, code_suivi=leak.code_suivi).status_code == 403
    refused = [
        (None, {}),
        (UtilisateurFactory(), {}),
        (brice, {}),
        (None, {"code_suivi": "A" * 16}),
    ]
    assert [add(api(user), leak, **body).status_code for user, body in refused] == [404] * 4
    assert leak.photos.count() == leak.suivis.filter(nature="piece").count() == 3


def test_a_closed_report_takes_none_from_its_reporter(api, awa, leak):
    Signalement.objects.update(statut=StatutSignalement.RESOLU, date_resolution=timezone.now())
    answer = add(api(leak.signaleur), leak)
    assert (answer.status_code, answer.json()["code"]) == (409, "signalement_clos")
    assert add(api(awa), leak).status_code == 201


def test_a_report_has_enough_at_twenty(api, awa, leak, settings):
    PieceJointeFactory.create_batch(20, mairie=leak.mairie, de_signalement=True, signalement=leak)
    before = files_in(settings.MEDIA_ROOT)
    assert add(api(awa), leak).json()["code"] == "trop_de_photos"
    assert files_in(settings.MEDIA_ROOT) == before


def test_an_agent_hides_one(api, awa, brice, leak):
    piece = PieceJointeFactory(mairie=leak.mairie, de_signalement=True, signalement=leak)
    address = f"{URL}/{leak.pk}/photos/{piece.pk}"
    owner = api(leak.signaleur)
    told = [c.patch(address, {"est_visible": False}).status_code for c in (api(), owner)]
    assert told == [401, 403]
    assert api(brice).patch(address, {"est_visible": False}).status_code == 404
    assert api(awa).patch(address, {"est_visible": False}).json()["est_visible"] is False
    assert api().get(f"{URL}/{leak.pk}").json()["photos"] == []
    assert api(brice).get(f"{URL}/{leak.pk}").json()["photos"] == []
    assert len(api(awa).get(f"{URL}/{leak.pk}").json()["photos"]) == 1
    assert api(awa).patch(address, {"est_visible": True}).status_code == 200
    assert len(api().get(f"{URL}/{leak.pk}").json()["photos"]) == 1


def test_the_photo_of_another_report(api, awa, leak):
    other = PieceJointeFactory(mairie=leak.mairie, de_signalement=True)
    paper = PieceJointeFactory(mairie=leak.mairie)
    for piece in (other, paper):
        address = f"{URL}/{leak.pk}/photos/{piece.pk}"
        assert api(awa).patch(address, {"est_visible": False}).status_code == 404
