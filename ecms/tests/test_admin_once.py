"""A form of the admin that is sent twice; what a step or a deletion meets at the last moment."""

import io
import re
import subprocess
from datetime import date

import pytest
from django.test import Client
from PIL import Image

from demarches.models import DemarcheAdministrative, RendezVous, Suivi
from demarches.tests.admin import DEMARCHES, FORMULAIRES, RENDEZ_VOUS, change_url
from demarches.tests.factories import DemarcheAdministrativeFactory, FormulaireFactory
from demarches.tests.rendez_vous import a, lundi, service_ouvert
from demarches.workflow import StatutDemarche
from documents.models import FAQ
from ecms.models import RequeteIdempotente
from ecms.tests.files import upload
from ecms.tests.together import together
from evenements.tests.agenda import ouvert

FAQS = "/admin/documents/faq/"
INSCRIPTIONS = "/admin/evenements/inscriptionevenement/"
FIELD = re.compile(r'name="_envoi" value="([^"]+)"')


@pytest.fixture
def signed_in():
    def sign_in(user) -> Client:
        client = Client()
        client.force_login(user, backend="users.backends.Backend")
        client.get("/admin/")
        return client

    return sign_in


def number_on(client, url: str) -> dict[str, str]:
    (found,) = set(FIELD.findall(client.get(url).content.decode()))
    return {"_envoi": found}


def booking(service) -> dict[str, str]:
    jour: date = lundi()
    return {
        "service": str(service.pk),
        "jour": jour.isoformat(),
        "debut": a("08:00").isoformat(),
        "montre": f"{service.pk}:{jour.isoformat()}",
        "nom": "Fatima Bello",
        "email": "fatima@exemple.cm",
        "langue": "fr",
    }


def page_of(service) -> str:
    return f"{RENDEZ_VOUS}add/?service={service.pk}&jour={lundi().isoformat()}"


def in_progress(mairie):
    return DemarcheAdministrativeFactory(mairie=mairie, statut=StatutDemarche.EN_COURS)


def test_one_form_books_once(signed_in, awa, yaounde):
    service, client = service_ouvert(yaounde, guichets=3), signed_in(awa)
    sent = {**booking(service), **number_on(client, page_of(service))}
    first, second = (client.post(f"{RENDEZ_VOUS}add/", sent) for _click in range(2))
    assert (first.status_code, first["Location"]) == (302, second["Location"])
    assert RendezVous.objects.count() == 1
    said = [str(message) for message in client.get(first["Location"]).context["messages"]]
    assert "second" in said[-1]


def test_another_form_or_other_words_book_again(signed_in, awa, yaounde):
    service, client = service_ouvert(yaounde, guichets=3), signed_in(awa)
    sent = {**booking(service), **number_on(client, page_of(service))}
    client.post(f"{RENDEZ_VOUS}add/", sent)
    client.post(f"{RENDEZ_VOUS}add/", {**sent, "nom": "Aline Ngo"})
    client.post(f"{RENDEZ_VOUS}add/", {**sent, **number_on(client, page_of(service))})
    assert RendezVous.objects.count() == 3


@pytest.mark.parametrize("sent", ["", "x", "1" * 40, "nul\0"])
def test_without_a_number_each_is_one(signed_in, awa, yaounde, sent):
    service, client = service_ouvert(yaounde, guichets=3), signed_in(awa)
    for _click in range(2):
        client.post(f"{RENDEZ_VOUS}add/", {**booking(service), "_envoi": sent})
    assert RendezVous.objects.count() == 2


def test_what_was_refused_may_be_sent_again(signed_in, awa, yaounde):
    service, client = service_ouvert(yaounde), signed_in(awa)
    sent = {**booking(service), **number_on(client, page_of(service)), "nom": ""}
    for _click in range(2):
        assert client.post(f"{RENDEZ_VOUS}add/", sent).context["form"].errors["nom"]
    assert not RequeteIdempotente.objects.exists()


def test_the_number_of_a_colleague_is_another(signed_in, awa, nadege, yaounde):
    service, client = service_ouvert(yaounde, guichets=3), signed_in(awa)
    sent = {**booking(service), **number_on(client, page_of(service))}
    client.post(f"{RENDEZ_VOUS}add/", sent)
    assert signed_in(nadege).post(f"{RENDEZ_VOUS}add/", sent).status_code == 302
    assert RendezVous.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_ten_clicks_at_once_book_once(signed_in, awa, yaounde):
    service = service_ouvert(yaounde, guichets=5)
    clients = [signed_in(awa) for _click in range(10)]
    sent = {**booking(service), **number_on(clients[0], page_of(service))}
    clicks = [lambda c=client: c.post(f"{RENDEZ_VOUS}add/", sent) for client in clients]
    answers = together(*clicks)
    assert {answer.status_code for answer in answers} == {302}
    assert len({answer["Location"] for answer in answers}) == 1
    assert RendezVous.objects.count() == 1


