"""Nothing is left of a person who asked to be forgotten, and everything is shown to one who asks:
a canary in every table, and on the disk."""

import io
import json
import zipfile
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from demarches.models import DemarcheAdministrative, RendezVous, Signalement
from demarches.tests.factories import DemarcheAdministrativeFactory
from demarches.workflow import StatutRendezVous
from ecms import erasures
from ecms.tests.files import files_in
from evenements.models import InscriptionEvenement
from evenements.workflow import StatutInscription
from users.models import Utilisateur
from users.services import erasure, export
from users.tests import canary
from users.tests.factories import PASSWORD, UtilisateurFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def bird(chantal, yaounde, awa):
    account = canary.dresses(chantal)
    rows = canary.everything(yaounde, account)
    canary.shown_in_the_admin(awa, account, *rows.values())
    return account


@pytest.fixture
def stranger(yaounde, awa):
    """The same without an account."""
    rows = canary.everything(yaounde, None)
    canary.shown_in_the_admin(awa, *rows.values())
    return rows


def run(*words) -> str:
    out = io.StringIO()
    call_command("personne", *words, stdout=out)
    return out.getvalue()


def on_the_disk(settings) -> list[str]:
    roots = [Path(settings.MEDIA_ROOT), Path(settings.PRIVATE_ROOT)]
    files = [path for root in roots for path in root.rglob("*") if path.is_file()]
    said = [canary.NAME.encode(), canary.EMAIL.encode()]
    return [path.name for path in files if any(word in path.read_bytes() for word in said)]


def test_the_canary_is_everywhere(bird, settings):
    """What is erased below was there."""
    assert {
        "users_utilisateur", "users_tokenverification", "demarches_demarcheadministrative",
        "demarches_rendezvous", "demarches_signalement", "demarches_piecejointe",
        "demarches_suivi", "evenements_inscriptionevenement", "evenements_abonnenewsletter",
        "ecms_courriel", "ecms_requeteidempotente", "django_admin_log",
    } <= set(canary.traces())  # fmt: skip
    assert len(on_the_disk(settings)) == 2


def test_nothing_is_left_of_an_account(bird, api, settings, mailbox):
    api(bird).post("/api/v1/auth/profile/export", {"current_password": PASSWORD})
    export.prepare_archive(bird.exports.get().pk)
    answer = api(bird).delete("/api/v1/auth/profile", {"current_password": PASSWORD})
    assert answer.status_code == 200, answer.content
    # The goodbye alone knows the address, until it is sent.
    assert canary.traces() == {"ecms_courriel": [canary.EMAIL]}
    assert mailbox()[-1].to == [canary.EMAIL]
    assert canary.traces() == {}
    assert on_the_disk(settings) == []
    # The photo of the street stays, in its two widths.
    assert len(files_in(settings.MEDIA_ROOT)) == 2
    assert files_in(settings.PRIVATE_ROOT) == []


def test_what_the_law_keeps_is_kept_without_them(bird):
    erasure.anonymise(bird)
    (dossier,) = DemarcheAdministrative.objects.all()
    assert (dossier.demandeur, dossier.donnees, dossier.statut) == (None, {}, "remise")
    assert dossier.date_anonymisation
    assert {rdv.nom for rdv in RendezVous.objects.all()} == {"Anonyme"}
    to_come = RendezVous.objects.order_by("debut").last()
    assert to_come.statut == StatutRendezVous.ANNULE
    assert InscriptionEvenement.objects.get().statut == StatutInscription.ANNULEE
    assert Signalement.objects.get().statut == "signale"


def test_nothing_is_left_of_an_address(stranger, settings):
    UtilisateurFactory(non_verifie=True, email=canary.EMAIL)
    assert "Effacé." in run("effacer", canary.EMAIL.upper())
    assert canary.traces() == {}
    assert on_the_disk(settings) == []
    with pytest.raises(CommandError, match="Rien"):
        run("effacer", canary.EMAIL)


def test_others_keep_theirs(bird, yaounde):
    other = UtilisateurFactory(username="autre")
    dossier = DemarcheAdministrativeFactory(mairie=yaounde, demandeur=other)
    before = DemarcheAdministrative.objects.values().get(pk=dossier.pk)
    erasure.anonymise(bird)
    assert DemarcheAdministrative.objects.values().get(pk=dossier.pk) == before


@pytest.mark.parametrize("with_account", [True, False])
def test_a_restored_backup_forgets_again(with_account, yaounde, chantal, request):
    """The rows as a backup of before has them: the list of erasures is all that is known."""
    account = canary.dresses(chantal) if with_account else None
    rows = canary.everything(yaounde, account)
    backup = {row: type(row).objects.values().get(pk=row.pk) for row in rows.values()}
    erasure.anonymise(account) if with_account else erasure.forget_address(canary.EMAIL)
    known = erasures.lines()
    erasures.Effacement.objects.all().delete()
    if with_account:
        canary.dresses(account)
        Utilisateur.objects.update(is_active=True, is_verified=True, email_verifie=True)
    for row, values in backup.items():
        kept = {k: v for k, v in values.items() if k not in {"recherche", "fichier", "photo"}}
        type(row).objects.filter(pk=row.pk).update(**kept)
    assert canary.traces()
    gone, refused = erasures.replay(known)
    assert gone
    assert not refused
    assert canary.traces() == {}


