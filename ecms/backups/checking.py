"""Whether a backup can be restored: everything in it is read, nothing is touched."""

from pathlib import Path

from django.conf import settings
from django.db.migrations.loader import MigrationLoader

from ecms.backups import files, manifest, parts, programs
from ecms.backups.errors import BackupError, DamagedBackup
from ecms.backups.files import Kept
from ecms.backups.manifest import Manifest
from ecms.backups.sealing import Secret


def verify(directory: Path) -> tuple[Manifest, Secret | None, list[Kept]]:
    """Read every byte of a backup: checksums, decryption, the dump by pg_restore, the files by
    their list. Raises `DamagedBackup` and `BackupError`."""
    secret = manifest.secret_for(directory, settings.BACKUP_KEY)
    found = manifest.read(directory)
    expected = {manifest.DATABASE, manifest.LIST, *(f"{name}.tar" for name in found.stores)}
    if set(found.parts) != expected:
        raise DamagedBackup(f"{manifest.NAME} est altéré : il ne nomme pas les parties qu'il faut.")
    for name, part in found.parts.items():
        parts.check(directory / name, part)
    programs.refuse_older_than(found.pg_dump, "pg_restore")
    programs.read_through(parts.content(directory / manifest.DATABASE, secret))
    kept = files.read_list(directory / manifest.LIST, secret)
    for store in found.stores:
        its = [each for each in kept if each.store == store]
        files.check(directory / f"{store}.tar", secret, its)
    return found, secret, kept


def refuse_newer(found: Manifest) -> None:
    """Raises `BackupError` for a backup of a version that this code does not know."""
    known = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    unknown = [
        f"{app}.{name}" for app, name in found.migrations.items() if (app, name) not in known
    ]
    if unknown:
        raise BackupError(
            "Cette sauvegarde vient d'une version d'E-CMS plus récente que ce programme, qui ne "
            f"connaît pas : {', '.join(sorted(unknown))}."
        )
