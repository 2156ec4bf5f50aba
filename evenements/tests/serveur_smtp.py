"""An SMTP server on loopback that counts what it takes, and refuses what it is told to."""

import asyncio
import contextlib
import logging
import socket
from collections import Counter
from email import policy
from email.parser import BytesParser

from aiosmtpd.controller import Controller


def free_port() -> int:
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class ServeurSMTP:
    """`accepted` counts messages by recipient. `refuse(address)` returns an answer for a
    recipient, "" to take them; `at_data` is answered to the messages, as long as it is set,
    after `at_data_seconds`."""

    def __init__(self, port: int | None = None, *, keep: bool = True):
        self.accepted = Counter()
        self.messages = []
        self.keep = keep
        self.refuse = lambda address: ""
        self.at_data = ""
        self.at_data_seconds = 0.0
        self.connections = 0
        self.port = port or free_port()
        self._controller = None

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(self, server, session, envelope, address, options):
        if answer := self.refuse(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        await asyncio.sleep(self.at_data_seconds)
        if self.at_data:
            return self.at_data
        self.accepted[envelope.rcpt_tos[0]] += 1
        if self.keep:
            self.messages.append(BytesParser(policy=policy.default).parsebytes(envelope.content))
        return "250 OK"

    def start(self):
        # It logs every command otherwise.
        logging.getLogger("mail.log").setLevel(logging.WARNING)
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()
        return self

    def stop(self):
        if self._controller is not None:
            self._controller.stop()
            self._controller = None


def use(settings, port: int) -> None:
    """Let Django send to `port`."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_TIMEOUT = settings.EMAIL_MAILING_TIMEOUT = 1
