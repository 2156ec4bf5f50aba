"""Official documents: filed by agents, found and downloaded by anyone."""

import hashlib
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from documents.models import DocumentOfficiel
from documents.tests.factories import DocumentOfficielFactory
from ecms.tests.files import files_in, small_pdf, upload
from users.tests.factories import agent_of

URL = "/api/v1/documents-officiels"

pytestmark = pytest.mark.django_db


def sent(**changes) -> dict:
    return {
        "titre": "Budget primitif",
        "type": "budget",
        "annee": 2026,
        "fichier": upload(small_pdf(), "Budget 2026.pdf", "application/pdf"),
        **changes,
    }


def post(client, **changes):
    return client.post(URL, sent(**changes), format="multipart")


def test_it_works(api, awa, settings):
    client = api(awa)
    created = post(client)
    assert created.status_code == 201, created.json()
    body = created.json()
    assert (body["mairie"], body["nom_original"]) == ("yaounde", "Budget 2026.pdf")
    assert (body["taille"], body["type_mime"]) == (len(small_pdf()), "application/pdf")
    assert body["sha256"] == hashlib.sha256(small_pdf()).hexdigest()
    assert (body["est_public"], body["auteur"]) == (False, awa.pk)
    assert "fichier" not in body
    url = f"{URL}/{body['id']}"
    assert api().get(url).status_code == api().get(f"{url}/fichier").status_code == 404
    published = client.patch(url, {"est_public": True}).json()
    assert published["date_publication"] is not None
    seen = api().get(url).json()
    assert seen["fichier_url"].endswith(f"{url}/fichier")
    answer = api().get(seen["fichier_url"])
    assert answer.getvalue() == small_pdf()
    assert client.delete(url).status_code == 204
    assert api().get(url).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_the_file_goes_with_its_row_and_its_successor(api, awa, settings):
    client = api(awa)
    url = f"{URL}/{post(client).json()['id']}"
    (first,) = files_in(settings.PRIVATE_ROOT)
    assert "Budget" not in first
    table = upload(b"Poste;Montant\nVoirie;1 000 000\n", "Dépenses.csv", "text/csv")
    changed = client.patch(url, {"fichier": table}, format="multipart").json()
    assert (changed["nom_original"], changed["type_mime"]) == ("Dépenses.csv", "text/csv")
    (second,) = files_in(settings.PRIVATE_ROOT)
    assert second != first
    assert second.endswith(".csv")
    assert client.delete(url).status_code == 204
    assert files_in(settings.PRIVATE_ROOT) == []
    assert files_in(settings.MEDIA_ROOT) == []


def test_what_the_public_does_not_see(api, awa, chantal, yaounde):
    row = DocumentOfficielFactory(mairie=yaounde, publie=True)
    hidden = {"est_public", "nombre_telechargements", "auteur", "date_creation"}
    for client in (api(), api(chantal)):
        assert not hidden & client.get(f"{URL}/{row.pk}").json().keys()
        assert not hidden & client.get(URL).json()["results"][0].keys()
    assert hidden <= api(awa).get(f"{URL}/{row.pk}").json().keys()


def test_a_private_document_has_no_address(api, awa, brice, chantal, yaounde, client):
    row = DocumentOfficielFactory(mairie=yaounde)
    later = DocumentOfficielFactory(
        mairie=yaounde, est_public=True, date_publication=timezone.now() + timedelta(hours=1)
    )
    for document in (row, later):
        for other in (api(), api(brice), api(chantal)):
            for address in (f"{URL}/{document.pk}", f"{URL}/{document.pk}/fichier"):
                assert other.get(address).status_code == other.head(address).status_code == 404
            assert other.get(URL).json()["count"] == 0
        assert api(awa).get(f"{URL}/{document.pk}/fichier").getvalue() == small_pdf()
        with pytest.raises(ValueError, match="no address"):
            _ = document.fichier.url
        assert client.get(f"/media/{document.fichier.name}").status_code == 404
        assert client.get(f"/media/../private/{document.fichier.name}").status_code in {400, 404}


def test_a_suspended_mairie_delivers_nothing(api, yaounde):
    row = DocumentOfficielFactory(mairie=yaounde, publie=True)
    yaounde.statut = "suspendue"
    yaounde.save()
    assert api().get(f"{URL}/{row.pk}/fichier").status_code == 404


def test_an_anonymous_answer_is_kept_until_the_next_publication(api, yaounde):
    DocumentOfficielFactory(mairie=yaounde, publie=True)
    assert api().get(URL).headers["Cache-Control"] == "public, max-age=60"
    DocumentOfficielFactory(
        mairie=yaounde, est_public=True, date_publication=timezone.now() + timedelta(seconds=20)
    )
    (_, seconds) = api().get(URL).headers["Cache-Control"].split("max-age=")
    assert int(seconds) <= 20


