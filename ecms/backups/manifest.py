"""The manifest of a backup: what is in it, and what it must be equal to once it is restored."""

import json
import re
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from ecms.backups.errors import BackupError, DamagedBackup
from ecms.backups.parts import Part
from ecms.backups.sealing import Secret

FORMAT = 1
NAME = "manifest.json"
DATABASE = "database.dump"
LIST = "files.jsonl"
DIRECTORY = re.compile(r"ecms-\d{8}T\d{6}Z")
TIME = "ecms-%Y%m%dT%H%M%SZ"


@dataclass
class Manifest:
    version: str
    date: datetime
    database: str
    postgresql: int
    pg_dump: int
    migrations: dict[str, str]
    tables: dict[str, int]
    # Where each was before the dump and after it: rows may have been written meanwhile.
    sequences: dict[str, list[int]]
    # By store: how many files and bytes. A store that is not named lies elsewhere (S3).
    stores: dict[str, dict[str, int]]
    # Files that rows name and that were not there to be taken.
    missing: list[str]
    parts: dict[str, Part] = field(default_factory=dict)
    # Salt and fingerprint of the key, empty for a backup in clear.
    encryption: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.date.strftime(TIME)

    @property
    def size(self) -> int:
        return sum(part.size for part in self.parts.values())

    def as_bytes(self, secret: Secret | None) -> bytes:
        body = {"format": FORMAT, **asdict(self), "date": self.date.isoformat()}
        if secret:
            body["signature"] = secret.signature(_canonical(body))
        return json.dumps(body, indent=1, ensure_ascii=False).encode() + b"\n"


def read(directory: Path) -> Manifest:
    """The manifest of a backup, as it lies there: `secret_for` says whether it can be trusted."""
    return _from(_body(directory))


def secret_for(directory: Path, passphrase: str) -> Secret | None:
    """The keys of an encrypted backup, None for one in clear.

    Raises `BackupError` without the passphrase or with another one, and `DamagedBackup` if the
    manifest is not as it was signed.
    """
    body = _body(directory)
    encryption = _from(body).encryption
    if not encryption:
        return None
    if not passphrase:
        raise BackupError("Cette sauvegarde est chiffrée : il faut BACKUP_KEY pour la lire.")
    secret = Secret(passphrase, bytes.fromhex(encryption["salt"]))
    signed = body.pop("signature", "")
    if secret.fingerprint != encryption["fingerprint"]:
        raise BackupError("BACKUP_KEY n'est pas la clé de cette sauvegarde.")
    if secret.signature(_canonical(body)) != signed:
        raise DamagedBackup(f"{NAME} est altéré : sa signature n'est plus la sienne.")
    return secret


def _canonical(body: dict) -> bytes:
    return json.dumps(body, sort_keys=True).encode()


def _body(directory: Path) -> dict:
    try:
        body = json.loads((directory / NAME).read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        raise DamagedBackup(f"{directory} n'est pas une sauvegarde achevée ({NAME}).") from None
    except ValueError:
        raise DamagedBackup(f"{NAME} est altéré : il ne peut être lu.") from None
    if not isinstance(body, dict) or body.get("format") != FORMAT:
        raise DamagedBackup(f"{NAME} n'est pas d'un format connu de cette version d'E-CMS.")
    return body


def _from(body: dict) -> Manifest:
    known = {name: value for name, value in body.items() if name not in {"format", "signature"}}
    try:
        manifest = Manifest(**known)
        manifest.date = datetime.fromisoformat(known["date"]).astimezone(UTC)
        manifest.parts = {name: Part(**part) for name, part in known["parts"].items()}
    except (TypeError, ValueError, KeyError, AttributeError):
        raise DamagedBackup(f"{NAME} est altéré : il y manque quelque chose.") from None
    if any("/" in name for name in manifest.parts):
        raise DamagedBackup(f"{NAME} est altéré : une partie n'est pas dans la sauvegarde.")
    return manifest
