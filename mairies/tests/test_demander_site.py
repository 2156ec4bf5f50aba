import pytest

from ecms.models import Courriel
from ecms.tests.files import files_in, photo, pixel_bomb, small_pdf, upload
from ecms.tests.together import together
from mairies.models import DemandeCreationSite
from mairies.tests.factories import DemandeCreationSiteFactory, MairieFactory
from mairies.workflow import StatutDemande

URL = "/api/v1/demandes-creation-site"

pytestmark = pytest.mark.django_db


@pytest.fixture
def bana(db):
    return MairieFactory(nom="Bana", slug="bana", inactive=True)


def sent(**changes):
    return {
        "mairie": "bana",
        "nom_demandeur": "Jeanne Mballa",
        "fonction_demandeur": "Secrétaire générale",
        "email": "jeanne@bana.cm",
        "telephone": "677 00 00 01",
        "justificatif": upload(small_pdf(), "arrêté n° 12.pdf", "application/pdf"),
        **changes,
    }


def post(client, **changes):
    return client.post(URL, sent(**changes), format="multipart")


def test_it_works(api, bana, mailbox, settings):
    response = post(api())
    assert response.status_code == 201, response.json()
    body = response.json()
    assert set(body) == {"mairie", "statut", "detail"}
    assert (body["mairie"], body["statut"]) == ("bana", "en_attente")
    demande = DemandeCreationSite.objects.get()
    assert (demande.mairie, demande.telephone.as_e164) == (bana, "+237677000001")
    assert demande.justificatif.name.startswith("mairies/demandecreationsite/")
    assert "arr" not in demande.justificatif.name
    assert len(files_in(settings.PRIVATE_ROOT)) == 1
    assert files_in(settings.MEDIA_ROOT) == []
    (message,) = mailbox()
    assert message.to == ["jeanne@bana.cm"]
    assert "Bana" in message.body


def test_an_image_proves_too_and_is_encoded_anew(api, bana, settings):
    assert post(api(), justificatif=upload(photo(), "scan.jpeg", "image/jpeg")).status_code == 201
    (name,) = files_in(settings.PRIVATE_ROOT)
    assert name.endswith(".webp")
    content = DemandeCreationSite.objects.get().justificatif.open("rb")
    with content:
        assert b"Mvog-Ada" not in content.read()


@pytest.mark.parametrize(
    ("name", "content_type"),
    [("SCAN.PDF", "application/pdf"), ("scan", ""), ("scan.pdf", "application/octet-stream")],
)
def test_telephones_name_a_pdf_in_many_ways(api, bana, name, content_type):
    proof = upload(small_pdf(), name, content_type)
    assert post(api(), justificatif=proof).status_code == 201


@pytest.mark.parametrize(
    ("content", "name", "content_type"),
    [
        (b"", "vide.pdf", "application/pdf"),
        (b"<html><script>alert(1)</script>", "page.pdf", "application/pdf"),
        (b"<html><script>alert(1)</script>", "page.html", "text/html"),
        (b"MZ\x90\x00", "outil.exe", "application/octet-stream"),
        (b"PK\x03\x04", "lettre.docx", "application/zip"),
        (small_pdf(), "page.html", "text/html"),
        (small_pdf(), "outil.pdf.exe", "application/pdf"),
        (small_pdf(), "photo.pdf", "image/png"),
        (b"<svg onload='x()'/>", "logo.svg", "image/svg+xml"),
        (pixel_bomb(), "bombe.png", "image/png"),
        (photo((20, 20))[:100], "tronque.jpg", "image/jpeg"),
        (photo((20, 20)), "photo.html", "text/html"),
        (b"%PDF-" + bytes(10_500_000), "gros.pdf", "application/pdf"),
    ],
)
def test_hostile_files_leave_nothing(api, bana, settings, content, name, content_type):
    response = post(api(), justificatif=upload(content, name, content_type))
    assert response.status_code == 400
    assert response.json()["fields"]["justificatif"]
    assert files_in(settings.PRIVATE_ROOT) == files_in(settings.MEDIA_ROOT) == []
    assert not DemandeCreationSite.objects.exists()


@pytest.mark.parametrize(
    "name", ["../../etc/passwd.pdf", "/tmp/x.pdf", "a\r\nX: y.pdf", "CON.pdf", "x" * 300 + ".pdf"]
)
def test_a_file_name_is_not_a_path(api, bana, settings, name):
    response = post(api(), justificatif=upload(small_pdf(), name, "application/pdf"))
    assert response.status_code in {201, 400}
    assert all(len(kept) == 36 for kept in files_in(settings.PRIVATE_ROOT))