def test_what_is_ours_to_decide_is_ignored(api, awa, brice, yaounde, douala):
    stolen = {"mairie": "douala", "auteur": brice.pk, "nombre_telechargements": 9, "taille": 1}
    stolen |= {"sha256": "0" * 64, "type_mime": "text/html", "nom_original": "x.html"}
    assert post(api(awa), **stolen).status_code == 201
    row = DocumentOfficiel.objects.get()
    assert (row.mairie, row.auteur, row.nombre_telechargements) == (yaounde, awa, 0)
    assert (row.type_mime, row.taille) == ("application/pdf", len(small_pdf()))
    assert row.nom_original == "Budget 2026.pdf"


def test_who_may_not(api, chantal, brice, yaounde):
    row = DocumentOfficielFactory(mairie=yaounde, publie=True)
    for client, status in ((api(), 401), (api(chantal), 403)):
        assert post(client).status_code == status
        assert client.patch(f"{URL}/{row.pk}", {"titre": "x"}).status_code == status
    reader = api(agent_of(yaounde, groups=["Lecture"]))
    assert post(reader).status_code == 403
    assert api(brice).patch(f"{URL}/{row.pk}", {"titre": "x"}).status_code == 404
    assert api(brice).delete(f"{URL}/{row.pk}").status_code == 404


def test_the_year_is_that_of_the_date(api, awa):
    body = {k: v for k, v in sent().items() if k != "annee"}
    assert list(api(awa).post(URL, body, format="multipart").json()["fields"]) == ["annee"]
    body = {**body, "date_document": "2019-03-04", "fichier": upload(small_pdf(), "a.pdf")}
    answer = api(awa).post(URL, body, format="multipart")
    assert (answer.status_code, answer.json()["annee"]) == (201, 2019)


def test_a_file_is_needed(api, awa, settings):
    answer = api(awa).post(URL, {k: v for k, v in sent().items() if k != "fichier"})
    assert list(answer.json()["fields"]) == ["fichier"]
    assert list(post(api(awa), annee=1500).json()["fields"]) == ["annee"]
    assert files_in(settings.PRIVATE_ROOT) == []


# Lists --------------------------------------------------------------------------------------------


@pytest.fixture
def shelf(yaounde, douala):
    def make(titre, **columns):
        return DocumentOfficielFactory(
            titre=titre, publie=True, **{"mairie": yaounde, "type": "arrete", **columns}
        )

    make(
        "Délibération sur l'état-civil", type="deliberation", annee=2024, numero_reference="D-7/24"
    )
    make("Arrêté de voirie", description="Les routes et les caniveaux", date_document="2025-05-05")
    make("Budget communal", type="budget", mairie=douala, date_document="2023-01-01")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("type=deliberation", ["Délibération sur l'état-civil"]),
        ("annee=2024", ["Délibération sur l'état-civil"]),
        ("numero_reference=d-7/24", ["Délibération sur l'état-civil"]),
        ("mairie=douala", ["Budget communal"]),
        ("date_apres=2025-01-01", ["Arrêté de voirie"]),
        ("date_avant=2024-01-01", ["Budget communal"]),
        ("search=etat civil", ["Délibération sur l'état-civil"]),
        ("search=route", ["Arrêté de voirie"]),
        ("search=D-7/24", ["Délibération sur l'état-civil"]),
        ("search=budgets", ["Budget communal"]),
        ("search=inconnu", []),
        ("ordering=titre&type=arrete", ["Arrêté de voirie"]),
    ],
)
def test_filters(api, shelf, query, found):
    answer = api().get(f"{URL}?{query}")
    assert [row["titre"] for row in answer.json()["results"]] == found


@pytest.mark.parametrize(
    "query", ["type=x", "annee=x", "date_apres=hier", "en_vigueur=x", "mairie=x", "ordering=x"]
)
def test_unknown_values(api, db, query):
    assert api().get(f"{URL}?{query}").status_code == 400


def test_the_queries_do_not_grow(api, awa, yaounde):
    def queries(client):
        with CaptureQueriesContext(connection) as found:
            assert client.get(URL).status_code == 200
        return len(found)

    for client in (api(), api(awa)):
        successor = DocumentOfficielFactory(mairie=yaounde, publie=True)
        DocumentOfficielFactory(mairie=yaounde, publie=True, remplace_par=successor)
        few = queries(client)
        for _n in range(4):
            other = DocumentOfficielFactory(mairie=yaounde, publie=True)
            DocumentOfficielFactory(mairie=yaounde, publie=True, remplace_par=other)
        assert queries(client) == few
        assert few <= 6
