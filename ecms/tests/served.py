"""E-CMS as it is served: gunicorn and the task workers on the test database, and a mail server.

The processes are ours, started and ended by these fixtures; everything stays on loopback.
"""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from email import message_from_bytes, policy

from aiosmtpd.controller import Controller
from django.conf import settings
from django.db import connection

START_SECONDS = 30


class Mailbox:
    """An SMTP server that keeps what it is sent."""

    def __init__(self):
        self.messages = []
        self._controller = Controller(self, hostname="127.0.0.1", port=free_port())

    async def handle_DATA(self, server, session, envelope):
        self.messages.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"

    def __enter__(self):
        self._controller.start()
        return self

    def __exit__(self, *_error):
        self._controller.stop()

    @property
    def port(self) -> int:
        return self._controller.port

    def wait_for(self, address: str, subject: str, *, seconds: float = 20):
        """The newest mail to `address` whose subject contains `subject`; it is taken out."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for message in reversed(self.messages):
                if message["To"] == address and subject in message["Subject"]:
                    self.messages.remove(message)
                    return message
            time.sleep(0.05)
        raise AssertionError(f"no mail « {subject} » to {address}: {self._seen()}")

    def _seen(self) -> list[str]:
        return [f"{message['To']}: {message['Subject']}" for message in self.messages]


def code_in(message) -> str:
    """The six digits of a mail."""
    return re.search(r"\b\d{6}\b", message.get_body(("plain",)).get_content())[0]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def served(mailbox: Mailbox, files):
    """Web server and workers on the database of the running test; yields the root address."""
    port = free_port()
    root = f"http://127.0.0.1:{port}"
    environment = {**environment_of(mailbox, files), "API_BASE_URL": f"{root}/api/v1"}
    manage = str(settings.BASE_DIR / "manage.py")
    processes = [
        start(["-m", "gunicorn", "ecms.wsgi"], {**environment, "BIND": f"127.0.0.1:{port}"}),
        start([manage, "qcluster"], environment),
    ]
    try:
        wait_until_ready(root, processes[0])
        yield root
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(START_SECONDS)


def environment_of(mailbox: Mailbox, files) -> dict[str, str]:
    database = connection.settings_dict
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTEST", "EMAIL_", "RATE_"))
    }
    return {
        **inherited,
        "DEMO": "true",
        "SECRET_KEY": settings.SECRET_KEY,
        "DB_ENGINE": database["ENGINE"],
        "DB_NAME": database["NAME"],
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": str(mailbox.port),
        "EMAIL_USE_TLS": "False",
        "MEDIA_ROOT": str(files / "media"),
        "PRIVATE_ROOT": str(files / "private"),
        "TASK_WORKERS": "1",
    }


def start(arguments: list[str], environment: dict[str, str], log=None) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=settings.BASE_DIR,
        env=environment,
        start_new_session=True,
        stderr=log,
    )


def wait_until_ready(root: str, web: subprocess.Popen) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and web.poll() is None:
        try:
            urllib.request.urlopen(f"{root}/health/ready", timeout=2).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the application did not start")
