"""Which backups there are, which are kept, and how old the last one is."""

import shutil
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone

from ecms.backups import manifest, parts
from ecms.backups.errors import DamagedBackup
from ecms.backups.manifest import Manifest

DRAFT, GONE = ".partial", ".deleted"
# A draft that old is of a backup that was killed.
ABANDONED = timedelta(days=1)


@dataclass(frozen=True)
class Backup:
    path: Path
    manifest: Manifest


def good(directory: Path) -> list[Backup]:
    """The backups of `directory` that are finished and have all their parts, newest first.

    By names and sizes: `checking.verify` reads them.
    """
    found = [_backup(path) for path in directory.iterdir()]
    return sorted((each for each in found if each), key=lambda each: each.path.name, reverse=True)


def _backup(path: Path) -> Backup | None:
    if not manifest.DIRECTORY.fullmatch(path.name) or path.is_symlink():
        return None
    try:
        read = manifest.read(path)
        whole = all((path / name).stat().st_size == p.size for name, p in read.parts.items())
    except (DamagedBackup, FileNotFoundError, NotADirectoryError):
        return None
    return Backup(path, read) if whole else None


def rotate(directory: Path, *, daily: int, weekly: int, monthly: int) -> list[str]:
    """Delete the backups of this database that no rule keeps; returns their names.

    The newest of each of the last days, weeks and months that have one is kept; so is the newest
    of all. What is damaged, or of another database, is not ours to judge: it stays.
    """
    name = connection.settings_dict["NAME"]
    backups = [each for each in good(directory) if each.manifest.database == name]
    kept = {each.path for each in backups[:1]}
    rules = {"%Y-%m-%d": daily, "%G-%V": weekly, "%Y-%m": monthly}
    for period, count in rules.items():
        newest = {}
        for each in backups:
            newest.setdefault(each.manifest.date.strftime(period), each.path)
        kept.update(list(newest.values())[:count])
    gone = [each.path for each in backups if each.path not in kept]
    for path in gone:
        _delete(path)
    return [path.name for path in gone]


def _delete(path: Path) -> None:
    """By another name first: half a backup is never taken for one."""
    doomed = path.with_name(f".{path.name}{GONE}")
    path.rename(doomed)
    parts.sync_directory(path.parent)
    shutil.rmtree(doomed)


def sweep(directory: Path) -> None:
    """Take away what killed backups and rotations have left."""
    limit = (timezone.now() - ABANDONED).timestamp()
    for path in directory.glob(".ecms-*"):
        is_draft = path.name.endswith(DRAFT) and path.stat().st_mtime < limit
        if is_draft or path.name.endswith(GONE):
            shutil.rmtree(path, ignore_errors=True)


@dataclass(frozen=True)
class State:
    """What shows of the backups from here; `last` is None when there is none."""

    readable: bool
    last: Manifest | None = None

    @property
    def age(self) -> timedelta | None:
        return self.last and timezone.now() - self.last.date

    @property
    def late(self) -> bool:
        return self.last is None or self.age > settings.BACKUP_MAX_AGE


def state() -> State | None:
    """What there is in BACKUP_DIR, None without one."""
    if settings.BACKUP_DIR is None:
        return None
    try:
        return State(True, _last(settings.BACKUP_DIR))
    except OSError:
        return State(readable=False)


def _last(directory: Path) -> Manifest | None:
    """Of the newest good backup of this database."""
    for path in sorted(directory.iterdir(), reverse=True):
        found = _backup(path)
        if found and found.manifest.database == connection.settings_dict["NAME"]:
            return found.manifest
    return None
