"""The list of what was erased, and how it goes again."""

import io

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.utils import timezone

from demarches.tests.factories import PieceJointeFactory
from ecms import erasures
from evenements.models import AbonneNewsletter
from evenements.services.abonnes import desinscrire
from evenements.tests.factories import AbonneNewsletterFactory
from evenements.workflow import StatutAbonne
from users.services import erasure
from users.tests.factories import UtilisateurFactory


@pytest.fixture
def home(settings, tmp_path):
    settings.BACKUP_DIR = tmp_path / "backups"
    settings.BACKUP_KEY = ""
    return settings.BACKUP_DIR


@pytest.mark.django_db(transaction=True)
def test_the_list_lies_beside_the_backups_and_forgets_nothing(home):
    chantal, berthe = UtilisateurFactory(), UtilisateurFactory(first_name="Berthe")
    erasure.anonymise(chantal)
    call_command("backup", stdout=io.StringIO())
    path = home / erasures.FILE
    assert [line.key for line in erasures.read(path)] == [chantal.pk]
    erasures.Effacement.objects.all().delete()  # a database that was lost
    erasure.anonymise(berthe)
    erasures.export_beside_backups()
    assert {line.key for line in erasures.read(path)} == {chantal.pk, berthe.pk}
    assert "Berthe" not in path.read_text()


def test_a_key_that_was_given_again_is_not_erased(db):
    """Another row has the key now: the list says when the row that went was created."""
    neighbour = UtilisateurFactory(first_name="Voisine")
    line = erasures.Line(timezone.now(), "users.utilisateur", neighbour.pk, timezone.now())
    assert erasures.replay([line]) == (0, [])
    neighbour.refresh_from_db()
    assert neighbour.first_name == "Voisine"
    same = erasures.Line(timezone.now(), "users.utilisateur", neighbour.pk, neighbour.date_creation)
    assert erasures.replay([same, line]) == (1, [])
    assert erasures.replay([same, line]) == (0, [])
    neighbour.refresh_from_db()
    assert neighbour.first_name == ""


def test_the_last_administrator_is_named_and_kept(nadege):
    line = erasures.Line(timezone.now(), "users.utilisateur", nadege.pk, nadege.date_creation)
    gone, (refused,) = erasures.replay([line])
    assert gone == 0
    assert str(nadege.pk) in refused


def test_a_deactivated_account_goes_too(db):
    account = UtilisateurFactory(first_name="Paul", is_active=False)
    line = erasures.Line(timezone.now(), "users.utilisateur", account.pk, account.date_creation)
    assert erasures.replay([line]) == (1, [])
    account.refresh_from_db()
    assert account.first_name == ""


def test_who_left_a_newsletter_has_left(db):
    """Asked for again before the backup was made, and left again after it."""
    abonne = AbonneNewsletterFactory()
    desinscrire(abonne.jeton)
    desinscrire(abonne.jeton)
    (line,) = erasures.lines()
    AbonneNewsletter.objects.update(statut=StatutAbonne.CONFIRME)
    assert erasures.replay([line]) == (0, [])  # known to be done at the time of the backup
    later = erasures.Line(timezone.now(), line.model, line.key, line.created)
    assert erasures.replay([later]) == (1, [])
    assert AbonneNewsletter.objects.get().statut == StatutAbonne.DESINSCRIT


def test_a_paper_that_was_taken_back_goes_again_with_its_file(
    django_capture_on_commit_callbacks, db
):
    piece = PieceJointeFactory()
    storage, name = piece.fichier.storage, piece.fichier.name
    line = erasures.Line(timezone.now(), "demarches.piecejointe", piece.pk, piece.date_creation)
    with django_capture_on_commit_callbacks(execute=True):
        assert erasures.replay([line]) == (1, [])
    assert not storage.exists(name)


def test_a_file_that_is_no_list_is_refused(tmp_path):
    path = tmp_path / erasures.FILE
    path.write_text('{"key": 1}\n')
    with pytest.raises(ValueError, match="liste d'effacements"):
        erasures.read(path)
    with pytest.raises(CommandError, match="liste d'effacements"):
        call_command("erasures", "--to", path)


def test_every_kind_of_the_list_can_go_again():
    """What is recorded under a name that nobody replays would come back in silence."""
    assert set(erasures._erasing) == {
        "demarches.demarcheadministrative",
        "demarches.piecejointe",
        "demarches.rendezvous",
        "demarches.signalement",
        "evenements.abonnenewsletter",
        "evenements.abonnenewsletter:adresse",
        "evenements.inscriptionevenement",
        "mairies.demandecreationsite",
        "users.utilisateur",
    }
    for label in erasures._erasing:
        assert apps.get_model(label.partition(":")[0])._meta.get_field("date_creation")
