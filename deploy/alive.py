"""Exit 0 when the web process of this machine answers at `BIND`; a container's health check."""

import http.client
import os
import socket
import sys
from urllib.parse import urlsplit

SECONDS = 4


def connected(bind: str) -> socket.socket:
    if bind.startswith("unix:"):
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(SECONDS)
        connection.connect(bind.removeprefix("unix:"))
        return connection
    host, _colon, port = bind.rpartition(":")
    here = "127.0.0.1" if host in {"", "0.0.0.0"} else host.strip("[]")  # noqa: S104
    return socket.create_connection((here, int(port)), timeout=SECONDS)


def main() -> int:
    # The name must be one of ALLOWED_HOSTS.
    name = urlsplit(os.environ.get("API_BASE_URL", "")).hostname or "localhost"
    client = http.client.HTTPConnection(name)
    try:
        client.sock = connected(os.environ.get("BIND", "127.0.0.1:8000"))
        client.request("GET", "/health/live")
        return 0 if client.getresponse().status == 200 else 1
    except (OSError, http.client.HTTPException) as error:
        print(f"no answer: {error}", file=sys.stderr)
        return 1
    finally:
        client.close()


if __name__ == "__main__":
    sys.exit(main())
