"""Where the workers of one gunicorn keep what they count, so that any of them can tell the sum.

Each worker writes the files of its place, and whoever follows it in that place goes on counting in
them: by process ids, as prometheus-client does it by itself, files would pile up with every worker
that is replaced, and each scrape read them all. Nothing here imports prometheus_client, which
decides at its import whether it counts in files.
"""

import os
import shutil
import tempfile
from functools import cache
from pathlib import Path

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
PREFIX = "ecms-metrics-"

_place = "master"


@cache
def directory(parent: str | None) -> str:
    """A new folder of this gunicorn's; those that killed ones left in `parent` are taken away."""
    parent = parent or tempfile.gettempdir()
    for path in Path(parent).glob(f"{PREFIX}*"):
        if _is_abandoned(path):
            shutil.rmtree(path, ignore_errors=True)
    return tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=parent)


def forget(path: str) -> None:
    shutil.rmtree(path, ignore_errors=True)


def give_place(worker, others) -> None:
    """In the master, before the fork: the first place that no living worker has."""
    taken = {getattr(other, "place", None) for other in others}
    worker.place = next(number for number in range(len(taken) + 1) if number not in taken)


def take_place(worker) -> None:
    """In the worker, after the fork."""
    global _place
    _place = str(worker.place)


def place() -> str:
    return _place


def _is_abandoned(path: Path) -> bool:
    """Of ours, and of a process that is no more."""
    number = path.name.removeprefix(PREFIX).partition("-")[0]
    try:
        ours = path.stat().st_uid == os.geteuid()
        return ours and number.isdigit() and not _is_running(int(number))
    except FileNotFoundError:
        return False


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
