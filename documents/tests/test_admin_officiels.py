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


def test_what_replaces_it_is_one_of_its_mairie(signed_in, awa, nadege, theirs, yaounde):
    row, other = DocumentOfficielFactory.create_batch(2, mairie=yaounde)
    url = f"{LIST}{row.pk}/etape/remplacer/"
    # The national administrator sees both mairies.
    for user in (awa, nadege):
        for wrong in (theirs.pk, row.pk, "x", "9" * 30, "\x00", ""):
            refused = signed_in(user).post(url, {"remplacant": wrong})
            assert refused.context["form"].errors["remplacant"]
            assert "CANARI" not in refused.content.decode() or user == nadege
    assert signed_in(awa).post(url, {"remplacant": other.pk}).status_code == 302
    row.refresh_from_db()
    assert row.remplace_par == other
    signed_in(awa).post(f"{LIST}{row.pk}/etape/retablir/")
    row.refresh_from_db()
    assert row.remplace_par is None


def test_a_circle_of_replacements_is_refused(signed_in, awa, yaounde):
    old = DocumentOfficielFactory(mairie=yaounde)
    new = DocumentOfficielFactory(mairie=yaounde, remplace_par=old)
    url = f"{LIST}{old.pk}/etape/remplacer/"
    answer = signed_in(awa).post(url, {"remplacant": new.pk}, follow=True)
    assert any("remplacé par un document qu" in str(m) for m in answer.context["messages"])
    old.refresh_from_db()
    assert old.remplace_par is None


def test_the_picker_offers_the_documents_of_the_mairie(signed_in, awa, theirs, yaounde):
    own = DocumentOfficielFactory(mairie=yaounde)
    asked = {
        "app_label": "documents", "model_name": "documentofficiel",
        "field_name": "remplace_par", "term": "",
    }  # fmt: skip
    found = signed_in(awa).get("/admin/autocomplete/", asked).json()["results"]
    assert [row["text"] for row in found] == [own.titre]


def test_the_form_does_not_replace(signed_in, awa, yaounde, theirs):
    row, other = DocumentOfficielFactory.create_batch(2, mairie=yaounde)
    body = {k: v for k, v in form().items() if k != "fichier"}
    for chosen in (theirs.pk, other.pk):
        signed_in(awa).post(change_url(row), body | {"remplace_par": chosen})
        row.refresh_from_db()
        assert row.remplace_par is None


def test_the_documents_of_others_are_out_of_reach(signed_in, awa, theirs):
    client = signed_in(awa)
    assert "CANARI" not in client.get(LIST).content.decode()
    for address in (change_url(theirs), f"{LIST}{theirs.pk}/fichier/"):
        answer = client.get(address, follow=True)
        assert b"CANARI" not in answer.content
        assert small_pdf() not in answer.content


def test_a_visitor_is_asked_to_sign_in(client, theirs):
    answer = client.get(f"{LIST}{theirs.pk}/fichier/")
    assert answer.status_code == 302
    assert "login" in answer.headers["Location"]


@pytest.mark.parametrize("rows", [5, 30])
def test_the_number_of_queries_is_fixed(signed_in, awa, yaounde, django_assert_num_queries, rows):
    last = DocumentOfficielFactory(mairie=yaounde)
    DocumentOfficielFactory.create_batch(rows, mairie=yaounde, publie=True, remplace_par=last)
    client = signed_in(awa)
    # The first page opens the session that the others use.
    client.get("/admin/")
    with django_assert_num_queries(6):
        client.get(LIST)
