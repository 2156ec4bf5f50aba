"""Official documents that come in a file, with their papers in an archive."""

import hashlib
from datetime import date

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.utils import timezone

from documents.models import DocumentOfficiel
from documents.tests.factories import DocumentOfficielFactory
from ecms.tests.files import files_in, small_docx, small_pdf, zipped
from ecms.tests.imports import Desk, lines_of, said, workbook

pytestmark = pytest.mark.django_db

HEADINGS = "Titre;Type;Numéro de référence;Date du document;Public;Fichier\n"
BUDGET = "Budget 2026;Budget;2026/1;15/01/2026;oui;budget.pdf\n"


@pytest.fixture
def desk(awa):
    return Desk(awa, DocumentOfficiel)


def archive(lines: str, **files: bytes) -> bytes:
    named = {name.replace("_", "."): content for name, content in files.items()}
    return zipped({"documents.csv": lines.encode("utf-8-sig"), **named})


def test_it_works(desk, awa, yaounde, settings):
    shown = desk.send(archive(HEADINGS + BUDGET, budget_pdf=small_pdf()), "envoi.zip")
    ((line, effect, changes),) = lines_of(shown)
    assert (line, effect) == (2, "new")
    assert ("Fichier", "", "budget.pdf") in changes
    # The archive alone is kept until it is confirmed.
    assert len(files_in(settings.PRIVATE_ROOT)) == 1
    assert desk.confirm(shown).status_code == 302
    row = DocumentOfficiel.objects.get()
    assert (row.titre, row.type, row.numero_reference) == ("Budget 2026", "budget", "2026/1")
    assert (row.date_document, row.annee, row.mairie) == (date(2026, 1, 15), 2026, yaounde)
    assert (row.nom_original, row.type_mime, row.auteur) == ("budget.pdf", "application/pdf", awa)
    assert row.sha256 == hashlib.sha256(small_pdf()).hexdigest()
    assert row.est_public
    assert row.date_publication <= timezone.now()
    with row.fichier.open() as stored:
        assert stored.read() == small_pdf()


def test_a_workbook_and_a_folder(desk):
    listed = workbook(["titre", "annee", "fichier"], ["Rapport", 2025, "B.PDF"])
    content = zipped({"envoi/documents.xlsx": listed, "envoi/b.pdf": small_pdf()})
    assert desk.bring(content, "envoi.zip").status_code == 302
    assert DocumentOfficiel.objects.get().annee == 2025


@pytest.mark.parametrize("name", [".", "./."])
def test_an_entry_without_a_name_is_nothing(desk, name):
    content = zipped({name: b"x", "documents.csv": (HEADINGS + BUDGET).encode()})
    ((_line, effect, _errors),) = lines_of(desk.send(content, "envoi.zip"))
    assert effect == "wrong"


def test_a_new_document_has_a_file(desk):
    ((_line, effect, errors),) = lines_of(desk.send(HEADINGS + "Budget;Budget;;;non;\n"))
    assert effect == "wrong"
    assert ("Fichier", "Donnez le fichier de ce nouveau document.") in errors
    ((_line, _effect, errors),) = lines_of(desk.send(HEADINGS + BUDGET))
    assert ("Fichier", "Ce fichier n'est pas dans l'archive.") in errors


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("budget.pdf", b"<html>"),
        ("budget.pdf", small_docx()),
        ("budget.exe", b"MZ" + b"\0" * 100),
        ("budget.pdf", b""),
        ("budget.docx", small_docx(**{"word/vbaProject.bin": b"x"})),
    ],
)
def test_each_file_is_checked_as_one_that_is_sent_alone(desk, name, content):
    lines = HEADINGS + BUDGET.replace("budget.pdf", name)
    shown = desk.send(zipped({"documents.csv": lines.encode(), name: content}), "envoi.zip")
    ((_line, effect, errors),) = lines_of(shown)
    assert (effect, errors[0][0]) == ("wrong", "Fichier")


def test_a_known_document_is_changed_and_keeps_its_file(desk, yaounde):
    row = DocumentOfficielFactory(mairie=yaounde, titre="Budget 2026", numero_reference="")
    shown = desk.send("titre;description\nBudget 2026;Voté.\n")
    assert lines_of(shown) == [(2, "changed", [("Description", row.description, "Voté.")])]
    desk.confirm(shown)
    kept = row.fichier.name
    row.refresh_from_db()
    assert (row.description, row.fichier.name) == ("Voté.", kept)


