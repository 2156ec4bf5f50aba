"""What one takes along: the JSON at once, the archive when it is made."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.utils import timezone
from django_q.models import OrmQ

from demarches.tests.factories import DemarcheAdministrativeFactory, PieceJointeFactory
from ecms import retention
from ecms.tests.files import files_in, small_pdf
from users.models import ExportDonnees, Session, Utilisateur
from users.services import erasure, export
from users.tests.factories import PASSWORD, ExportDonneesFactory, TokenVerificationFactory
from users.tests.flows import AUTH
from users.tests.second_factor import code_of, enrol

URL = f"{AUTH}/profile/export"
LIST = f"{AUTH}/profile/exports"
ME = {"current_password": PASSWORD}

pytestmark = pytest.mark.django_db


def link(client, pk, **body):
    return client.post(f"{LIST}/{pk}/lien", {**ME, **body})


def made(account) -> ExportDonnees:
    asked = export.request_archive(account)
    export.prepare_archive(asked.pk)
    asked.refresh_from_db()
    return asked


def test_the_export_holds_what_is_held_and_no_secret(chantal, yaounde, awa, api):
    Utilisateur.objects.filter(pk=chantal.pk).update(
        mairie=yaounde, telephone="+237677000001", consentement_le="2026-01-01T00:00:00Z"
    )
    TokenVerificationFactory(utilisateur=chantal)
    answer = api(chantal).get(URL)
    assert answer.status_code == 200
    assert "attachment" in answer["Content-Disposition"]
    assert answer["Cache-Control"] == "private, no-store"
    held = answer.json()
    assert held["users.utilisateur"][0]["telephone"] == "+237677000001"
    assert len(held["users.utilisateur"]) == 1
    assert len(held["users.session"]) == 1
    written = json.dumps(held)
    for secret in ("password", "md5", "204817", awa.email):
        assert secret not in written


def test_an_agent_exports_their_profile_and_nobody_else_s(awa, chantal, api):
    held = api(awa).get(URL).json()
    assert held["users.profilagentcommunal"][0]["utilisateur_id"] == awa.pk
    assert chantal.email not in json.dumps(held)


def test_an_old_sign_in_shows_nothing(chantal, api):
    client = api(chantal)
    Session.objects.update(created_at=timezone.now() - timedelta(minutes=61))
    answer = client.get(URL)
    assert answer.status_code == 403
    assert answer.json()["code"] == "connexion_ancienne"


def test_it_works(chantal, yaounde, api, mailbox):
    dossier = DemarcheAdministrativeFactory(mairie=yaounde, demandeur=chantal)
    paper = PieceJointeFactory(demarche=dossier, mairie=yaounde, nom_original="../../acte.pdf")
    client = api(chantal)
    answer = client.post(URL, ME)
    assert answer.status_code == 202, answer.content
    asked = answer.json()
    assert (asked["est_pret"], asked["taille"]) == (False, 0)
    assert link(client, asked["id"]).json()["code"] == "export_en_preparation"
    export.prepare_archive(asked["id"])
    (mail,) = mailbox()
    assert mail.to == [chantal.email]
    assert "https://ecms.test/mes-donnees" in mail.body
    (listed,) = client.get(LIST).json()["results"]
    assert listed["est_pret"]
    assert listed["taille"] > 0
    told = link(client, asked["id"]).json()
    assert told["expires_in"] == 600
    # Whoever has the address needs no token, for ten minutes.
    file = api().get(told["url"].removeprefix("https://api.ecms.test"))
    assert 'filename="mes-donnees.zip"' in file["Content-Disposition"]
    assert file["Cache-Control"] == "private, no-store"
    with zipfile.ZipFile(io.BytesIO(b"".join(file))) as archive:
        assert archive.namelist() == [f"fichiers/pieces/{paper.pk}-acte.pdf", "donnees.json"]
        assert archive.read(archive.namelist()[0]) == small_pdf()


def test_asked_twice_is_made_once(chantal, api):
    before = OrmQ.objects.count()
    first, second = (api(chantal).post(URL, ME).json() for _time in range(2))
    assert first == second
    assert OrmQ.objects.count() == before + 1
    # A task that was lost is queued again.
    ExportDonnees.objects.update(date_creation=timezone.now() - timedelta(hours=1))
    api(chantal).post(URL, ME)
    assert OrmQ.objects.count() == before + 2


def test_the_owner_is_asked_again(chantal, api):
    secret = enrol(chantal)
    client = api(chantal)
    assert client.post(URL).json()["fields"].keys() == {"current_password"}
    assert client.post(URL, {"current_password": "faux"}).status_code == 400
    assert client.post(URL, ME).json()["fields"].keys() == {"code_2fa"}
    assert client.post(URL, {**ME, "code_2fa": code_of(secret)}).status_code == 202
    asked = made(chantal)
    assert link(client, asked.pk).json()["fields"].keys() == {"code_2fa"}
    assert link(client, asked.pk, code_2fa=code_of(secret, 1)).status_code == 200


@pytest.mark.parametrize("method", ["get", "post"])
def test_it_is_bounded(chantal, api, settings, method):
    settings.RATES = {**settings.RATES, "export_donnees": (1, 60)}
    client = api(chantal)
    assert getattr(client, method)(URL, ME).status_code < 300
    assert getattr(client, method)(URL, ME).status_code == 429


def test_nobody_else_s_archive(chantal, awa, nadege, api):
    asked = made(chantal)
    for other in (awa, nadege):
        assert link(api(other), asked.pk).status_code == 404
        assert api(other).get(LIST).json()["count"] == 0


def test_it_goes_after_three_days(
    chantal, api, settings, django_capture_on_commit_callbacks, time_machine
):
    asked = made(chantal)
    url = link(api(chantal), asked.pk).json()["url"].removeprefix("https://api.ecms.test")
    ExportDonnees.objects.update(date_creation=timezone.now() - timedelta(hours=73))
    assert api().get(url).status_code == 404
    assert link(api(chantal), asked.pk).status_code == 404
    assert retention.run(apply=False)["exports de données"] == 1
    with django_capture_on_commit_callbacks(execute=True):
        assert retention.run(apply=True)["exports de données"] == 1
    assert files_in(settings.PRIVATE_ROOT) == []
    assert retention.run(apply=True)["exports de données"] == 0


def test_an_account_that_ended_meanwhile_gets_none(chantal, settings, mailbox):
    asked = export.request_archive(chantal)
    erasure.anonymise(chantal)
    mailbox()
    export.prepare_archive(asked.pk)
    assert not ExportDonnees.objects.exists()
    assert files_in(settings.PRIVATE_ROOT) == []


def test_a_claimed_address_is_told_nothing(chantal, mailbox):
    Utilisateur.objects.update(is_verified=False, email_verifie=False)
    chantal.refresh_from_db()
    assert made(chantal).est_pret
    assert mailbox() == []


@pytest.mark.parametrize("path", [URL, LIST, f"{LIST}/1/lien"])
def test_a_visitor(api, path):
    asked = ExportDonneesFactory()
    path = path.replace("/1/", f"/{asked.pk}/")
    assert api().get(path).status_code in {401, 405}
    assert api().post(path, ME).status_code in {401, 405}
