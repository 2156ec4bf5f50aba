"""Making backups: consistent while people write, whole or not there at all, one at a time."""

import json
import os
import signal
import stat
import subprocess
import sys
import threading
import time
from datetime import timedelta

import pytest
from django.conf import settings as project
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from ecms.backups import checking, database, files, keeping, making, manifest, parts
from ecms.backups.errors import AlreadyRunning, BackupError, DamagedBackup
from ecms.tests.sauvegardes import KEY, Box, seed_files
from mairies.models import Mairie
from mairies.tests.factories import MairieFactory


@pytest.fixture
def home(settings, tmp_path):
    settings.BACKUP_DIR = tmp_path / "backups"
    settings.BACKUP_KEY = ""
    return settings.BACKUP_DIR


@pytest.mark.django_db(transaction=True)
def test_it_works(home, capsys):
    MairieFactory()
    seed_files()
    call_command("backup")
    said = capsys.readouterr().out
    (path,) = home.glob("ecms-*")
    assert f"{path} : " in said
    assert "3 fichiers" in said
    assert "en clair" in said
    assert {each.name for each in path.iterdir()} == {
        "manifest.json", "database.dump", "files.jsonl", "media.tar", "private.tar"
    }  # fmt: skip
    assert stat.S_IMODE(path.stat().st_mode) == 0o700
    assert {stat.S_IMODE(each.stat().st_mode) for each in path.iterdir()} == {0o600}
    body = json.loads((path / manifest.NAME).read_text())
    assert body["tables"]["mairies_mairie"] == 1
    leaves = MigrationLoader(connection).graph.leaf_nodes("users")
    assert [("users", body["migrations"]["users"])] == leaves
    assert "root" not in json.dumps(body)
    call_command("backup", "--verify")
    assert "intacte" in capsys.readouterr().out


@pytest.mark.django_db(transaction=True)
def test_a_file_that_is_named_and_gone_is_told(home):
    MairieFactory(logo="mairies/mairie/perdu.webp")
    assert making.make(home).manifest.missing == ["media/mairies/mairie/perdu.webp"]


@pytest.mark.django_db(transaction=True)
def test_while_rows_are_written_the_counts_are_those_of_the_dump(home, tmp_path):
    """Each new row names a new file: whatever row is in the dump, its file is in the tar."""
    stop, written = threading.Event(), []

    def write():
        try:
            while not stop.is_set():
                name = storages["default"].save(f"n{len(written)}.webp", ContentFile(b"x" * 999))
                written.append(MairieFactory(logo=name).pk)
        finally:
            connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        while len(written) < 5:
            time.sleep(0.01)
        started = len(written)
        made = making.make(home)
        assert len(written) > started
    finally:
        stop.set()
        writer.join()
    checking.verify(made.path)
    assert made.manifest.missing == []
    assert started <= made.manifest.tables["mairies_mairie"] <= len(written)
    least, most = made.manifest.sequences["mairies_mairie_id_seq"]
    assert least <= most
    with Box(tmp_path / "box") as box:
        box.manage("restore", made.path)
        counted = box.rows("SELECT count(*) FROM mairies_mairie")
        assert counted == [(made.manifest.tables["mairies_mairie"],)]
        names = {name for (name,) in box.rows("SELECT logo FROM mairies_mairie")}
        assert {f"media/{name}" for name in names} <= set(box.files())
    assert Mairie.objects.count() == len(written)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_the_second_says_so(home):
    with database.alone():
        with pytest.raises(AlreadyRunning):
            making.make(home)
        with pytest.raises(CommandError, match="déjà en cours") as refused:
            call_command("backup")
    assert refused.value.returncode == 3
    assert list(home.glob("ecms-*")) == []
    making.make(home)


