"""The papers of a dossier over HTTP: who adds, reads and takes back which, and how many."""

import subprocess
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from demarches.models import DemarcheAdministrative, PieceJointe, Suivi
from demarches.services import pieces as services
from demarches.tests.factories import (
    DemarcheAdministrativeFactory,
    FormulaireFactory,
    PieceJointeFactory,
    SignalementFactory,
)
from demarches.workflow import StatutDemarche
from ecms.tests.files import files_in, photo, small_pdf, upload
from ecms.tests.together import together
from users.tests.factories import UtilisateurFactory, agent_of

pytestmark = pytest.mark.django_db

CHAMPS = [
    {"cle": "plan", "type": "fichier", "libelle": {"fr": "Plan"}, "nombre_max": 2},
    {"cle": "facade", "type": "photo", "libelle": {"fr": "Façade"}},
    {"cle": "nom", "type": "texte", "libelle": {"fr": "Nom"}},
]
PIECES = [
    {"cle": "cni", "libelle": {"fr": "Carte d'identité"}, "obligatoire": True, "en_ligne": True}
]


@pytest.fixture
def formulaire(yaounde):
    return FormulaireFactory(mairie=yaounde, champs=CHAMPS, pieces_requises=PIECES)


@pytest.fixture
def brouillon(formulaire, chantal):
    return DemarcheAdministrativeFactory(
        mairie=formulaire.mairie, formulaire=formulaire, demandeur=chantal, brouillon=True
    )


@pytest.fixture
def depose(formulaire, chantal):
    return DemarcheAdministrativeFactory(
        mairie=formulaire.mairie,
        formulaire=formulaire,
        demandeur=chantal,
        definition=CHAMPS,
        pieces_requises=PIECES,
    )


@pytest.fixture
def sans_compte(formulaire):
    return DemarcheAdministrativeFactory(
        mairie=formulaire.mairie, formulaire=formulaire, demandeur=None, brouillon=True
    )


def url(demarche) -> str:
    return f"/api/v1/demarches/{demarche.pk}/pieces"


def send(client, demarche, champ="", *, name="scan.pdf", content=None, **body):
    file = upload(content or small_pdf(), name)
    headers = body.pop("headers", {})
    data = {"champ": champ, "fichier": file, **body}
    return client.post(url(demarche), data, format="multipart", headers=headers)


def demander(demarche, *, il_y_a=timedelta(0)):
    demarche.statut = StatutDemarche.PIECE_DEMANDEE
    demarche.date_piece_demandee = timezone.now() - il_y_a
    demarche.save()


def test_a_citizen_fills_a_draft_reads_and_takes_back(api, chantal, brouillon, settings):
    client = api(chantal)
    created = send(client, brouillon, "cni", name="Carte d'identité.pdf")
    assert created.status_code == 201, created.content
    body = created.json()
    assert (body["champ"], body["nom_original"]) == ("cni", "Carte d'identité.pdf")
    assert "fichier" not in body
    assert [piece["id"] for piece in client.get(url(brouillon)).json()] == [body["id"]]
    got = client.get(f"{url(brouillon)}/{body['id']}/fichier")
    assert got.getvalue() == small_pdf()
    assert got["Cache-Control"] == "private, no-store"
    assert not Suivi.objects.exists()
    assert services.fichiers_par_champ(brouillon) == {"cni": 1}


@pytest.mark.django_db(transaction=True)
def test_the_file_goes_with_its_row(api, chantal, brouillon, settings):
    client = api(chantal)
    pk = send(client, brouillon).json()["id"]
    assert len(files_in(settings.PRIVATE_ROOT)) == 1
    assert client.delete(f"{url(brouillon)}/{pk}").status_code == 204
    assert files_in(settings.PRIVATE_ROOT) == []
    assert client.delete(f"{url(brouillon)}/{pk}").status_code == 404


def test_with_the_secret_and_no_account(api, sans_compte):
    code = {"code_suivi": sans_compte.code_suivi}
    assert send(api(), sans_compte, "cni").status_code == 404
    assert send(api(), sans_compte, "cni", code_suivi="X" * 16).status_code == 404
    created = send(api(), sans_compte, "cni", **code)
    assert created.status_code == 201, created.content
    pk = created.json()["id"]
    assert api().get(url(sans_compte)).status_code == 401
    listed = api().post(f"{url(sans_compte)}/lister", code)
    assert [piece["id"] for piece in listed.json()] == [pk]
    link = api().post(f"{url(sans_compte)}/{pk}/lien", code).json()
    assert link["expires_in"] <= 600
    assert api().delete(f"{url(sans_compte)}/{pk}", code).status_code == 204


