import hashlib

import pytest

from ecms.tests.files import files_in, photo, small_pdf, upload
from projets.models import DocumentProjet
from projets.tests.factories import DocumentProjetFactory, ProjetFactory
from users.tests.factories import agent_of

pytestmark = pytest.mark.django_db


def url(projet, document=None):
    address = f"/api/v1/projets/{projet.pk}/documents"
    return f"{address}/{document.pk}" if document else address


def sent(**changes):
    pdf = upload(small_pdf(), "Marché n° 12.pdf", "application/pdf")
    return {"titre": "Le marché", "type": "marche", "fichier": pdf, **changes}


def read(answer):
    assert answer.status_code in {200, 206}
    return b"".join(answer.streaming_content)


@pytest.fixture
def bridge(yaounde):
    return ProjetFactory(mairie=yaounde, public=True)


def test_it_works(api, awa, bridge, settings, django_capture_on_commit_callbacks):
    created = api(awa).post(url(bridge), sent(est_public=True), format="multipart")
    assert created.status_code == 201, created.json()
    body = created.json()
    assert (body["nom_original"], body["taille"]) == ("Marché n° 12.pdf", len(small_pdf()))
    assert body["sha256"] == hashlib.sha256(small_pdf()).hexdigest()
    assert (body["type_mime"], body["type_display"]) == ("application/pdf", "Marché")
    assert "fichier" not in body
    (row,) = api().get(url(bridge)).json()["results"]
    assert row == body
    document = DocumentProjet.objects.get()
    answer = api().get(f"{url(bridge, document)}/fichier")
    assert read(answer) == small_pdf()
    assert "filename*=UTF-8''March%C3%A9" in answer["Content-Disposition"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    with django_capture_on_commit_callbacks(execute=True):
        assert api(awa).delete(url(bridge, document)).status_code == 204
    assert not DocumentProjet.objects.exists()
    assert files_in(settings.PRIVATE_ROOT) == []


def test_a_part_of_it(api, bridge):
    document = DocumentProjetFactory(projet=bridge, public=True)
    answer = api().get(f"{url(bridge, document)}/fichier", headers={"range": "bytes=0-4"})
    assert (answer.status_code, read(answer)) == (206, b"%PDF-")


@pytest.mark.parametrize("accept", ["application/pdf", "*/*", "text/html"])
def test_whatever_is_accepted(api, bridge, accept):
    document = DocumentProjetFactory(projet=bridge, public=True)
    answer = api().get(f"{url(bridge, document)}/fichier", headers={"accept": accept})
    assert read(answer) == small_pdf()


def test_a_private_one_is_not_reachable(api, awa, brice, chantal, bridge, settings):
    document = DocumentProjetFactory(projet=bridge)
    for client in (api(), api(brice), api(chantal)):
        assert client.get(url(bridge)).json()["results"] == []
        assert client.get(url(bridge, document)).status_code == 404
        assert client.get(f"{url(bridge, document)}/fichier").status_code == 404
        assert client.get(f"/media/{document.fichier.name}").status_code == 404
    assert files_in(settings.MEDIA_ROOT) == []
    assert read(api(awa).get(f"{url(bridge, document)}/fichier")) == small_pdf()


def test_a_public_one_of_a_private_project_is_private(api, awa, yaounde):
    hidden = ProjetFactory(mairie=yaounde)
    document = DocumentProjetFactory(projet=hidden, public=True)
    for address in (url(hidden), url(hidden, document), f"{url(hidden, document)}/fichier"):
        assert api().get(address).status_code == 404
    assert api(awa).get(url(hidden, document)).status_code == 200


def test_both_ids_are_checked(api, awa, yaounde, bridge):
    other = ProjetFactory(mairie=yaounde, public=True)
    document = DocumentProjetFactory(projet=bridge, public=True)
    for address in (url(other, document), f"{url(other, document)}/fichier"):
        assert api().get(address).status_code == 404
        assert api(awa).get(address).status_code == 404
    assert api(awa).delete(url(other, document)).status_code == 404
    assert DocumentProjet.objects.exists()


@pytest.mark.parametrize(
    ("content", "name", "declared"),
    [
        (b"MZ\x90\x00" + b"\0" * 64, "plan.pdf", "application/pdf"),
        (b"<svg onload='x'/>", "plan.svg", "image/svg+xml"),
        (b"<html><script>x</script></html>", "plan.csv", "text/csv"),
        (b"", "plan.pdf", "application/pdf"),
    ],
)
def test_a_hostile_file_is_refused(api, awa, bridge, settings, content, name, declared):
    answer = api(awa).post(
        url(bridge), sent(fichier=upload(content, name, declared)), format="multipart"
    )
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["fichier"])
    assert not DocumentProjet.objects.exists()
    assert files_in(settings.PRIVATE_ROOT) == []


def test_a_photo_does_not_say_where_it_was_taken(api, awa, bridge):
    photographed = sent(type="photo", fichier=upload(photo(), "IMG_1.jpg", "image/jpeg"))
    body = api(awa).post(url(bridge), photographed, format="multipart").json()
    assert (body["nom_original"], body["type_mime"]) == ("IMG_1.webp", "image/webp")
    with DocumentProjet.objects.get().fichier.open() as file:
        assert b"Mvog-Ada" not in file.read()


@pytest.mark.parametrize(
    ("field", "value"), [("titre", ""), ("type", "inconnu"), ("fichier", "un texte")]
)
def test_what_cannot_be_is_refused(api, awa, bridge, field, value):
    answer = api(awa).post(url(bridge), sent(**{field: value}), format="multipart")
    assert (answer.status_code, list(answer.json()["fields"])) == (400, [field])


def test_what_is_ours_to_decide_is_ignored(api, awa, bridge):
    stolen = {"nom_original": "x.exe", "taille": 1, "sha256": "0", "projet": 9}
    body = api(awa).post(url(bridge), sent(**stolen), format="multipart").json()
    assert (body["nom_original"], body["taille"]) == ("Marché n° 12.pdf", len(small_pdf()))
    assert DocumentProjet.objects.get().projet == bridge


def test_others_may_not_write(api, brice, chantal, yaounde, bridge):
    document = DocumentProjetFactory(projet=bridge, public=True)
    reader = agent_of(yaounde, groups=["Lecture"])
    for client, status in (
        (api(brice), 404),
        (api(chantal), 403),
        (api(reader), 403),
        (api(), 401),
    ):
        assert client.post(url(bridge), sent(), format="multipart").status_code == status
        assert client.delete(url(bridge, document)).status_code == status
    assert DocumentProjet.objects.count() == 1


def test_a_file_that_is_lost_is_a_404(api, bridge):
    document = DocumentProjetFactory(projet=bridge, public=True)
    document.fichier.storage.delete(document.fichier.name)
    assert api().get(f"{url(bridge, document)}/fichier").status_code == 404


@pytest.mark.parametrize("rows", [1, 12])
def test_the_number_of_queries_is_fixed(api, bridge, django_assert_num_queries, rows):
    DocumentProjetFactory.create_batch(rows, projet=bridge, public=True)
    with django_assert_num_queries(3):
        assert api().get(url(bridge)).json()["count"] == rows
