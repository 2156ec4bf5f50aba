"""What an operator has to be told, for who has no other watch: `manage.py alarme`, every hour."""

import shutil
import socket

from django.conf import settings
from django.core.mail import send_mail
from django.db import DatabaseError

from ecms.backups import keeping
from ecms.health import late_tasks


def found() -> list[str]:
    """What is wrong with the installation now, a sentence each."""
    return [*_disks(), *_backups(), *_database()]


def tell(sentences: list[str]) -> None:
    """Mail them to ALARM_EMAIL at once: the queue and the database may be what is wrong. Raises
    `OSError` (an `SMTPException` is one)."""
    if settings.ALARM_EMAIL:
        subject = f"[E-CMS] {socket.gethostname()} : {sentences[0]}"
        body = "\n".join(f"- {sentence}" for sentence in sentences)
        send_mail(subject, body, settings.SERVER_EMAIL, settings.ALARM_EMAIL)


def _disks() -> list[str]:
    """Each disk once, by the first of our folders on it."""
    seen, said = set(), []
    for folder in filter(None, (settings.MEDIA_ROOT, settings.PRIVATE_ROOT, settings.BACKUP_DIR)):
        try:
            disk, space = folder.stat().st_dev, shutil.disk_usage(folder)
        except FileNotFoundError:
            continue  # Files in an S3-compatible store; a backup that is missing is told below.
        except OSError as error:
            said.append(f"{folder} : {error.strerror}")
            continue
        percent = 100 * space.free // space.total
        if percent < settings.DISK_LEAST_PERCENT and disk not in seen:
            said.append(f"il reste {percent} % du disque de {folder}")
        seen.add(disk)
    return said


def _backups() -> list[str]:
    state = keeping.state()
    if state is None:
        return []
    if not state.readable:
        return ["BACKUP_DIR ne peut être lu"]
    return ["la dernière sauvegarde manque ou date trop"] if state.late else []


def _database() -> list[str]:
    try:
        return ["une tâche attend depuis plus de cinq minutes"] if late_tasks() else []
    except DatabaseError:
        return ["PostgreSQL ne répond pas"]
