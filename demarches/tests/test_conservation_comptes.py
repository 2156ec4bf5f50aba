"""What a person takes along of what they filed, and what is left when their account ends."""

import json

import pytest
from django.utils import timezone

from demarches.models import (
    DemarcheAdministrative,
    PieceJointe,
    RendezVous,
    Signalement,
    Suivi,
)
from demarches.tests.factories import (
    DemarcheAdministrativeFactory,
    PieceJointeFactory,
    RendezVousFactory,
    SignalementFactory,
    SuiviFactory,
)
from demarches.workflow import StatutDemarche
from ecms.exceptions import DomainError
from ecms.tests.files import files_in
from users.models import Utilisateur
from users.services import erasure, export
from users.tests.factories import PASSWORD
from users.tests.flows import bearer, post

pytestmark = pytest.mark.django_db
SECRETS = ("SECRETCANARID", "SECRETCANARIR", "SECRETCANARIS")


@pytest.fixture
def filed(yaounde, chantal):
    """A dossier with a paper, a report and an appointment to come."""
    theirs = {"mairie": yaounde, "demandeur": chantal, "donnees": {"nom": "Ngoŋ"}}
    demarche = DemarcheAdministrativeFactory(code_suivi=SECRETS[0], **theirs)
    PieceJointeFactory(demarche=demarche, mairie=yaounde, nom_original="acte.pdf")
    RendezVousFactory(mairie=yaounde, citoyen=chantal, code=SECRETS[1])
    SignalementFactory(
        mairie=yaounde, signaleur=chantal, code_suivi=SECRETS[2], email="chantal@exemple.cm"
    )
    return demarche


def test_the_export_holds_what_was_filed_and_no_secret(filed, chantal, yaounde):
    other = DemarcheAdministrativeFactory(mairie=yaounde)
    tokens = post("login", {"username": "chantal", "password": PASSWORD}).json()
    answer = bearer(tokens["access"]).get("/api/v1/auth/profile/export")
    assert answer.status_code == 200, answer.content
    said = answer.content.decode()
    held = {name: rows for name, rows in json.loads(said).items() if "demarches." in name}
    assert {name: len(rows) for name, rows in held.items()} == {
        "demarches.demarcheadministrative": 1,
        "demarches.piecejointe": 1,
        "demarches.rendezvous": 1,
        "demarches.signalement": 1,
        "demarches.suivi": 0,
    }
    assert held["demarches.demarcheadministrative"][0]["donnees"] == {"nom": "Ngoŋ"}
    assert held["demarches.piecejointe"][0]["nom_original"] == "acte.pdf"
    assert not [secret for secret in SECRETS if secret in said]
    assert other.numero_suivi not in said


def test_the_export_holds_what_was_told_and_written_and_no_note(filed, chantal, awa, yaounde):
    told = {"mairie": yaounde, "demarche": filed}
    SuiviFactory(**told, auteur=awa, message="Apportez l'acte")
    SuiviFactory(**told, auteur=chantal, origine=Suivi.Origine.DEMANDEUR, message="Le voici")
    SuiviFactory(**told, auteur=awa, nature=Suivi.Nature.NOTE, est_visible=False, message="NOTE")
    SuiviFactory(mairie=yaounde, auteur=awa, message="À une autre")
    # What an agent wrote of others' dossiers is those people's.
    assert export.export(awa)["demarches.suivi"] == []
    lines = export.export(chantal)["demarches.suivi"]
    assert [(line["origine"], line["message"]) for line in lines] == [
        ("agent", "Apportez l'acte"),
        ("demandeur", "Le voici"),
    ]
    assert not [key for line in lines for key in line if "auteur" in key]


@pytest.mark.django_db(transaction=True)
def test_the_end_of_an_account_leaves_what_the_law_keeps(filed, chantal, yaounde, settings):
    """Who files, how much is filed and how it ended; nothing of whom: `users.tests.test_rights`."""
    draft = DemarcheAdministrativeFactory(mairie=yaounde, demandeur=chantal, brouillon=True)
    PieceJointeFactory(demarche=draft, mairie=yaounde)
    with pytest.raises(DomainError, match="traite encore un dossier"):
        erasure.anonymise(chantal)
    DemarcheAdministrative.objects.filter(pk=filed.pk).update(
        statut=StatutDemarche.REMISE, date_cloture=timezone.now()
    )
    erasure.anonymise(chantal)
    kept = DemarcheAdministrative.objects.get()
    assert (kept, kept.nom_demandeur, kept.donnees) == (filed, "", {})
    assert kept.numero_suivi == filed.numero_suivi
    assert not Utilisateur.objects.get(pk=chantal.pk).email
    assert PieceJointe.objects.count() == len(files_in(settings.PRIVATE_ROOT)) == 0
    assert RendezVous.objects.get().nom == "Anonyme"
    assert Signalement.objects.get().email == ""
