"""The fields that keep files and HTML safe wherever a row is written from."""

import io
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from PIL import Image

from documents.models import Actualite
from documents.tests.factories import ActualiteFactory
from ecms.fields import check_private_file
from ecms.files import discarded_on_error
from ecms.tests.files import small_pdf
from mairies.models import DemandeCreationSite
from mairies.tests.factories import DemandeCreationSiteFactory


def picture(name="photo.png", kind="PNG") -> ContentFile:
    data = io.BytesIO()
    Image.new("RGB", (1700, 800), "green").save(data, kind)
    return ContentFile(data.getvalue(), name=name)


def files_under(root) -> list[str]:
    return sorted(p.name for p in Path(root).rglob("*") if p.is_file())


# Public images ------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_an_image_is_two_files_of_random_names(settings):
    row = ActualiteFactory(image=picture("carte d'identité.png"))
    small, large = files_under(settings.MEDIA_ROOT)
    assert {large, small} == {Path(row.image.name).name, Path(row.image.small_name).name}
    assert "carte" not in large
    assert small.endswith("-petite.webp")
    assert Actualite.objects.get().image.url == f"/media/{row.image.name}"
    assert row.image.small_url == f"/media/{row.image.small_name}"


@pytest.mark.django_db(transaction=True)
def test_a_replaced_image_vanishes_with_its_small_version(settings):
    row = ActualiteFactory(image=picture())
    before = files_under(settings.MEDIA_ROOT)
    row = Actualite.objects.get()
    row.image = picture("autre.png")
    row.save()
    after = files_under(settings.MEDIA_ROOT)
    assert len(after) == 2
    assert not set(before) & set(after)


@pytest.mark.django_db(transaction=True)
def test_a_removed_image_vanishes(settings):
    row = ActualiteFactory(image=picture())
    row = Actualite.objects.get()
    row.image = ""
    row.save()
    assert files_under(settings.MEDIA_ROOT) == []


@pytest.mark.django_db(transaction=True)
def test_the_images_of_a_deleted_row_vanish_after_the_commit(settings):
    row = ActualiteFactory(image=picture())
    with transaction.atomic():
        row.delete()
        assert len(files_under(settings.MEDIA_ROOT)) == 2
    assert files_under(settings.MEDIA_ROOT) == []


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_keeps_the_old_image_and_leaves_no_new_one(settings):
    row = ActualiteFactory(image=picture())
    before = files_under(settings.MEDIA_ROOT)
    other = ActualiteFactory(mairie=row.mairie)
    row = Actualite.objects.get(pk=row.pk)
    row.image, row.slug = picture("autre.png"), other.slug
    with pytest.raises(IntegrityError), discarded_on_error(row), transaction.atomic():
        row.save()
    assert files_under(settings.MEDIA_ROOT) == before


@pytest.mark.django_db(transaction=True)
def test_a_deletion_that_is_rolled_back_keeps_the_image(settings):
    row = ActualiteFactory(image=picture())
    with transaction.atomic():
        row.delete()
        transaction.set_rollback(True)
    assert len(files_under(settings.MEDIA_ROOT)) == 2


def test_what_is_no_image_is_kept_nowhere(db, settings):
    with pytest.raises(ValidationError):
        ActualiteFactory(image=ContentFile(b"<svg/>", name="x.svg"))
    assert files_under(settings.MEDIA_ROOT) == []


@pytest.mark.django_db(transaction=True)
def test_a_refused_request_leaves_no_image(api, awa, settings):
    file = SimpleUploadedFile("x.png", picture().read(), "image/png")
    body = {"titre": "Titre", "contenu": "x", "image": file, "date_expiration": "2020-01-01"}
    body["date_publication"] = "2021-01-01"
    answer = api(awa).post("/api/v1/actualites", body, format="multipart")
    assert answer.status_code == 400
    assert files_under(settings.MEDIA_ROOT) == []


# Private files ------------------------------------------------------------------------------------


