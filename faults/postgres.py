"""A PostgreSQL of our own, to be stopped, killed and held as a test likes."""

import os
import shutil
import signal
import subprocess
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg2
from django.db import connections

from ecms import embedded_pg
from ecms.db.embedded.ownership import server_account
from ecms.tests.served import free_port
from faults.processes import START_SECONDS, wait_until


class Postgres:
    """On 127.0.0.1 like a server of production; nothing starts it but `start`."""

    def __init__(self):
        # Not below pytest's own folder: the account that root lends to the server is kept out.
        self.folder = Path(tempfile.mkdtemp(prefix="ecms-faults-"))
        self.folder.chmod(0o755)
        self.data = self.folder / "postgresql"
        self.port = free_port()
        embedded_pg.ensure_running(self.data)
        embedded_pg.stop(self.data)

    def environment(self) -> dict[str, str]:
        """What makes a process of E-CMS use it."""
        return {
            "DB_ENGINE": "django.db.backends.postgresql",
            "DB_HOST": "127.0.0.1",
            "DB_PORT": str(self.port),
            "DB_NAME": embedded_pg.APP_DATABASE,
            "DB_USER": embedded_pg.APP_ROLE,
            "DB_PASSWORD": "unasked",
            "DB_SSLMODE": "disable",
        }

    def start(self, **settings) -> None:
        """`settings` are PostgreSQL's, until it is stopped: `start(max_connections=20)`."""
        wanted = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": "",
            "shared_buffers": "64MB",
            # The machine goes on when a process of it is killed: nothing is lost by that.
            "fsync": "off",
            "timezone": "UTC",
            "log_min_messages": "warning",
            **settings,
        }
        options = " ".join(f"-c {name}='{value}'" for name, value in wanted.items())
        self._pg_ctl("start", "-w", "-t", str(START_SECONDS), "-l", "server.log", "-o", options)

    def stop(self, mode: str = "fast") -> None:
        """`fast` ends the sessions, `immediate` is a crash; returns when it is down. Of the test's
        own session nothing is asked: it is closed before."""
        connections.close_all()
        self._pg_ctl("stop", "-w", "-m", mode)

    def restart(self, mode: str = "fast", **settings) -> None:
        self.stop(mode)
        self.start(**settings)

    @property
    def running(self) -> bool:
        return bool(self.pids())

    def ensure_running(self) -> None:
        """As at the beginning, whatever a test did to it."""
        self.resume()
        if not self.running:
            self.start()

    def pids(self) -> list[int]:
        """Its processes, the first of which is the one that starts the others."""
        found = []
        for entry in Path("/proc").iterdir():
            with suppress(OSError, ValueError):
                if entry.joinpath("cwd").readlink() == self.data:
                    found.append(int(entry.name))
        return sorted(found, key=lambda pid: (pid != self._postmaster(), pid))

    def _postmaster(self) -> int:
        with suppress(OSError, ValueError):
            return int((self.data / "postmaster.pid").read_text().split("\n")[0])
        return 0

    def pause(self) -> None:
        """Hold all of it: it takes connections (the kernel does) and answers nothing."""
        self._signal(self.pids(), signal.SIGSTOP)
        # What the postmaster had begun to start before it was held.
        self._signal(self.pids(), signal.SIGSTOP)

    def resume(self) -> None:
        self._signal(list(reversed(self.pids())), signal.SIGCONT)

    @contextmanager
    def paused(self):
        self.pause()
        try:
            yield
        finally:
            self.resume()

    @contextmanager
    def stopped(self, mode: str = "fast"):
        self.stop(mode)
        try:
            yield
        finally:
            self.ensure_running()

    def connect(self, user: str = embedded_pg.APP_ROLE, **options):
        """A psycopg2 connection of the test's own, in autocommit mode, without time limits."""
        connection = psycopg2.connect(
            host="127.0.0.1",
            port=self.port,
            user=user,
            dbname=embedded_pg.APP_DATABASE,
            connect_timeout=5,
            **options,
        )
        connection.autocommit = True
        return connection

    def value(self, sql: str, *arguments):
        """The first value that `sql` answers."""
        connection = self.connect(user=embedded_pg.SUPERUSER)
        try:
            with connection.cursor() as cursor:
                cursor.execute(sql, arguments or None)
                return cursor.fetchone()[0]
        finally:
            connection.close()

    def run(self, sql: str) -> None:
        """As the application's role."""
        connection = self.connect()
        try:
            with connection.cursor() as cursor:
                cursor.execute(sql)
        finally:
            connection.close()

    def remove(self) -> None:
        self.resume()
        if self.running:
            self.stop("immediate")
        wait_until(lambda: not self.running)
        shutil.rmtree(self.folder, ignore_errors=True)

    @staticmethod
    def _signal(pids: list[int], number: int) -> None:
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    def _pg_ctl(self, *arguments: str) -> None:
        account = server_account(self.data)
        done = subprocess.run(
            [embedded_pg.bin_dir() / "pg_ctl", "-s", "-D", ".", *arguments],
            cwd=self.data,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=2 * START_SECONDS,
            check=False,
            start_new_session=True,
            **(account.as_process_arguments() if account else {}),
        )
        log = self.data / "server.log"
        said = log.read_text(errors="replace")[-2000:] if log.exists() else ""
        assert done.returncode == 0, f"pg_ctl {arguments[0]} failed\n{said}"