def test_another_file_takes_the_place_of_the_former(desk, yaounde):
    row = DocumentOfficielFactory(mairie=yaounde, titre="A", numero_reference="1")
    row.fichier.save("a.pdf", ContentFile(b"x"))
    lines = "titre;numero_reference;fichier\nA;1;a.pdf\n"
    assert desk.bring(archive(lines, a_pdf=small_pdf()), "a.zip").status_code == 302
    row.refresh_from_db()
    assert row.sha256 == hashlib.sha256(small_pdf()).hexdigest()
    # The same again changes nothing.
    shown = desk.send(archive(lines, a_pdf=small_pdf()), "a.zip")
    assert [effect for _line, effect, _ in lines_of(shown)] == ["same"]


def test_the_number_tells_documents_of_one_title_apart(desk, yaounde):
    for number in "12":
        DocumentOfficielFactory(mairie=yaounde, titre="Arrêté", numero_reference=number)
    shown = desk.send("titre;numero_reference;annee\nArrêté;2;1999\nArrêté;;1998\n")
    assert [effect for _line, effect, _ in lines_of(shown)] == ["changed", "wrong"]
    assert "Plusieurs documents portent ce titre" in said(shown)


def test_documents_of_another_mairie_are_not_found(desk, douala):
    row = DocumentOfficielFactory(mairie=douala, titre="Secret", numero_reference="9")
    shown = desk.send("titre;numero_reference;annee\nSecret;9;1999\n")
    # A new one, that lacks its file: nothing says that there is another.
    assert [effect for _line, effect, _ in lines_of(shown)] == ["wrong"]
    assert row.description not in said(shown) or row.description == ""


@pytest.mark.parametrize(
    "content",
    [
        zipped({"autre.csv": b"titre\nA\n"}),
        zipped({"documents.csv": b"titre\nA\n", "documents.xlsx": b"x"}),
        zipped({"documents.csv": b"titre\nA\n", "../a.pdf": b"x"}),
        zipped({"documents.csv": b"titre\nA\n", "a/x.pdf": b"x", "b/x.pdf": b"y"}),
        zipped({"documents.csv": b"titre\nA\n", "big.pdf": b"\0" * 60_000_000}),
        zipped({"documents.csv": b"titre\nA\n"})[:-10],
        b"PK\x03\x04" + b"\0" * 50,
    ],
)
def test_hostile_archives(desk, settings, content):
    answer = desk.send(content, "envoi.zip")
    assert answer.context["form"].errors["fichier"]
    assert files_in(settings.PRIVATE_ROOT) == []


def test_an_archive_that_is_too_heavy(desk, settings):
    settings.MAX_UPLOAD_BYTES = 1_000
    settings.DOCUMENT_MAX_BYTES = 1_000
    answer = desk.send(archive(HEADINGS + BUDGET, budget_pdf=bytes(range(256)) * 8), "envoi.zip")
    assert answer.status_code in {200, 400, 413}
    assert not DocumentOfficiel.objects.exists()


def test_what_has_changed_leaves_no_file(desk, yaounde, settings):
    shown = desk.send(archive(HEADINGS + BUDGET, budget_pdf=small_pdf()), "envoi.zip")
    DocumentOfficielFactory(mairie=yaounde, titre="Budget 2026", numero_reference="2026/1")
    before = files_in(settings.PRIVATE_ROOT)
    again = desk.confirm(shown)
    assert again.status_code == 200
    assert lines_of(again)[0][1] == "changed"
    assert files_in(settings.PRIVATE_ROOT) == before


def test_what_is_refused_at_the_last_moment_leaves_no_file(desk, settings):
    """The database has the last word, line by line; here on the second."""
    lines = HEADINGS + BUDGET + BUDGET.replace("Budget 2026", "Refusé").replace("2026/1", "2")
    shown = desk.send(archive(lines, budget_pdf=small_pdf()), "envoi.zip")
    before = files_in(settings.PRIVATE_ROOT)
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE documents_documentofficiel"
            " ADD CONSTRAINT documents_documentofficiel_dernier_mot CHECK (titre <> 'Refusé')"
        )
    assert desk.confirm(shown).status_code == 409
    assert not DocumentOfficiel.objects.exists()
    assert files_in(settings.PRIVATE_ROOT) == before