def test_a_private_file_has_no_address(db, settings):
    row = DemandeCreationSiteFactory()
    with pytest.raises(ValueError, match="no address"):
        _ = row.justificatif.url
    assert files_under(settings.MEDIA_ROOT) == []
    (name,) = files_under(settings.PRIVATE_ROOT)
    assert "justificatif" not in name
    path = Path(row.justificatif.path)
    assert path.stat().st_mode & 0o077 == 0
    assert Client().get(f"/media/{row.justificatif.name}").status_code == 404
    assert Client().get(f"/media/../private/{row.justificatif.name}").status_code in {400, 404}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.html", b"<html><script>alert(1)</script>"),
        ("image.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ("programme.exe", b"MZ\x90\x00"),
        ("renommé.pdf", b"MZ\x90\x00"),
        ("renommé.png", b"<html>"),
        ("archive.zip", b"PK\x03\x04"),
        ("décalé.pdf", b"\n\n%PDF-1.4"),
        ("vide.pdf", b""),
        ("script.js", b"alert(1)"),
        ("sans-extension", b"#!/bin/sh"),
    ],
)
def test_only_papers_and_images_are_kept(name, content):
    with pytest.raises(ValidationError) as caught:
        check_private_file(SimpleUploadedFile(name, content, "application/pdf"))
    assert caught.value.error_list[0].code == "fichier_invalide"


def test_the_name_of_the_client_decides_nothing(db):
    names = ["../../x.pdf", "a" * 300, "x\r\ny.pdf", "CON", "x.exe.pdf", "X.PDF", "\u202efdp.pdf"]
    for name in names:
        upload = SimpleUploadedFile("x", small_pdf(), "application/pdf")
        upload.name = name
        assert check_private_file(upload).name == "fichier.pdf"
    row = DemandeCreationSiteFactory(justificatif=ContentFile(small_pdf(), name="x.pdf"))
    assert row.justificatif.name.startswith("mairies/demandecreationsite/")


def test_name_type_and_content_agree():
    for name, kind in (("x.html", "application/pdf"), ("x.pdf", "text/html"), ("x.pdf.exe", "")):
        with pytest.raises(ValidationError):
            check_private_file(SimpleUploadedFile(name, small_pdf(), kind))


def test_an_image_is_kept_without_what_it_hid():
    photo = picture("x.jpg", "JPEG").read() + b"PK"
    kept = check_private_file(SimpleUploadedFile("x.jpg", photo, "image/jpeg"))
    assert kept.name.endswith(".webp")
    assert b"PK" not in kept.read()[-2:]


def test_a_private_file_has_a_size(settings):
    settings.PRIVATE_FILE_MAX_BYTES = 1_048_576
    with pytest.raises(ValidationError, match="1 Mo"):
        check_private_file(SimpleUploadedFile("x.pdf", b"%PDF-" + b"0" * 1_048_576))


@pytest.mark.django_db(transaction=True)
def test_the_file_of_a_deleted_row_vanishes(settings):
    DemandeCreationSiteFactory()
    assert len(files_under(settings.PRIVATE_ROOT)) == 1
    DemandeCreationSite.objects.get().delete()
    assert files_under(settings.PRIVATE_ROOT) == []


# HTML ---------------------------------------------------------------------------------------------


def test_html_is_sanitised_whoever_writes_it(db):
    hostile = "<p>Oui</p><img src=x onerror=alert(1)><a href='javascript:x()'>non</a>"
    row = ActualiteFactory(contenu=hostile)
    assert "onerror" not in row.contenu
    assert "javascript" not in row.contenu
    assert row.contenu == Actualite.objects.get().contenu
    row.contenu = hostile
    row.save(update_fields=["contenu"])
    assert "onerror" not in Actualite.objects.get().contenu
    Actualite.objects.bulk_create([ActualiteFactory.build(mairie=row.mairie, contenu=hostile)])
    assert not Actualite.objects.filter(contenu__contains="onerror").exists()
