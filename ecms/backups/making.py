"""Making a backup: a folder that has its name only once everything in it is on the disk."""

import os
import secrets
from contextlib import ExitStack
from pathlib import Path

from django.conf import settings
from django.db import connection

from ecms.backups import database, files, keeping, manifest, parts, programs
from ecms.backups.errors import BackupError
from ecms.backups.files import Kept
from ecms.backups.keeping import Backup
from ecms.backups.manifest import Manifest
from ecms.backups.sealing import Secret

MISSING_NAMED = 1000


def make(directory: Path) -> Backup:
    """A new backup in `directory`, sealed if there is a BACKUP_KEY. Raises `BackupError`."""
    roots = files.roots()
    _refuse_inside(directory, roots)
    secret = Secret(settings.BACKUP_KEY) if settings.BACKUP_KEY else None
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    with database.alone() as cursor:
        programs.refuse_older_than(database.server_version(cursor), "pg_dump")
        keeping.sweep(directory)
        draft = directory / f".ecms-{secrets.token_hex(8)}{keeping.DRAFT}"
        draft.mkdir(mode=0o700)
        try:
            return _finish(draft, directory, _fill(draft, cursor, roots, secret))
        except BaseException:
            files.discard(draft)
            raise


def _refuse_inside(directory: Path, roots: dict[str, Path]) -> None:
    for root in roots.values():
        if directory.resolve().is_relative_to(root):
            raise BackupError(
                f"{directory} est dans {root}, qui est sauvegardé : choisissez ailleurs."
            )


def _fill(draft: Path, cursor, roots: dict[str, Path], secret: Secret | None) -> Manifest:
    """Write all the parts and the manifest."""
    found = {}
    with ExitStack() as open_parts:
        archives = {
            name: files.Archive(
                name,
                root,
                open_parts.enter_context(parts.written(draft / f"{name}.tar", secret, found)),
            )
            for name, root in roots.items()
        }
        # The long pass. What comes meanwhile is for the second one.
        _take(archives)
        with database.snapshot(cursor) as snapshot:
            _take(archives)
            kept = [each for archive in archives.values() for each in archive.close()]
            open_parts.close()
            written = _describe(cursor, kept, roots)
            before = database.sequences(cursor)
            with parts.written(draft / manifest.DATABASE, secret, found) as target:
                for block in programs.dump(snapshot):
                    target.write(block)
        after = database.sequences(cursor)
    with parts.written(draft / manifest.LIST, secret, found) as target:
        files.write_list(kept, target)
    written.sequences = {name: [start, after.get(name, start)] for name, start in before.items()}
    written.parts = found
    if secret:
        written.encryption = {"salt": secret.salt.hex(), "fingerprint": secret.fingerprint}
    with parts.written(draft / manifest.NAME, None, {}) as target:
        target.write(written.as_bytes(secret))
    return written


def _take(archives: dict) -> None:
    for archive in archives.values():
        archive.take()


def _describe(cursor, kept: list[Kept], roots: dict[str, Path]) -> Manifest:
    """What the snapshot holds."""
    stores = {name: {"count": 0, "bytes": 0} for name in roots}
    for each in kept:
        stores[each.store]["count"] += 1
        stores[each.store]["bytes"] += each.size
    return Manifest(
        version=settings.SPECTACULAR_SETTINGS["VERSION"],
        date=database.now(cursor),
        database=connection.settings_dict["NAME"],
        postgresql=database.server_version(cursor),
        pg_dump=programs.version("pg_dump"),
        migrations=database.migrations(cursor),
        tables=database.counts(cursor),
        sequences={},
        stores=stores,
        missing=_missing(cursor, kept, roots),
    )


def _missing(cursor, kept: list[Kept], roots: dict[str, Path]) -> list[str]:
    stores = {str(root): name for name, root in roots.items()}
    taken = {(each.store, each.name) for each in kept}
    absent = []
    for storage, name in database.named_files(cursor):
        location = str(Path(getattr(storage, "location", "") or "/").resolve())
        store = stores.get(location)
        if store and (store, os.path.normpath(name)) not in taken:
            absent.append(f"{store}/{name}")
    return sorted(absent)[:MISSING_NAMED]


def _finish(draft: Path, directory: Path, written: Manifest) -> Backup:
    parts.sync_directory(draft)
    path = directory / written.name
    try:
        draft.rename(path)
    except OSError as error:
        raise BackupError(f"{path} ne peut être nommée : {error.strerror}.") from None
    parts.sync_directory(directory)
    return Backup(path, written)
