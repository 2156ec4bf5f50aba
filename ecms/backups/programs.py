"""PostgreSQL's own programs, run on the database of the settings. The password goes through their
environment: a command line is everybody's to read."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread
from typing import BinaryIO

from django.conf import settings
from django.db import connection

from ecms.backups.errors import BackupError

BLOCK = 1 << 20
MESSAGE = 2000
# What pg_restore writes first, which a server older than itself may refuse: from version 17 on it
# sets, for all of them, what came with 17.
PREAMBLE = 2000
TOO_NEW = b"SET transaction_timeout = 0;\n"


def command(program: str, *arguments: str, connected: bool = True) -> tuple[list[str], dict]:
    """The command line and the environment of one of PostgreSQL's programs: the wheel's own with
    the embedded server, otherwise what is found on PATH."""
    (psql, *where), secrets = connection.client.settings_to_cmd_args_env(
        connection.settings_dict, []
    )
    embedded = connection.settings_dict["ENGINE"] == settings.EMBEDDED
    path = str(Path(psql).with_name(program)) if embedded else shutil.which(program)
    if path is None:
        raise BackupError(
            f"{program} est introuvable : installez les programmes clients de PostgreSQL "
            "(paquet postgresql-client), de la version du serveur au moins."
        )
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not (embedded and name.startswith("PG"))
    }
    target = [*where[:-1], "--dbname", where[-1]] if connected else []
    return [path, *target, *arguments], {**inherited, **(secrets or {}), "LC_ALL": "C"}


def version(program: str) -> int:
    """The major version of a program."""
    words, environment = command(program, "--version", connected=False)
    said = subprocess.run(  # noqa: S603 PostgreSQL's own
        words, env=environment, capture_output=True, text=True, check=False
    )
    found = re.search(r"\) (\d+)", said.stdout)
    if said.returncode or not found:
        raise BackupError(f"{program} ne dit pas sa version : {said.stderr.strip()[:MESSAGE]}")
    return int(found[1])


def refuse_older_than(server: int, *programs: str) -> None:
    """Raises `BackupError` if one of `programs` is older than a server of major version `server`,
    which it would not dump whole."""
    for program in programs:
        if (found := version(program)) < server:
            raise BackupError(
                f"{program} est de la version {found} et le serveur de la version {server} : "
                f"installez les programmes clients de PostgreSQL {server}."
            )


@contextmanager
def running(words: list[str], environment: dict, **pipes) -> Iterator[subprocess.Popen]:
    """A program whose failure is a `BackupError` with what it said; ended if the block fails."""
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(words, env=environment, stderr=said, **pipes)  # noqa: S603
        failure = None
        try:
            # Whoever reads no more has ended: what it said tells more.
            with suppress(BrokenPipeError):
                yield process
        except BackupError as error:
            failure = error  # of a program that fed this one, perhaps because this one has ended
        except BaseException:
            process.kill()
            raise
        finally:
            _close(process)
            code = process.wait()
        if code:
            said.seek(0)
            text = said.read().decode(errors="replace").strip()[:MESSAGE]
            name = Path(words[0]).name
            raise BackupError(f"{name} a échoué (code {code}) : {text}") from failure
        if failure:
            raise failure


def _close(process: subprocess.Popen) -> None:
    for pipe in (process.stdin, process.stdout):
        if pipe:
            with suppress(BrokenPipeError):
                pipe.close()


def dump(snapshot: str) -> Iterator[bytes]:
    """The database as of an exported snapshot, in pg_dump's own format."""
    # Neither owners nor rights: the role that restores may have another name.
    words = ("-Fc", "--no-owner", "--no-privileges", "--no-password", f"--snapshot={snapshot}")
    with running(*command("pg_dump", *words), stdout=subprocess.PIPE) as process:
        while block := process.stdout.read(BLOCK):
            yield block


def read_through(pieces: Iterable[bytes]) -> None:
    """Have pg_restore read a dump from its beginning to its end, and do nothing with it."""
    words, environment = command("pg_restore", f"--file={os.devnull}", connected=False)
    with running(words, environment, stdin=subprocess.PIPE) as process:
        for piece in pieces:
            process.stdin.write(piece)


def load(pieces: Iterable[bytes], *, before: str) -> None:
    """Run the SQL `before`, then load a dump, in one transaction: all of it or nothing.

    psql gets the COMMIT from us, once pg_restore has ended well: with --single-transaction it
    would commit what a dying pg_restore had written so far.
    """
    loading = command("psql", "-X", "-q", "-w", "-v", "ON_ERROR_STOP=1")
    words, environment = command(
        "pg_restore", "--no-owner", "--no-privileges", "--file=-", connected=False
    )
    quiet = {"stdin": subprocess.PIPE, "stdout": subprocess.DEVNULL}
    with running(*loading, **quiet) as psql:
        psql.stdin.write(f"BEGIN;\nSET lock_timeout = '10s';\n{before}\n".encode())
        psql.stdin.flush()
        reading = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        with (
            running(words, environment, **reading) as pg_restore,
            _passed_on(pg_restore, psql.stdin),
        ):
            for piece in pieces:
                pg_restore.stdin.write(piece)
        psql.stdin.write(b"\nCOMMIT;\n")


@contextmanager
def _passed_on(process: subprocess.Popen, target: BinaryIO) -> Iterator[None]:
    """What `process` writes goes to `target` while the block feeds it, all of it once it ends."""
    writer = Thread(target=pass_on, args=(process.stdout, target))
    writer.start()
    try:
        yield
    finally:
        with suppress(BrokenPipeError):
            process.stdin.close()
        writer.join()


def pass_on(source: BinaryIO, target: BinaryIO) -> None:
    """Copy SQL for a server of any version. Whoever reads no more ends who writes."""
    with suppress(BrokenPipeError), source:
        first = source.read(BLOCK)
        target.write(first[:PREAMBLE].replace(TOO_NEW, b"", 1))
        target.write(first[PREAMBLE:])
        shutil.copyfileobj(source, target, BLOCK)
