"""How long a thread waits for PostgreSQL: no longer than PostgreSQL is there.

A server that hangs (stopped, swapping, cut off by the network) cannot enforce its own time limits,
and a thread that waits for it in libpq serves nobody. So psycopg2 waits here. Whoever has waited
for `PATIENCE` asks the server, over a connection beside, whether it is there at all; a statement
that takes its time goes on, one that nobody works at ends as any lost connection does: a 503.

While there is doubt, threads have little patience, but for one each `REST` seconds: what asks
PostgreSQL for nothing is still served. The first answer ends the doubt.
"""

import logging
import select
import socket
import struct
import time

from psycopg2 import OperationalError, extensions
from psycopg2.extensions import POLL_OK, POLL_READ

logger = logging.getLogger("ecms.database")

# Milliseconds, as poll(2) wants them.
LITTLE_PATIENCE = 300
CONNECTED = 0  # libpq's CONNECTION_OK
REST = 2.0
# PostgreSQL answers it with one byte, before it asks who is there or counts connections.
SSL_REQUEST = struct.pack("!ii", 8, 80877103)

_patience = 2000
_in_doubt = False
_next_patient = 0.0


def install(seconds: int) -> None:
    """Let every connection of this process wait here; `seconds` is what one that opens may take."""
    global _patience
    _patience = seconds * 1000
    extensions.set_wait_callback(_wait)


def _wait(connection) -> None:
    """psycopg2 calls it for each statement: what is not doubtful is to cost microseconds."""
    state = connection.poll()
    if state == POLL_OK:
        return
    while state != POLL_OK:
        ready = select.poll()
        ready.register(connection.fileno(), select.POLLIN if state == POLL_READ else select.POLLOUT)
        patience = _patience_now() if _in_doubt else _patience
        while not ready.poll(patience):
            _make_sure(connection, patience)
        state = connection.poll()
    if _in_doubt:
        _doubt(False)


def _patience_now() -> int:
    global _next_patient
    if time.monotonic() < _next_patient:
        return LITTLE_PATIENCE
    _next_patient = time.monotonic() + REST
    return _patience


def _make_sure(connection, patience: int) -> None:
    """Raise OperationalError if the server is not there; psycopg2 then closes the connection."""
    opening = connection.info.status != CONNECTED
    if not opening and _is_there(connection.info, patience / 1000):
        _doubt(False)
        return
    _doubt(True)
    raise OperationalError(f"the server did not answer for {patience / 1000} seconds")


def _is_there(info, seconds: float) -> bool:
    try:
        with _reached(info.host, info.port, seconds) as server:
            server.sendall(SSL_REQUEST)
            return bool(server.recv(1))
    except OSError:
        return False


def _reached(host: str, port: int, seconds: float) -> socket.socket:
    if not host.startswith("/"):
        return socket.create_connection((host, port), timeout=seconds)
    server = socket.socket(socket.AF_UNIX)
    server.settimeout(seconds)
    try:
        server.connect(f"{host}/.s.PGSQL.{port}")
    except OSError:
        server.close()
        raise
    return server


def _doubt(is_so: bool) -> None:
    global _in_doubt
    if _in_doubt != is_so:
        _in_doubt = is_so
        logger.error("PostgreSQL ne répond plus" if is_so else "PostgreSQL répond de nouveau")