@pytest.mark.parametrize(
    "field", ["mairie", "nom_demandeur", "fonction_demandeur", "email", "telephone", "justificatif"]
)
def test_everything_but_the_message_is_needed(api, bana, field):
    body = sent()
    del body[field]
    response = api().post(URL, body, format="multipart")
    assert response.status_code == 400
    assert list(response.json()["fields"]) == [field]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("mairie", "atlantide"),
        ("email", "jeanne"),
        ("email", "jeanne@bana.cm\nBcc: x@y.z"),
        ("telephone", "12"),
        ("nom_demandeur", "x" * 151),
    ],
)
def test_what_cannot_be_is_refused(api, bana, settings, field, value):
    response = post(api(), **{field: value})
    assert response.status_code == 400
    assert list(response.json()["fields"]) == [field]
    assert files_in(settings.PRIVATE_ROOT) == []


@pytest.mark.parametrize("statut", ["active", "suspendue"])
def test_an_open_space_needs_no_request(api, bana, settings, statut):
    MairieFactory(slug="ouverte", statut=statut)
    response = post(api(), mairie="ouverte")
    assert (response.status_code, response.json()["code"]) == (409, "mairie_deja_active")
    assert files_in(settings.PRIVATE_ROOT) == []


def test_one_open_request_for_a_mairie(api, bana, settings, mailbox):
    assert post(api()).status_code == 201
    response = post(api(), email="autre@bana.cm")
    assert response.status_code == 409
    assert response.json()["detail"] == "Une demande est déjà en cours pour cette mairie."
    assert len(files_in(settings.PRIVATE_ROOT)) == 1
    assert len(mailbox()) == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_is_filed(api, bana, settings):
    answers = together(*[lambda: post(api()).status_code] * 2)
    assert sorted(answers) == [201, 409]
    assert len(files_in(settings.PRIVATE_ROOT)) == DemandeCreationSite.objects.count() == 1


def test_what_is_ours_to_decide_is_ignored(api, bana, nadege):
    response = post(api(), statut="validee", motif_rejet="x", traite_par=nadege.pk)
    assert response.status_code == 201
    demande = DemandeCreationSite.objects.get()
    assert (demande.statut, demande.motif_rejet) == (StatutDemande.EN_ATTENTE, "")
    assert demande.traite_par is None


def test_the_receipt_speaks_the_language_of_the_request(api, bana):
    client = api()
    client.post(URL, sent(), format="multipart", headers={"accept-language": "en"})
    assert DemandeCreationSite.objects.count() == 1
    courriel = Courriel.objects.get()
    assert courriel.langue == "en"


def test_too_many_from_one_address(api, settings):
    settings.RATES = {**settings.RATES, "demande_site_adresse": (2, 3600)}
    statuses = [post(api(), mairie="atlantide").status_code for _try in range(3)]
    assert statuses == [400, 400, 429]
    refused = post(api())
    assert 0 < int(refused["Retry-After"]) <= 3601
    forged = api().post(URL, sent(), format="multipart", headers={"x-forwarded-for": "1.2.3.4"})
    assert forged.status_code == 429


def test_nothing_can_be_read_back(api, awa, chantal):
    demande = DemandeCreationSiteFactory()
    for client, status in ((api(), 401), (api(chantal), 403), (api(awa), 403)):
        for url in (URL, f"{URL}/{demande.pk}", f"{URL}/{demande.pk}/justificatif"):
            assert client.get(url).status_code == status
    for action in ("valider", "rejeter"):
        assert api().post(f"{URL}/{demande.pk}/{action}").status_code == 401
        assert api(awa).post(f"{URL}/{demande.pk}/{action}").status_code == 403
    assert api().get(f"/media/{demande.justificatif.name}").status_code == 404


def test_the_national_administrator_reads_the_proof(api, nadege):
    demande = DemandeCreationSiteFactory()
    body = api(nadege).get(f"{URL}/{demande.pk}").json()
    assert "justificatif" not in body
    response = api(nadege).get(f"{URL}/{demande.pk}/justificatif")
    assert b"".join(response.streaming_content) == small_pdf()
    assert response["Content-Type"] == "application/pdf"
    assert (
        f'attachment; filename="justificatif-{demande.pk}.pdf"' in response["Content-Disposition"]
    )
    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Content-Type-Options"] == "nosniff"


def test_the_list_is_filtered(api, nadege):
    DemandeCreationSiteFactory(nom_demandeur="Élise Ngo")
    DemandeCreationSiteFactory(mairie__slug="bana")
    client = api(nadege)
    assert client.get(URL, {"search": "elise"}).json()["count"] == 1
    assert client.get(URL, {"mairie": "bana"}).json()["count"] == 1
    assert client.get(URL, {"statut": "validee"}).json()["count"] == 0
    assert client.get(URL, {"statut": "perdue"}).status_code == 400


@pytest.mark.parametrize("rows", [1, 12])
def test_the_number_of_queries_is_fixed(api, nadege, django_assert_num_queries, rows):
    DemandeCreationSiteFactory.create_batch(rows)
    client = api(nadege)
    with django_assert_num_queries(3):
        assert client.get(URL).json()["count"] == rows
