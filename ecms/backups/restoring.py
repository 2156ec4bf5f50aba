"""Restoring a backup: everything is verified first, the database changes in one transaction, and
what time has overtaken is undone before anybody is served."""

import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.urls import get_resolver

from ecms import erasures, retention
from ecms.backups import aftermath, checking, database, files, manifest, parts, programs
from ecms.backups.errors import BackupError
from ecms.backups.files import Kept
from ecms.backups.manifest import Manifest
from ecms.backups.sealing import Secret

# PostgreSQL sees a little later that a connection was closed.
LEAVING_SECONDS = 3
FOLDER, FILE = 0o755, 0o644


def modes(store: str) -> tuple[int, int]:
    """Of the folders and files of `store`: what is private is read by the proxy's group where the
    proxy sends it (`ecms.files.PrivateStorage`)."""
    if store == "media":
        return FOLDER, FILE
    return (0o2750, 0o640) if settings.X_ACCEL_PREFIX else (0o700, 0o600)


@dataclass
class Restored:
    """What was done, for the operator to read."""

    manifest: Manifest
    erased: int = 0
    refused: list[str] = field(default_factory=list)
    purged: dict[str, int] = field(default_factory=dict)
    undone: dict[str, int] = field(default_factory=dict)


def restore(directory: Path, *, force: bool = False, lists: list[Path] = ()) -> Restored:
    """Restore the backup `directory` into the database and the stores of the settings.

    `lists` are files of erasures, besides the one that lies next to the backup and what the
    database itself still knows. Raises `BackupError`; until the dump is loaded nothing has changed.
    """
    found, secret, kept = checking.verify(directory)
    checking.refuse_newer(found)
    roots = files.roots()
    with database.alone() as cursor:
        server = database.server_version(cursor)
        programs.refuse_older_than(server, "psql")
        _refuse_unfit(cursor, found, server, roots, force)
        wanted = _erasures(directory, lists)
        _unpack(directory, secret, kept, roots, found)
        programs.load(
            parts.content(directory / manifest.DATABASE, secret),
            before=database.EMPTY if force else "",
        )
        _compare(cursor, found)
        for store in found.stores:
            files.swap(roots[store], _fresh(roots[store], found), _old(roots[store], found))
    return _bring_up_to_date(found, wanted)


def _refuse_unfit(cursor, found: Manifest, server: int, roots: dict, force: bool) -> None:
    if server < found.postgresql:
        raise BackupError(
            f"Ce serveur est un PostgreSQL {server}, la sauvegarde vient d'un {found.postgresql}."
        )
    if lost := set(found.stores) - set(roots):
        raise BackupError(
            f"La sauvegarde contient des fichiers ({', '.join(sorted(lost))}) et MEDIA_STORAGE "
            "n'est pas local : restaurez-les dans un dossier, puis copiez-les dans leur seau."
        )
    _refuse_busy(cursor)
    if force:
        return
    if database.tables(cursor):
        raise BackupError("La base n'est pas vide : --force-nonempty efface ce qu'elle contient.")
    for store in found.stores:
        if roots[store].is_dir() and not files.is_empty(roots[store]):
            raise BackupError(
                f"{roots[store]} n'est pas vide : --force-nonempty remplace ce qui s'y trouve."
            )


def _refuse_busy(cursor) -> None:
    """Raises `BackupError` while others are connected. Ours may be, from the system checks."""
    connection.close()
    deadline = time.monotonic() + LEAVING_SECONDS
    while busy := database.others(cursor):
        if time.monotonic() > deadline:
            raise BackupError(
                f"D'autres programmes sont connectés à la base ({', '.join(busy)}) : arrêtez-les."
            )
        time.sleep(0.1)


def _erasures(directory: Path, lists: list[Path]) -> set[erasures.Line]:
    """All that is known to have been erased, here or beside the backup; what only the database
    knows is written down before it is replaced."""
    beside = directory.resolve().parent / erasures.FILE
    wanted = set()
    try:
        for path in {*lists, *([beside] if beside.exists() else [])}:
            wanted |= erasures.read(path)
        if only_here := erasures.lines() - wanted:
            erasures.export(beside)
    except (OSError, ValueError) as error:
        raise BackupError(str(error)) from None
    connection.close()
    return wanted | only_here


def _unpack(directory: Path, secret: Secret | None, kept: list[Kept], roots, found) -> None:
    """Beside what is there, so that a full disk is met before anything has changed."""
    for store in found.stores:
        root = roots[store]
        root.mkdir(mode=modes(store)[0], parents=True, exist_ok=True)
        fresh = _fresh(root, found)
        files.discard(fresh)
        files.unpack(directory / f"{store}.tar", secret, fresh, modes(store))
        files.compare(fresh, [each for each in kept if each.store == store])


def _fresh(root: Path, found: Manifest) -> Path:
    return root / f".restauration-{found.name}"


def _old(root: Path, found: Manifest) -> Path:
    """A name that is free: the same backup may be restored twice."""
    numbers = (f".avant-{found.name}{suffix}" for suffix in ("", *map("-{}".format, range(1, 99))))
    return next(root / name for name in numbers if not (root / name).exists())


def _compare(cursor, found: Manifest) -> None:
    """Raises `BackupError` unless the database is the one that the manifest counted."""
    counted, reached = database.counts(cursor), database.sequences(cursor)
    wrong = [
        name for name in {*found.tables, *counted} if found.tables.get(name) != counted.get(name)
    ]
    for name, (least, most) in found.sequences.items():
        if not least <= reached.get(name, -1) <= most:
            wrong.append(name)
    if wrong:
        raise BackupError(
            f"La base restaurée n'est pas celle du manifeste : {', '.join(sorted(wrong))}. "
            "Ne démarrez rien."
        )


def _bring_up_to_date(found: Manifest, wanted: set[erasures.Line]) -> Restored:
    done = Restored(found)
    # The apps declare their rules as their modules are read, and the addresses name them all.
    get_resolver().url_patterns  # noqa: B018
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
    call_command("migrate", verbosity=0, interactive=False)
    # At once, and again after what follows, which may have queued mails for things long told.
    undone = Counter(aftermath.run())
    done.erased, done.refused = erasures.replay(wanted)
    done.purged = {name: count for name, count in retention.run(apply=True).items() if count}
    undone.update(aftermath.run())
    done.undone = dict(undone)
    connection.close()
    if settings.BACKUP_DIR and settings.BACKUP_DIR.is_dir():
        erasures.export_beside_backups()
    return done
