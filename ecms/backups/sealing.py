"""Encryption of a backup's parts: AES-256-GCM by chunks, so that a part of any size is a stream.

A part is the magic, the salt of the backup, then chunks. The nonce of a chunk is its number and
whether it is the last: one that is changed, moved, missing or added at the end is noticed, and so
is a part that was cut short. Each part has a key of its own, derived from the backup's (scrypt of
the passphrase and the salt, then HKDF with the part's name): parts cannot change places.
"""

import hmac
import secrets
from collections.abc import Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from ecms.backups.errors import BackupError, DamagedBackup

MAGIC = b"ECMSBAK1"
SALT = 16
CHUNK = 1 << 20
TAG = 16
SHORTEST_KEY = 16


class Secret:
    """The keys of one backup, from the passphrase of the installation and the backup's salt."""

    def __init__(self, passphrase: str, salt: bytes | None = None):
        if len(passphrase) < SHORTEST_KEY:
            raise BackupError(f"BACKUP_KEY est trop courte : au moins {SHORTEST_KEY} caractères.")
        self.salt = salt or secrets.token_bytes(SALT)
        # 32 MB and about a tenth of a second: dear to whoever guesses, once per backup for us.
        scrypt = Scrypt(salt=self.salt, length=32, n=2**15, r=8, p=1)
        self._master = scrypt.derive(passphrase.encode())

    def key(self, purpose: str) -> bytes:
        return HKDFExpand(algorithm=SHA256(), length=32, info=purpose.encode()).derive(self._master)

    @property
    def fingerprint(self) -> str:
        """Tells a wrong passphrase from a damaged part; says nothing of either."""
        return self.key("fingerprint").hex()[:32]

    def signature(self, message: bytes) -> str:
        return hmac.digest(self.key("manifest"), message, "sha256").hex()


class SealingWriter:
    """What is written goes sealed to `target`; nothing is whole before `close`."""

    def __init__(self, target: BinaryIO, secret: Secret, part: str):
        self._target, self._cipher = target, AESGCM(secret.key(f"part:{part}"))
        self._waiting, self._number = bytearray(), 0
        target.write(MAGIC + secret.salt)

    def write(self, data: bytes) -> int:
        self._waiting += data
        # The last chunk has its own mark: a full one waits until something follows it.
        while len(self._waiting) > CHUNK:
            self._seal(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]
        return len(data)

    def close(self) -> None:
        self._seal(bytes(self._waiting), last=True)
        self._waiting.clear()

    def _seal(self, chunk: bytes, *, last: bool) -> None:
        self._target.write(self._cipher.encrypt(_nonce(self._number, last), chunk, MAGIC))
        self._number += 1


def unseal(source: BinaryIO, secret: Secret, part: str) -> Iterator[bytes]:
    """The chunks of a sealed part. Raises `DamagedBackup` at the first that is not as written."""
    if source.read(len(MAGIC) + SALT) != MAGIC + secret.salt:
        raise DamagedBackup(f"{part} n'est pas une partie chiffrée de cette sauvegarde.")
    cipher = AESGCM(secret.key(f"part:{part}"))
    number, chunk = 0, source.read(CHUNK + TAG)
    while True:
        following = source.read(CHUNK + TAG)
        try:
            yield cipher.decrypt(_nonce(number, not following), chunk, MAGIC)
        except InvalidTag:
            raise DamagedBackup(f"{part} est altérée ou tronquée (bloc {number}).") from None
        if not following:
            return
        number, chunk = number + 1, following


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11) + bytes([last])
