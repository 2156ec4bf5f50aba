"""E-CMS as `script/server` runs it, in the test database: web server, both task clusters, mails."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection

from evenements.tests.serveur_smtp import ServeurSMTP, free_port

START_SECONDS = 180
STOP_SECONDS = 40


class Site:
    """`url` is its root, `smtp` has the messages that left it, `folder` its files."""

    def __init__(self, url: str, smtp: ServeurSMTP, folder: Path):
        self.url, self.smtp = url, smtp
        self.media, self.private = folder / "media", folder / "private"

    def messages_to(self, address: str, *, at_least: int = 1, seconds: int = 30) -> list:
        """The messages that `address` got, once there are `at_least` so many."""
        deadline = time.monotonic() + seconds
        while True:
            found = [m for m in list(self.smtp.messages) if address in m["To"]]
            if len(found) >= at_least:
                return found
            assert time.monotonic() < deadline, f"{len(found)} message(s) to {address}"
            time.sleep(0.1)


@contextmanager
def serving(folder: Path):
    """The site with the demonstration's data, files below `folder`, until the block ends."""
    smtp = ServeurSMTP()
    smtp.start()
    address = f"127.0.0.1:{free_port()}"
    log = folder / "server.log"
    with log.open("wb") as output:
        server = subprocess.Popen(  # noqa: S603 our own program
            [sys.executable, "manage.py", "demo", "--bind", address],
            cwd=settings.BASE_DIR,
            env=_environment(folder, smtp),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait(server, address, log)
        yield Site(f"http://{address}", smtp, folder)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(STOP_SECONDS)
        smtp.stop()


def _environment(folder: Path, smtp: ServeurSMTP) -> dict[str, str]:
    database = connection.settings_dict
    # Under this name Django's settings know that tests are running: the site is no test.
    inherited = {name: value for name, value in os.environ.items() if name != "PYTEST_VERSION"}
    return {
        **inherited,
        "DEMO": "true",
        "DB_ENGINE": database["ENGINE"],
        "DB_NAME": database["NAME"],
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": str(smtp.port),
        "EMAIL_USE_TLS": "false",
        "MEDIA_ROOT": str(folder / "media"),
        "PRIVATE_ROOT": str(folder / "private"),
        # As in production: agents too.
        "SECOND_FACTOR_REQUIRED": "staff",
        "WEB_WORKERS": "1",
    }


def _wait(server, address: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert server.poll() is None, log.read_text()
        try:
            with urllib.request.urlopen(f"http://{address}/health/ready", timeout=2):
                break
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    while "Ctrl-C" not in log.read_text():
        assert server.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.1)
