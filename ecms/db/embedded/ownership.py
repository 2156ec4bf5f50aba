"""Under which account the embedded PostgreSQL runs, and who may use its files.

It refuses to run as root: root lends it the account of the checkout's owner, or one made for it.
"""

import os
import pwd
import shlex
import shutil
import stat
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

SYSTEM_ACCOUNT = "pgserver"


class EmbeddedPostgresError(RuntimeError):
    """The embedded server cannot be used; the message is a French sentence saying what to do."""


class Account(NamedTuple):
    """The identity that root lends to the server and to the programs that make it."""

    uid: int
    gid: int

    def as_process_arguments(self) -> dict:
        """For `subprocess.run`."""
        return {"user": self.uid, "group": self.gid, "extra_groups": ()}


def server_account(data: Path) -> Account | None:
    """When root: the owner of the cluster or of the checkout, else the account made for it."""
    if os.geteuid() != 0:
        return None
    nearest = nearest_existing(data)
    owner = nearest.stat()
    if owner.st_uid != 0 and (nearest == data or _has_name(owner.st_uid)):
        return Account(owner.st_uid, owner.st_gid)
    return _system_account()


def nearest_existing(path: Path) -> Path:
    """The path itself or its first parent that exists."""
    return next(candidate for candidate in (path, *path.parents) if os.path.exists(candidate))


def _has_name(uid: int) -> bool:
    """initdb wants one; the files of a mounted volume may belong to a bare number."""
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def system_uid() -> int | None:
    """The account made for the server, if it exists on this machine."""
    try:
        return pwd.getpwnam(SYSTEM_ACCOUNT).pw_uid
    except KeyError:
        return None


def _system_account() -> Account:
    useradd = shutil.which("useradd") or "/usr/sbin/useradd"
    if system_uid() is None and Path(useradd).exists():
        command = [useradd, "--system", "--shell", "/usr/sbin/nologin", SYSTEM_ACCOUNT]
        # Unchecked: another process may win the race.
        subprocess.run(command, check=False, capture_output=True)  # noqa: S603 fixed words
    try:
        entry = pwd.getpwnam(SYSTEM_ACCOUNT)
    except KeyError:
        raise EmbeddedPostgresError(
            "PostgreSQL ne s'exécute pas en tant que root et le compte système "
            f"« {SYSTEM_ACCOUNT} » n'a pas pu être créé : créez-le, lancez la commande avec un "
            "compte ordinaire, ou indiquez un serveur PostgreSQL dans DB_HOST."
        ) from None
    return Account(entry.pw_uid, entry.pw_gid)


def refuse_closed_path(path: Path, account: Account) -> None:
    """Before initdb, whose own message would name a directory deep inside the closed one."""
    for parent in reversed(path.parents):
        if not _may_traverse(parent, account):
            raise EmbeddedPostgresError(
                "Lancé par root, le PostgreSQL intégré s'exécute sous le compte "
                f"{_name(account.uid)}, qui ne peut pas traverser « {parent} » : faites "
                f"chmod o+x {shlex.quote(str(parent))}, placez le projet ailleurs, ou indiquez un "
                "serveur PostgreSQL dans DB_HOST."
            )


def _may_traverse(directory: Path, account: Account) -> bool:
    found = directory.stat()
    if found.st_uid == account.uid:
        return bool(found.st_mode & stat.S_IXUSR)
    if found.st_gid == account.gid:
        return bool(found.st_mode & stat.S_IXGRP)
    return bool(found.st_mode & stat.S_IXOTH)


def refuse_another_owner(data: Path) -> None:
    """A cluster is closed to everybody but its owner and root."""
    if os.geteuid() == 0 or not os.path.lexists(data):
        return
    if data.stat().st_uid != os.geteuid():
        raise owned_by_another(data)


def owned_by_another(path: Path) -> EmbeddedPostgresError:
    """The sentence for files that this account may not use."""
    nearest = nearest_existing(path)
    return EmbeddedPostgresError(
        f"Le PostgreSQL intégré ne peut pas servir ici : « {nearest} » appartient au compte "
        f"{_name(nearest.stat().st_uid)} et vous êtes {_name(os.geteuid())} (un premier lancement "
        "par root en est souvent la cause). Reprenez le compte du premier lancement, ou demandez "
        "à root de supprimer ce dossier (sa base de données avec), ou indiquez un serveur "
        "PostgreSQL dans DB_HOST."
    )


def _name(uid: int) -> str:
    return pwd.getpwuid(uid).pw_name if _has_name(uid) else f"n° {uid}"


def make_directory(directory: Path) -> None:
    """Make it and its parents; root gives them to the checkout's owner and lets others through."""
    if directory.is_dir():
        return
    make_directory(directory.parent)
    directory.mkdir(exist_ok=True)
    if os.geteuid() == 0:
        owner = directory.parent.stat()
        give(directory, Account(owner.st_uid, owner.st_gid))
        directory.chmod(0o755)


def give(path: Path, account: Account | None) -> None:
    """Change the owner of a file that root made; without an account, nothing."""
    if account:
        os.chown(path, account.uid, account.gid, follow_symlinks=False)


@contextmanager
def failures_in_plain_words(data: Path) -> Iterator[None]:
    """Turn what the system refuses into an EmbeddedPostgresError."""
    try:
        yield
    except PermissionError as error:
        raise owned_by_another(data) from error
    except OSError as error:
        raise EmbeddedPostgresError(
            f"Le PostgreSQL intégré ne peut pas servir « {data} » : {error}."
        ) from error
