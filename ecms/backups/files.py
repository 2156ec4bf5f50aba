"""The files of the local stores: a tar each, and how they come back.

Names are random and never used again, and a file does not change once its row is committed. So a
first pass takes what is there, and a second one, just after the snapshot of the database was
opened, what came or grew since: whatever a row of the snapshot names is there.
"""

import hashlib
import json
import os
import shutil
import stat
import tarfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from django.core.files.storage import FileSystemStorage, storages

from ecms.backups import parts
from ecms.backups.errors import BackupError, DamagedBackup
from ecms.backups.sealing import Secret

# Alias in STORAGES -> what the part is called.
STORES = {"default": "media", "private": "private"}
BLOCK = 1 << 20


@dataclass(frozen=True)
class Kept:
    """One file of the backup."""

    store: str
    name: str
    size: int
    sha256: str


def roots() -> dict[str, Path]:
    """The folders of the stores on this machine; those in an S3-compatible store have their own
    versions and copies."""
    found = {name: storages[alias] for alias, name in STORES.items()}
    return {
        name: Path(storage.location).resolve()
        for name, storage in found.items()
        if isinstance(storage, FileSystemStorage)
    }


def walk(root: Path) -> Iterator[str]:
    """The names of the files below `root`. What begins with a dot is not the application's: the
    remains of a restoration, the trash of a disk."""
    for folder, below, names in os.walk(root):
        below[:] = sorted(name for name in below if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith("."):
                yield Path(folder, name).relative_to(root).as_posix()


class Archive:
    """A tar of one store, written in two passes."""

    def __init__(self, store: str, root: Path, target):
        self._store, self._root = store, root
        self._tar = tarfile.open(fileobj=target, mode="w|", format=tarfile.PAX_FORMAT)  # noqa: SIM115
        self._seen: dict[str, tuple] = {}
        self._kept: dict[str, Kept] = {}

    def take(self) -> None:
        """Write what is new or has changed since the last pass; the later copy is the one that
        counts. What goes away meanwhile belongs to no row any more."""
        for name in walk(self._root):
            try:
                descriptor = os.open(self._root / name, os.O_RDONLY | os.O_NOFOLLOW)
            except OSError:
                continue
            with open(descriptor, "rb") as file:
                facts = os.fstat(descriptor)
                mark = (facts.st_size, facts.st_mtime_ns, facts.st_ino)
                if stat.S_ISREG(facts.st_mode) and self._seen.get(name) != mark:
                    self._add(name, file, facts)
                    self._seen[name] = mark

    def _add(self, name: str, file, facts: os.stat_result) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mtime, member.mode = facts.st_size, int(facts.st_mtime), 0o600
        exactly = _Exactly(file, facts.st_size)
        self._tar.addfile(member, exactly)
        self._kept[name] = Kept(self._store, name, facts.st_size, exactly.sha256)

    def close(self) -> list[Kept]:
        self._tar.close()
        return [self._kept[name] for name in sorted(self._kept)]


class _Exactly:
    """As many bytes as were announced, whatever becomes of the file: the archive stays whole."""

    def __init__(self, file, size: int):
        self._file, self._left, self._hash = file, size, hashlib.sha256()

    def read(self, count: int) -> bytes:
        count = min(count, self._left)
        data = self._file.read(count).ljust(count, b"\0")
        self._left -= len(data)
        self._hash.update(data)
        return data

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()


def write_list(kept: list[Kept], target) -> None:
    for each in kept:
        target.write(json.dumps(asdict(each)).encode() + b"\n")


def read_list(path: Path, secret: Secret | None) -> list[Kept]:
    with parts.stream(path, secret) as lines:
        return [Kept(**json.loads(line)) for line in lines]


def check(path: Path, secret: Secret | None, expected: list[Kept]) -> None:
    """Read a tar to its end; raises `DamagedBackup` unless it holds what the list says."""
    found = {}
    for name, pieces in _members(path, secret):
        digest, size = hashlib.sha256(), 0
        for piece in pieces:
            digest.update(piece)
            size += len(piece)
        found[name] = (size, digest.hexdigest())
    if found != {each.name: (each.size, each.sha256) for each in expected}:
        raise DamagedBackup(f"{path.name} ne contient pas les fichiers de sa liste.")


def unpack(path: Path, secret: Secret | None, target: Path, modes: tuple[int, int]) -> None:
    """Write the files of a tar below `target`, which is new. The archive decides of a file's name
    and content alone: no link, no mode, no way out."""
    folder_mode, file_mode = modes
    target.mkdir(mode=folder_mode)
    for name, pieces in _members(path, secret):
        destination = (target / name).resolve()
        if not destination.is_relative_to(target.resolve()):
            raise DamagedBackup(f"{path.name} contient un nom qui sort de son dossier.")
        destination.parent.mkdir(mode=folder_mode, parents=True, exist_ok=True)
        with destination.open("wb") as file:
            for piece in pieces:
                file.write(piece)
            os.fchmod(file.fileno(), file_mode)
    # Once, and not for each of a hundred thousand small files.
    os.sync()


def _members(path: Path, secret: Secret | None) -> Iterator[tuple[str, Iterator[bytes]]]:
    try:
        with (
            parts.stream(path, secret) as source,
            tarfile.open(fileobj=source, mode="r|") as tar,
        ):
            for member in tar:
                if not member.isfile():
                    raise DamagedBackup(f"{path.name} contient autre chose que des fichiers.")
                file = tar.extractfile(member)
                yield member.name, iter(partial(file.read, BLOCK), b"")
    except tarfile.TarError as error:
        raise DamagedBackup(f"{path.name} n'est pas une archive lisible : {error}") from None


def is_empty(root: Path) -> bool:
    return next(walk(root), None) is None


def compare(root: Path, expected: list[Kept]) -> None:
    """Raises `BackupError` unless exactly those files lie below `root`."""
    found = {}
    for name in walk(root):
        with (root / name).open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        found[name] = digest
    if found != {each.name: each.sha256 for each in expected}:
        raise BackupError(f"Les fichiers de {root} ne sont pas ceux de la sauvegarde.")


def swap(root: Path, fresh: Path, old: Path) -> None:
    """Put what lies in `fresh` into `root`, and what lay there into `old`.

    Both are in `root` itself, which may be a mount point: only names move, no content.
    """
    old.mkdir(mode=0o700)
    for entry in list(root.iterdir()):
        if not entry.name.startswith("."):
            entry.rename(old / entry.name)
    for entry in list(fresh.iterdir()):
        entry.rename(root / entry.name)
    fresh.rmdir()
    parts.sync_directory(root)
    if not any(old.iterdir()):
        old.rmdir()


def discard(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
