import pytest

from documents.models import DocumentOfficiel
from documents.tests.factories import DocumentOfficielFactory
from ecms.models import PendingHit
from ecms.tests.files import files_in, photo, small_pdf, upload

LIST = "/admin/documents/documentofficiel/"
ADD = f"{LIST}add/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(client):
    def sign_in(user):
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def theirs(douala):
    return DocumentOfficielFactory(mairie=douala, titre="CANARI de Douala")


def form(**changes):
    return {
        "titre": "Budget primitif",
        "type": "budget",
        "numero_reference": "",
        "date_document": "",
        "annee": 2026,
        "description": "",
        "date_publication_0": "",
        "date_publication_1": "",
        "remplace_par": "",
        "fichier": upload(small_pdf(), "Budget é.pdf", "application/pdf"),
        **changes,
    }


def change_url(document):
    return f"{LIST}{document.pk}/change/"


def test_a_new_one_and_its_download(signed_in, awa, yaounde):
    client = signed_in(awa)
    answer = client.post(ADD, form(est_public="on"))
    assert answer.status_code == 302, answer.context["errors"]
    row = DocumentOfficiel.objects.get()
    assert (row.mairie, row.auteur, row.nom_original) == (yaounde, awa, "Budget é.pdf")
    assert (row.type_mime, row.taille) == ("application/pdf", len(small_pdf()))
    assert row.date_publication is not None
    page = client.get(change_url(row)).content.decode()
    assert f'href="{LIST}{row.pk}/fichier/"' in page
    assert row.fichier.name not in page
    file = client.get(f"{LIST}{row.pk}/fichier/")
    assert file.getvalue() == small_pdf()
    assert "attachment" in file.headers["Content-Disposition"]
    assert not PendingHit.objects.exists()


def test_a_change_without_a_file_keeps_it(signed_in, awa, yaounde):
    row = DocumentOfficielFactory(mairie=yaounde)
    client, name = signed_in(awa), row.fichier.name
    body = {k: v for k, v in form(titre="Autre").items() if k != "fichier"}
    assert client.post(change_url(row), body).status_code == 302
    row.refresh_from_db()
    assert (row.titre, row.fichier.name, row.nom_original) == ("Autre", name, "arrete.pdf")
    assert client.post(change_url(row), form(fichier=upload(photo(), "p.jpg"))).status_code == 302
    row.refresh_from_db()
    assert (row.nom_original, row.type_mime) == ("p.webp", "image/webp")


def test_refused_files_are_told_and_not_kept(signed_in, awa, settings):
    for content, name in ((b"MZ\x90", "a.pdf"), (b"<svg/>", "a.svg"), (small_pdf(), "a.exe")):
        answer = signed_in(awa).post(ADD, form(fichier=upload(content, name)))
        assert answer.status_code == 200
        assert "fichier" in answer.context["adminform"].form.errors
    assert files_in(settings.PRIVATE_ROOT) == []


def test_a_refused_replacement_is_told(signed_in, nadege, theirs, yaounde, settings):
    """The national administrator sees both mairies."""
    before = files_in(settings.PRIVATE_ROOT)
    body = form(mairie=yaounde.pk, remplace_par=theirs.pk)
    answer = signed_in(nadege).post(ADD, body)
    assert answer.status_code == 200
    assert "remplace_par" in answer.context["adminform"].form.errors
    assert files_in(settings.PRIVATE_ROOT) == before


def test_the_documents_of_others_are_out_of_reach(signed_in, awa, theirs):
    client = signed_in(awa)
    assert "CANARI" not in client.get(LIST).content.decode()
    for address in (change_url(theirs), f"{LIST}{theirs.pk}/fichier/"):
        answer = client.get(address, follow=True)
        assert b"CANARI" not in answer.content
        assert small_pdf() not in answer.content
    refused = client.post(ADD, form(remplace_par=theirs.pk))
    assert "remplace_par" in refused.context["adminform"].form.errors
    assert "CANARI" not in refused.content.decode()


def test_a_visitor_is_asked_to_sign_in(client, theirs):
    answer = client.get(f"{LIST}{theirs.pk}/fichier/")
    assert answer.status_code == 302
    assert "login" in answer.headers["Location"]