@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle_it_is_no_backup(home, tmp_path):
    """SIGKILL while pg_dump waits for a table that somebody holds."""
    MairieFactory()
    home.mkdir()
    environment = Box(tmp_path / "box").environment(
        DB_NAME=connection.settings_dict["NAME"],
        MEDIA_ROOT=str(project.MEDIA_ROOT),
        BACKUP_DIR=str(home),
    )
    holder = connection.copy()
    with holder.cursor() as cursor:
        cursor.execute("BEGIN; LOCK TABLE mairies_mairie")
        command = [sys.executable, str(project.BASE_DIR / "manage.py"), "backup"]
        process = subprocess.Popen(command, env=environment, start_new_session=True)
        deadline = time.monotonic() + 60
        while not list(home.glob(".ecms-*/media.tar")) and time.monotonic() < deadline:
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        cursor.execute("ROLLBACK")
    holder.close()
    (draft,) = home.iterdir()
    assert draft.name.startswith(".ecms-")
    assert keeping.good(home) == []
    with pytest.raises(DamagedBackup, match="achevée"):
        checking.verify(draft)
    making.make(home)
    assert draft.exists()  # somebody might be at work in it
    old = (timezone.now() - timedelta(days=2)).timestamp()
    os.utime(draft, (old, old))
    keeping.sweep(home)
    assert not draft.exists()


@pytest.mark.django_db(transaction=True)
def test_a_failure_leaves_nothing(home, settings, monkeypatch, tmp_path):
    """A pg_dump that fails half-way."""
    broken = tmp_path / "pg_dump"
    version = '[ "$1" = --version ] && exec echo "pg_dump (X) 99"'
    broken.write_text(f"#!/bin/sh\n{version}\necho PGDMP\nexit 1\n")
    broken.chmod(0o755)
    settings.EMBEDDED = "none"
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(BackupError, match="pg_dump a échoué"):
        making.make(home)
    assert list(home.iterdir()) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("key", ["", KEY])
@pytest.mark.parametrize("name", ["database.dump", "media.tar", "files.jsonl", "manifest.json"])
def test_one_flipped_bit_is_noticed(home, settings, key, name):
    settings.BACKUP_KEY = key
    seed_files()
    path = making.make(home).path
    checking.verify(path)
    content = bytearray((path / name).read_bytes())
    at = content.index(b'"count"') + 1 if name == "manifest.json" else len(content) // 2
    content[at] ^= 1
    (path / name).write_bytes(content)
    if name == "manifest.json" and not key:
        return  # nobody signs it without a key
    with pytest.raises(CommandError) as refused:
        call_command("backup", "--verify", path)
    assert refused.value.returncode == 2


@pytest.mark.django_db(transaction=True)
def test_a_cut_or_missing_part_is_noticed(home):
    seed_files()
    path = making.make(home).path
    part = path / "private.tar"
    part.write_bytes(part.read_bytes()[:-1])
    assert keeping.good(home) == []
    with pytest.raises(DamagedBackup, match=r"private\.tar"):
        checking.verify(path)
    part.unlink()
    with pytest.raises(DamagedBackup, match="manque"):
        checking.verify(path)


def test_a_backup_in_what_is_backed_up_is_refused(settings):
    with pytest.raises(BackupError, match="choisissez ailleurs"):
        making.make(settings.MEDIA_ROOT / "backups")


def test_where_to_is_asked_for(settings):
    settings.BACKUP_DIR = None
    with pytest.raises(CommandError, match="BACKUP_DIR"):
        call_command("backup")


def test_a_file_that_shrinks_meanwhile_is_taken_again(tmp_path):
    """And one that grows, comes, goes, or is no file."""
    root, target = tmp_path / "media", tmp_path / "media.tar"
    root.mkdir()
    (root / "grows").write_bytes(b"a")
    (root / "goes").write_bytes(b"b")
    (root / "link").symlink_to("/etc/hostname")
    found = {}
    with parts.written(target, None, found) as writer:
        archive = files.Archive("media", root, writer)
        archive.take()
        (root / "grows").write_bytes(b"aa")
        (root / "goes").unlink()
        (root / "comes").write_bytes(b"c")
        archive.take()
        kept = archive.close()
    assert [(each.name, each.size) for each in kept] == [("comes", 1), ("goes", 1), ("grows", 2)]
    files.check(target, None, kept)
    with (root / "grows").open("rb") as file:
        assert files._Exactly(file, 5).read(100) == b"aa\0\0\0"


def test_files_of_another_store_are_left_to_it(settings):
    elsewhere = {"BACKEND": "django.core.files.storage.InMemoryStorage"}
    settings.STORAGES = {**settings.STORAGES, "default": elsewhere}
    assert set(files.roots()) == {"private"}