def test_one_form_adds_one_row(signed_in, awa):
    client = signed_in(awa)
    sent = {
        "question": "Où ?",
        "reponse": "Ici.",
        "categorie": "",
        "ordre": "0",
        "est_active": "on",
    }
    sent |= number_on(client, f"{FAQS}add/")
    answers = [client.post(f"{FAQS}add/", sent) for _click in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert FAQ.objects.count() == 1


def test_one_form_begins_one_dossier(signed_in, awa, yaounde):
    formulaire, client = FormulaireFactory(mairie=yaounde), signed_in(awa)
    sent = {"formulaire": formulaire.pk, "nom_demandeur": "Éloïse Ñkolo", "langue": "fr"}
    sent |= {"telephone_demandeur": "+237690000001", "email_demandeur": ""}
    sent |= number_on(client, f"{DEMARCHES}add/")
    answers = [client.post(f"{DEMARCHES}add/", sent) for _click in range(2)]
    row = DemarcheAdministrative.objects.get()
    assert {answer["Location"] for answer in answers} == {f"{DEMARCHES}{row.pk}/reponses/"}


def test_one_form_registers_once(signed_in, awa, yaounde):
    evenement, client = ouvert(yaounde, capacite=9), signed_in(awa)
    url = f"{INSCRIPTIONS}add/"
    sent = {"evenement": evenement.pk, "nom": "Ebogo Marie", "email": "marie@exemple.cm"}
    sent |= {"telephone": "", "nombre_personnes": "2", "langue": "fr"}
    sent |= number_on(client, url)
    answers = [client.post(url, sent) for _click in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    evenement.refresh_from_db()
    assert evenement.places_prises == 2


def test_a_note_is_written_once(signed_in, awa, yaounde):
    demarche, client = in_progress(yaounde), signed_in(awa)
    url = f"{DEMARCHES}{demarche.pk}/etape/noter/"
    sent = {"message": "Appelé deux fois.", "_step": "1", **number_on(client, url)}
    answers = [client.post(url, sent) for _click in range(2)]
    assert {answer["Location"] for answer in answers} == {change_url(DEMARCHES, demarche)}
    assert Suivi.objects.filter(message="Appelé deux fois.").count() == 1


def test_a_second_click_on_a_button_is_no_refusal(signed_in, awa, yaounde):
    """Whoever clicks twice sees the answer to the second click alone."""
    demarche, client = in_progress(yaounde), signed_in(awa)
    number = number_on(client, change_url(DEMARCHES, demarche))
    url = f"{DEMARCHES}{demarche.pk}/etape/valider/"
    client.post(url, number)
    answer = client.post(url, number, follow=True)
    said = [str(message) for message in answer.context["messages"]]
    assert said == ["1 dossier validé.", "Cet envoi était le second : il n'a rien ajouté."]


def test_a_deletion_that_is_refused_at_the_last_moment(signed_in, awa, yaounde):
    """The page offered it; somebody has used the row meanwhile."""
    formulaire, client = FormulaireFactory(mairie=yaounde), signed_in(awa)
    assert client.get(f"{FORMULAIRES}{formulaire.pk}/delete/").status_code == 200
    DemarcheAdministrativeFactory(mairie=yaounde, formulaire=formulaire)
    answer = client.post(f"{FORMULAIRES}{formulaire.pk}/delete/", {"post": "yes"})
    assert (answer.status_code, answer["Location"]) == (302, change_url(FORMULAIRES, formulaire))
    formulaire.refresh_from_db()


@pytest.fixture
def tiny_disk(tmp_path, settings):
    folder = tmp_path / "tiny"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("No right to mount a file system here.")
    settings.PRIVATE_ROOT = folder
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def noise() -> bytes:
    """A JPEG that stays as large however it is written again."""
    buffer = io.BytesIO()
    Image.effect_noise((600, 600), 90).convert("RGB").save(buffer, "JPEG")
    return buffer.getvalue()


def test_a_full_disk_is_told_by_a_step(signed_in, awa, yaounde, tiny_disk):
    demarche, client = in_progress(yaounde), signed_in(awa)
    url = f"{DEMARCHES}{demarche.pk}/etape/joindre/"
    file = upload(noise(), "acte.jpg", "image/jpeg")
    answer = client.post(url, {"champ": "", "fichier": file}, follow=True)
    assert "plus de place" in str([str(said) for said in answer.context["messages"]])
    assert not demarche.pieces.exists()


@pytest.mark.parametrize("name", ["demarches", "services", "habitants"])
def test_a_picker_of_what_another_model_holds(signed_in, nadege, name):
    """Django's own view fails here."""
    asked = {"app_label": "mairies", "model_name": "mairie", "field_name": name, "term": ""}
    assert signed_in(nadege).get("/admin/autocomplete/", asked).status_code == 403


def test_being_there_is_no_act(signed_in, awa):
    client = signed_in(awa)
    before = dict(client.session)
    assert client.post("/admin/presence/").status_code == 204
    assert dict(client.session) == before
