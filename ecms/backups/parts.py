"""The parts of a backup: files hashed, and sealed if there is a key, as they are written."""

import hashlib
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ecms.backups.errors import DamagedBackup
from ecms.backups.sealing import SealingWriter, Secret, unseal

BLOCK = 1 << 20


@dataclass(frozen=True)
class Part:
    """What the manifest says of one file of the backup, as it lies there."""

    size: int
    sha256: str


class _Hashed:
    """Writes to a file, and knows what has been written."""

    def __init__(self, file):
        self._file, self._hash, self.size = file, hashlib.sha256(), 0

    def write(self, data: bytes) -> int:
        self._hash.update(data)
        self.size += len(data)
        return self._file.write(data)

    def part(self) -> Part:
        return Part(self.size, self._hash.hexdigest())


@contextmanager
def written(path: Path, secret: Secret | None, found: dict[str, Part]):
    """A writer for the part `path`; once it is on the disk, it is in `found`."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "wb", buffering=BLOCK) as file:
        hashed = _Hashed(file)
        writer = SealingWriter(hashed, secret, path.name) if secret else hashed
        yield writer
        if secret:
            writer.close()
        file.flush()
        os.fsync(file.fileno())
    found[path.name] = hashed.part()


def content(path: Path, secret: Secret | None) -> Iterator[bytes]:
    """The plain content of a part, by pieces."""
    with path.open("rb") as file:
        if secret:
            yield from unseal(file, secret, path.name)
            return
        while block := file.read(BLOCK):
            yield block


class Stream(io.RawIOBase):
    """The content of a part as a file that is read from its beginning to its end."""

    def __init__(self, pieces: Iterator[bytes]):
        self._pieces, self._left = pieces, memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        while not self._left:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._left = memoryview(piece)
        count = min(len(buffer), len(self._left))
        buffer[:count] = self._left[:count]
        self._left = self._left[count:]
        return count


def stream(path: Path, secret: Secret | None) -> io.BufferedReader:
    return io.BufferedReader(Stream(content(path, secret)), BLOCK)


def check(path: Path, expected: Part) -> None:
    """Raises `DamagedBackup` unless the file is, byte for byte, what was written."""
    digest, size = hashlib.sha256(), 0
    try:
        with path.open("rb") as file:
            while block := file.read(BLOCK):
                digest.update(block)
                size += len(block)
    except FileNotFoundError:
        raise DamagedBackup(f"{path.name} manque dans la sauvegarde.") from None
    if Part(size, digest.hexdigest()) != expected:
        raise DamagedBackup(f"{path.name} est altérée : sa somme SHA-256 n'est plus la sienne.")


def sync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
