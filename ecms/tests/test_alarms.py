"""What an operator is mailed: `manage.py alarme`."""

import os
import subprocess
import sys
from datetime import timedelta

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.utils import timezone
from django_q.models import OrmQ

from ecms.backups import making


@pytest.fixture(autouse=True)
def operator(settings):
    settings.ALARM_EMAIL = ["exploitation@exemple.cm"]


def alarm(*arguments) -> str:
    """What the command says when something is wrong."""
    with pytest.raises(CommandError) as said:
        call_command("alarme", *arguments)
    return str(said.value)


def test_all_is_well(db, capsys):
    call_command("alarme")
    assert "Rien à signaler" in capsys.readouterr().out
    assert mail.outbox == []


def test_what_is_wrong_is_mailed(db, settings, tmp_path):
    settings.BACKUP_DIR = tmp_path
    settings.DISK_LEAST_PERCENT = 101
    settings.MEDIA_ROOT.mkdir(parents=True, exist_ok=True)
    OrmQ.objects.create(key="ecms", payload="x", lock=timezone.now() - timedelta(minutes=6))

    said = alarm()

    assert "% du disque de" in said
    assert "la dernière sauvegarde manque ou date trop" in said
    assert "une tâche attend" in said
    (message,) = mail.outbox
    assert message.to == ["exploitation@exemple.cm"]
    assert len(message.body.splitlines()) == 3
    assert "\n" not in message.subject


@pytest.mark.django_db(transaction=True)
def test_a_fresh_backup_is_well(settings, tmp_path):
    settings.BACKUP_DIR = tmp_path / "backups"
    settings.BACKUP_KEY = ""
    making.make(settings.BACKUP_DIR)
    call_command("alarme")


def test_a_folder_that_cannot_be_read_is_told(db, settings, tmp_path):
    settings.BACKUP_DIR = tmp_path / "nowhere"
    assert alarm() == "BACKUP_DIR ne peut être lu"


def test_a_folder_that_is_none_is_told(db, settings, tmp_path):
    (tmp_path / "file").touch()
    settings.PRIVATE_ROOT = tmp_path / "file" / "private"
    assert str(settings.PRIVATE_ROOT) in alarm()


def test_a_unit_that_failed():
    assert "ecms-backup.service a échoué" in alarm("--unite", "ecms-backup.service")
    assert mail.outbox[0].subject.endswith("(journalctl -u ecms-backup.service)")


def test_without_an_address_it_is_said_all_the_same(settings):
    settings.ALARM_EMAIL = []
    assert "ecms-backup.service" in alarm("--unite", "ecms-backup.service")
    assert mail.outbox == []


def test_a_mail_that_does_not_leave_is_said(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    assert "le courriel n'est pas parti" in alarm("--unite", "ecms-backup.service")


def test_a_database_that_is_away_is_told(settings):
    """Whose checks would fail before the command began."""
    done = subprocess.run(
        [sys.executable, settings.BASE_DIR / "manage.py", "alarme"],
        env={
            **os.environ,
            "DEMO": "true",
            "DB_ENGINE": "django.db.backends.postgresql",
            "DB_HOST": "127.0.0.1",
            "DB_PORT": "9",
            "ALARM_EMAIL": "",
            "BACKUP_DIR": "",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "PostgreSQL ne répond pas" in done.stderr
    assert "Traceback" not in done.stderr
