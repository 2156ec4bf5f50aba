"""What several processes count together, as gunicorn runs them, with and without a database."""

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from ecms.observing import processes
from ecms.tests.observing.reading import TOKEN, figures, of, scrape_process
from ecms.tests.served import Mailbox, environment_of, free_port, start

SHARED = Path("/dev/shm")
ROUTE = {"method": "GET", "route": "health/live", "status": "2xx"}
COUNT = "ecms_request_duration_seconds_count"


@contextmanager
def web(tmp_path, **environment: str):
    """Gunicorn with two workers; yields the process and its address."""
    port = free_port()
    with Mailbox() as mailbox:
        ours = environment_of(mailbox, tmp_path)
    environment = {
        **ours,
        "BIND": f"127.0.0.1:{port}",
        "WEB_WORKERS": "2",
        "METRICS_TOKEN": TOKEN,
        **environment,
    }
    process = start(["-m", "gunicorn", "ecms.wsgi"], environment)
    try:
        wait_until(lambda: alive(f"http://127.0.0.1:{port}"))
        yield process, f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(40)


def alive(root: str) -> bool:
    try:
        with urllib.request.urlopen(f"{root}/health/live", timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False


def wait_until(holds, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def workers_of(process: subprocess.Popen) -> list[int]:
    text = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text(encoding="ascii")
    return [int(number) for number in text.split()]


def folders_of(process: subprocess.Popen) -> list[Path]:
    return list(SHARED.glob(f"{processes.PREFIX}{process.pid}-*"))


def test_the_workers_tell_their_sum_and_those_killed_are_not_forgotten(db, tmp_path):
    with web(tmp_path) as (process, root):
        before = of(figures(scrape_process(root)), COUNT, **ROUTE)
        for _ in range(20):
            assert alive(root)
        found = figures(scrape_process(root))
        assert of(found, COUNT, **ROUTE) == before + 20
        assert of(found, "ecms_database_up") == 1
        (folder,) = folders_of(process)
        files = {path.name for path in folder.iterdir()}
        for _round in range(3):
            for pid in workers_of(process):
                os.kill(pid, signal.SIGKILL)
            wait_until(lambda: alive(root))
            wait_until(lambda: len(workers_of(process)) == 2)
        for _ in range(20):
            assert alive(root)
        after = of(figures(scrape_process(root)), COUNT, **ROUTE)
        assert after >= before + 40
        # Whoever followed them counts on in their files.
        assert {path.name for path in folder.iterdir()} <= files | {
            f"{kind}_{place}.db" for kind in ("counter", "histogram") for place in range(3)
        }
    assert folders_of(process) == []


def test_what_a_killed_master_left_is_taken_away(tmp_path):
    gone = subprocess.Popen(["true"])
    gone.wait()
    left = tmp_path / f"{processes.PREFIX}{gone.pid}-x"
    running = tmp_path / f"{processes.PREFIX}{os.getpid()}-x"
    other = tmp_path / "something-else"
    for folder in (left, running, other):
        folder.mkdir()
    made = Path(processes.directory(str(tmp_path)))
    assert not left.exists()
    assert running.is_dir()
    assert other.is_dir()
    assert made.stat().st_mode & 0o777 == 0o700


def test_without_a_token_nothing_is_counted_and_no_folder_made(db, tmp_path):
    with web(tmp_path, METRICS_TOKEN="") as (process, root):
        assert folders_of(process) == []
        with pytest.raises(urllib.error.HTTPError) as refused:
            scrape_process(root)
        assert refused.value.code == 404
        refused.value.close()


@pytest.mark.parametrize("silent", [False, True])
def test_without_postgresql_the_rest_is_told_in_time(db, tmp_path, silent):
    """Nothing listens there, or somebody who takes the call and says nothing."""
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        if silent:
            listener.listen(50)
        elsewhere = {
            "DB_ENGINE": "django.db.backends.postgresql",
            "DB_HOST": "127.0.0.1",
            "DB_PORT": str(listener.getsockname()[1]),
            "DB_CONNECT_TIMEOUT": "8",
        }
        with web(tmp_path, **elsewhere) as (_process, root):
            begun = time.monotonic()
            found = figures(scrape_process(root))
            assert time.monotonic() - begun < 5
            assert of(found, "ecms_database_up") == 0
            assert of(found, COUNT, **ROUTE) >= 1
            assert not [key for key in found if key[0].startswith("ecms_queue")]
