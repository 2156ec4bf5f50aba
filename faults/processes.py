"""The processes of E-CMS, as production runs them: gunicorn and the task clusters."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from django.conf import settings

from ecms.tests.served import free_port
from faults.client import Client

START_SECONDS = 60
# A little more than what gunicorn and the clusters give to what is under way.
STOP_SECONDS = 45


def wait_until(condition, *, seconds: float = 30, every: float = 0.05, what: str = ""):
    """What `condition()` answers once it is true; a failure after `seconds`."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, what or "it did not happen in time"
        time.sleep(every)
    return found


def children_of(pid: int) -> list[int]:
    """The processes that `pid` started and that live."""
    found = []
    for entry in Path("/proc").iterdir():
        with suppress(OSError, ValueError, IndexError):
            fields = entry.joinpath("stat").read_text().rpartition(")")[2].split()
            if int(fields[1]) == pid and fields[0] != "Z":
                found.append(int(entry.name))
    return sorted(found)


class Process:
    """One program in a session of its own; what it says is in `log`."""

    def __init__(self, arguments: list[str], environment: dict[str, str], log: Path):
        self.arguments, self.environment, self.log = arguments, environment, log
        self.popen = None

    def start(self):
        with self.log.open("ab") as log:
            self.popen = subprocess.Popen(
                [sys.executable, *self.arguments],
                cwd=settings.BASE_DIR,
                env=self.environment,
                start_new_session=True,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        return self

    @property
    def pid(self) -> int:
        """Of the first process: gunicorn's master, the cluster's head."""
        return self.popen.pid

    @property
    def alive(self) -> bool:
        return self.popen is not None and self.popen.poll() is None

    def children(self) -> list[int]:
        return children_of(self.pid)

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def terminate(self) -> None:
        """SIGTERM to the first process alone, as systemd does; does not wait."""
        self.popen.terminate()

    def wait(self, seconds: float = STOP_SECONDS) -> int:
        """Its exit status."""
        return self.popen.wait(seconds)

    def kill(self) -> None:
        """As `kill -9` of all of it."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self.popen.wait(STOP_SECONDS)

    def stop(self) -> None:
        if not self.alive:
            return
        self.terminate()
        try:
            self.wait()
        except subprocess.TimeoutExpired:
            self.kill()
            raise


class Web(Process, Client):
    """gunicorn with gunicorn.conf.py. It is a client of itself: `web.get(path)`."""

    def __init__(self, environment: dict[str, str], log: Path, application: str = "ecms.wsgi"):
        port = free_port()
        Client.__init__(self, port)
        environment = {**environment, "BIND": f"127.0.0.1:{port}"}
        Process.__init__(self, ["-m", "gunicorn", application], environment, log)

    def workers(self) -> list[int]:
        """The pids of its workers."""
        return self.children()

    def wait_until_ready(self, seconds: float = START_SECONDS) -> None:
        def ready():
            assert self.alive, self.said()
            return self.status_of("/health/ready") == 200

        wait_until(ready, seconds=seconds, every=0.1, what=f"not ready, see {self.log}")


class Tasks(Process):
    """`manage.py qcluster`."""

    def __init__(self, environment: dict[str, str], log: Path):
        manage = str(settings.BASE_DIR / "manage.py")
        super().__init__([manage, "qcluster"], environment, log)