def test_the_secret_opens_nothing_where_an_account_is_needed(api, formulaire, sans_compte):
    formulaire.necessite_compte = True
    formulaire.save()
    answer = send(api(), sans_compte, code_suivi=sans_compte.code_suivi)
    assert answer.status_code == 404


def test_others_find_no_such_dossier(api, awa, brice, brouillon, depose):
    stranger = UtilisateurFactory()
    # A draft is nobody's but its author's.
    strangers = [(brice, depose), (stranger, depose), (awa, brouillon)]
    for account, demarche in strangers:
        piece = PieceJointeFactory(demarche=demarche, mairie=demarche.mairie)
        client, one = api(account), f"{url(demarche)}/{piece.pk}"
        answers = [
            send(client, demarche),
            client.get(url(demarche)),
            client.get(f"{one}/fichier"),
            client.post(f"{one}/lien"),
            client.delete(one),
        ]
        assert [answer.status_code for answer in answers] == [404] * 5
    assert PieceJointe.objects.count() == len(strangers)


def test_an_agent_needs_the_permission(api, awa, depose):
    awa.groups.clear()
    awa.user_permissions.clear()
    assert api(awa).get(url(depose)).status_code == 404
    assert send(api(awa), depose).status_code == 404


def test_an_unverified_account_files_nothing(api, chantal, brouillon):
    chantal.is_verified = chantal.email_verifie = False
    chantal.save()
    answer = send(api(chantal), brouillon)
    assert (answer.status_code, answer.json()["code"]) == (403, "adresse_non_verifiee")


def test_the_piece_of_another_dossier_is_not_found(api, chantal, brouillon, depose):
    piece = PieceJointeFactory(demarche=depose, mairie=depose.mairie)
    assert api(chantal).get(f"{url(brouillon)}/{piece.pk}/fichier").status_code == 404


@pytest.mark.parametrize("champ", ["nom", "inconnu", "piece_identite", "a" * 51])
def test_only_what_takes_a_file(api, chantal, brouillon, settings, champ):
    answer = send(api(chantal), brouillon, champ)
    assert answer.status_code == 400
    assert set(answer.json()["fields"]) == {"champ"}
    assert files_in(settings.PRIVATE_ROOT) == []


def test_a_photo_is_an_image(api, chantal, brouillon):
    client = api(chantal)
    refused = send(client, brouillon, "facade")
    assert refused.status_code == 400
    assert "fichier" in refused.json()["fields"]
    taken = send(client, brouillon, "facade", name="a.jpg", content=photo((40, 30)))
    assert taken.json()["type_mime"] == "image/webp"


def test_content_decides(api, chantal, brouillon, settings):
    for content in (b"MZ\x90\x00", b"<svg onload=alert(1)>"):
        answer = send(api(chantal), brouillon, content=content)
        assert answer.status_code == 400
        assert "fichier" in answer.json()["fields"]
    assert files_in(settings.PRIVATE_ROOT) == []


def test_a_question_takes_its_number(api, chantal, brouillon):
    client = api(chantal)
    assert [send(client, brouillon, "plan").status_code for _n in range(3)] == [201, 201, 409]
    answer = send(client, brouillon, "plan")
    assert answer.json()["code"] == "trop_de_pieces"


def test_twenty_files_and_a_hundred_megabytes(api, chantal, brouillon):
    PieceJointeFactory.create_batch(19, demarche=brouillon, mairie=brouillon.mairie)
    client = api(chantal)
    assert send(client, brouillon).status_code == 201
    assert send(client, brouillon).json()["code"] == "trop_de_pieces"
    rows = PieceJointe.objects.filter(demarche=brouillon)
    rows.exclude(pk=rows.first().pk).delete()
    rows.update(taille=services.TAILLE_AU_PLUS - len(small_pdf()) + 1)
    assert send(client, brouillon).json()["code"] == "trop_de_pieces"
    rows.update(taille=services.TAILLE_AU_PLUS - len(small_pdf()))
    assert send(client, brouillon).status_code == 201


@pytest.mark.parametrize("statut", [s for s in StatutDemarche if s not in services.AU_DEMANDEUR])
def test_a_citizen_adds_only_to_drafts_and_when_asked(api, chantal, depose, statut):
    close = timezone.now() if statut in StatutDemarche.finaux() else None
    DemarcheAdministrative.objects.filter(pk=depose.pk).update(
        statut=statut, date_cloture=close, motif_rejet="Incomplet"
    )
    answer = send(api(chantal), depose)
    assert (answer.status_code, answer.json()["code"]) == (409, "piece_hors_delai")


def test_an_agent_adds_as_long_as_it_is_open(api, awa, depose):
    assert send(api(awa), depose, "cni").status_code == 201
    line = Suivi.objects.get()
    assert (line.nature, line.origine, line.auteur) == ("piece", "agent", awa)
    assert "scan.pdf" in line.message
    DemarcheAdministrative.objects.filter(pk=depose.pk).update(
        statut=StatutDemarche.REMISE, date_cloture=timezone.now()
    )
    assert send(api(awa), depose).status_code == 409


