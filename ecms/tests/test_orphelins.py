"""Files that no row names are swept away a day later, and nothing else is."""

import os
from pathlib import Path

import pytest
from django.utils import timezone

from documents.tests.factories import ActualiteFactory, DocumentOfficielFactory
from ecms import orphelins, retention
from ecms.tests.files import files_in

pytestmark = pytest.mark.django_db
FOLDER = "documents/documentofficiel"


def aged(root) -> None:
    before = timezone.now().timestamp() - orphelins.AGE_SECONDS - 60
    for path in Path(root).rglob("*"):
        os.utime(path, (before, before))


def lay(root, name: str) -> Path:
    path = Path(root) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"%PDF")
    return path


def test_it_works(settings, yaounde):
    DocumentOfficielFactory(mairie=yaounde)
    kept = files_in(settings.PRIVATE_ROOT)
    orphan = lay(settings.PRIVATE_ROOT, f"{FOLDER}/{'a' * 32}.pdf")
    assert orphelins.sweep(apply=True) == 0, "it may be about to be committed"
    aged(settings.PRIVATE_ROOT)
    assert orphelins.sweep(apply=False) == 1
    assert orphan.exists()
    assert orphelins.sweep(apply=True) == 1
    assert files_in(settings.PRIVATE_ROOT) == kept


def test_what_is_not_ours_stays(settings, yaounde):
    ActualiteFactory(mairie=yaounde)
    others = [
        lay(settings.PRIVATE_ROOT, f"{FOLDER}/lisez-moi.txt"),
        lay(settings.PRIVATE_ROOT, f"autre/dossier/{'a' * 32}.pdf"),
        lay(settings.PRIVATE_ROOT, f".avant-ecms-20260101/{FOLDER}/{'a' * 32}.pdf"),
        lay(settings.MEDIA_ROOT, f"avatars/{'a' * 32}.webp"),
    ]
    aged(settings.PRIVATE_ROOT)
    aged(settings.MEDIA_ROOT)
    assert orphelins.sweep(apply=True) == 0
    assert all(path.exists() for path in others)


def test_the_files_of_another_database_stay(settings, yaounde, caplog):
    for number in range(orphelins.FEW + 1):
        lay(settings.PRIVATE_ROOT, f"{FOLDER}/{number:032x}.pdf")
    aged(settings.PRIVATE_ROOT)
    assert orphelins.sweep(apply=True) == 0
    assert len(files_in(settings.PRIVATE_ROOT)) == orphelins.FEW + 1
    assert "rien n'est effacé" in caplog.text


def test_purge_does_it():
    assert retention._rules["fichiers sans ligne"] is orphelins.sweep