def test_a_dossier_that_was_open_in_the_backup_is_closed(bird, yaounde):
    erasure.anonymise(bird)
    known = erasures.lines()
    erasures.Effacement.objects.all().delete()
    Utilisateur.objects.filter(pk=bird.pk).update(is_active=True)
    dossier = DemarcheAdministrativeFactory(mairie=yaounde, demandeur=bird)
    erasures.replay(known)
    dossier.refresh_from_db()
    assert (dossier.statut, dossier.nom_demandeur) == ("annulee", "")


def test_a_dossier_under_way_is_settled_first(bird, yaounde, api):
    dossier = DemarcheAdministrativeFactory(mairie=yaounde, demandeur=bird)
    answer = api(bird).delete("/api/v1/auth/profile", {"current_password": PASSWORD})
    assert answer.status_code == 409
    assert answer.json()["code"] == "dossiers_en_cours"
    assert answer.json()["dossiers"] == [dossier.numero_suivi]
    for words in (["effacer", bird.username], ["effacer", bird.username, "--dry-run"]):
        with pytest.raises(CommandError, match=dossier.numero_suivi):
            run(*words)
    bird.refresh_from_db()
    assert bird.first_name == canary.NAME
    assert api(bird).post(f"/api/v1/demarches/{dossier.pk}/annuler").status_code == 200
    answer = api(bird).delete("/api/v1/auth/profile", {"current_password": PASSWORD})
    assert answer.status_code == 200


def test_a_claimed_address_is_not_the_claimant_s(stranger, chantal):
    """Somebody else's letters are not ended, nor shown, by whoever claims their address."""
    Utilisateur.objects.update(email=canary.EMAIL, is_verified=False, email_verifie=False)
    chantal.refresh_from_db()
    assert export.export(chantal)["evenements.abonnenewsletter"] == []
    erasure.anonymise(chantal)
    assert canary.subscribed()


def test_the_dry_run_counts_and_changes_nothing(bird):
    before = canary.traces()
    said = run("effacer", canary.EMAIL, "--dry-run")
    assert "demarches.demarcheadministrative : 2" in said
    assert "evenements.abonnenewsletter : 1" in said
    assert canary.traces() == before


def test_the_archive_holds_all_of_it_and_nothing_of_others(bird, tmp_path, awa, yaounde):
    other = DemarcheAdministrativeFactory(mairie=yaounde, nom_demandeur="Une Autre")
    target = tmp_path / "export.zip"
    run("exporter", canary.NAME, "--to", target)
    assert target.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(target) as archive:
        assert archive.testzip() is None
        held = json.loads(archive.read("donnees.json"))
        names = archive.namelist()
    check_held(held)
    text = json.dumps(held, ensure_ascii=False)
    for word in ("NOTE-INTERNE", "Une Autre", other.numero_suivi, awa.email, "password", "jeton"):
        assert word not in text
    # Two papers, the photo, the receipt, the picture.
    assert sorted(name.split("/")[1] for name in names if "/" in name) == [
        "photo.webp", "pieces", "pieces", "pieces", "recepisses"
    ]  # fmt: skip
    with pytest.raises(CommandError, match="ne s'écrit pas"):
        run("exporter", canary.NAME, "--to", target)


def check_held(held: dict) -> None:
    counted = {name: len(rows) for name, rows in held.items() if rows}
    assert counted == {
        "users.utilisateur": 1,
        "users.tokenverification": 1,
        "demarches.demarcheadministrative": 2,
        "demarches.piecejointe": 3,
        "demarches.rendezvous": 2,
        "demarches.signalement": 1,
        "demarches.suivi": 4,
        "evenements.inscriptionevenement": 1,
        "evenements.abonnenewsletter": 1,
        "evenements.envoinewsletter": 1,
    }


def test_the_archive_of_whoever_has_no_account(stranger, tmp_path):
    run("exporter", canary.EMAIL, "--to", tmp_path / "export.zip")
    with zipfile.ZipFile(tmp_path / "export.zip") as archive:
        held = json.loads(archive.read("donnees.json"))
    assert len(held["demarches.demarcheadministrative"]) == 2
    assert held["evenements.abonnenewsletter"][0]["nom"] == canary.NAME


def test_a_file_that_was_lost_is_named(bird):
    paper = bird.demarches.first().pieces.first() if hasattr(bird, "demarches") else None
    paper = paper or canary.PieceJointeFactory._meta.model.objects.exclude(fichier="").first()
    paper.fichier.storage.delete(paper.fichier.name)
    with export.archive_of(erasure.person_of(bird)) as draft, zipfile.ZipFile(draft) as archive:
        held = json.loads(archive.read("donnees.json"))
    assert held["fichiers_perdus"] == [f"pieces/{paper.pk}-{paper.nom_original}"]


@pytest.mark.parametrize("who", ["inconnu", "inconnu@exemple.cm"])
def test_nobody(db, who, tmp_path):
    with pytest.raises(CommandError, match="Il n'y a pas|Rien"):
        run("exporter", who, "--to", tmp_path / "x.zip")