def test_an_agent_has_no_more_rights_on_their_own_dossier(api, awa, depose):
    DemarcheAdministrative.objects.filter(pk=depose.pk).update(demandeur=awa)
    assert send(api(awa), depose).json()["code"] == "piece_hors_delai"


def test_what_was_filed_stays_what_was_asked_for_may_go(api, chantal, awa, depose):
    filed = PieceJointeFactory(demarche=depose, mairie=depose.mairie, depose_par=chantal)
    past = timezone.now() - timedelta(days=2)
    PieceJointe.objects.filter(pk=filed.pk).update(date_creation=past)
    demander(depose, il_y_a=timedelta(days=1))
    client = api(chantal)
    added = send(client, depose, "cni").json()["id"]
    for account, pk in ((chantal, filed.pk), (awa, filed.pk), (awa, added)):
        answer = api(account).delete(f"{url(depose)}/{pk}")
        assert (answer.status_code, answer.json()["code"]) == (409, "piece_hors_delai")
    assert client.delete(f"{url(depose)}/{added}").status_code == 204
    lines = Suivi.objects.filter(demarche=depose, nature="piece").values_list("message", flat=True)
    assert len(lines) == 2


def test_the_frozen_questions_count_after_filing(api, chantal, depose, formulaire):
    formulaire.champs, formulaire.pieces_requises = [], []
    formulaire.save()
    demander(depose)
    assert send(api(chantal), depose, "cni").status_code == 201


def test_a_repeated_upload_is_one(api, chantal, brouillon, settings):
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    client = api(chantal)
    first, second = (send(client, brouillon, headers=headers) for _n in range(2))
    assert first.json() == second.json()
    assert second["Idempotent-Replayed"] == "true"
    assert len(files_in(settings.PRIVATE_ROOT)) == 1


def test_a_citizen_is_limited(api, chantal, brouillon, settings):
    settings.RATES = {**settings.RATES, "piece": (1, 3600)}
    client = api(chantal)
    assert [send(client, brouillon).status_code for _n in range(2)] == [201, 429]


@pytest.mark.django_db(transaction=True)
def test_three_uploads_at_once_all_survive(api, chantal, brouillon, settings):
    client = api(chantal)
    acts = [lambda n=n: send(client, brouillon, name=f"{n}.pdf").status_code for n in range(3)]
    assert together(*acts) == [201] * 3
    assert len(files_in(settings.PRIVATE_ROOT)) == PieceJointe.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_the_last_place_is_taken_once(api, chantal, brouillon, settings):
    client = api(chantal)
    assert send(client, brouillon, "plan").status_code == 201
    acts = [lambda: send(client, brouillon, "plan").status_code] * 4
    assert sorted(together(*acts)) == [201, 409, 409, 409]
    assert len(files_in(settings.PRIVATE_ROOT)) == 2


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


def test_a_full_disk_is_told_and_keeps_nothing(api, chantal, brouillon, tiny_disk):
    client, big = api(chantal), b"Voirie;1000\n" * 20_000
    answer = send(client, brouillon, name="a.csv", content=big)
    assert (answer.status_code, answer.json()["code"]) == (507, "espace_insuffisant")
    assert not PieceJointe.objects.exists()
    assert files_in(tiny_disk) == []
    assert send(client, brouillon).status_code == 201


@pytest.mark.django_db(transaction=True)
def test_the_released_file_is_gone_with_its_row(api, chantal, depose):
    piece = PieceJointeFactory(demarche=depose, mairie=depose.mairie)
    link = api(chantal).post(f"{url(depose)}/{piece.pk}/lien").json()
    path = link["url"].removeprefix("https://api.ecms.test")
    got = api().get(path)
    assert (got.status_code, got.getvalue()) == (200, small_pdf())
    assert "attachment" in got["Content-Disposition"]
    piece.delete()
    assert api().get(path).status_code == 404


def test_a_link_opens_no_photo_of_a_report(api, chantal, depose):
    report = SignalementFactory(mairie=depose.mairie)
    shown = PieceJointeFactory(de_signalement=True, mairie=depose.mairie, signalement=report)
    assert api(chantal).post(f"{url(depose)}/{shown.pk}/lien").status_code == 404


def test_an_agent_without_the_permission_is_no_agent_by_the_secret(api, depose):
    depose.demandeur = None
    depose.save()
    reader = agent_of(depose.mairie, groups=("Lecture",))
    answer = send(api(reader), depose, code_suivi=depose.code_suivi)
    assert (answer.status_code, answer.json()["code"]) == (409, "piece_hors_delai")
