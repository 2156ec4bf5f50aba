"""How many SQL queries each request takes: asked of Django itself, in a process that is set up as
the server is (`python -m benchmarks.requetes`, requests as JSON on standard input)."""

import json
import logging
import os
import subprocess
import sys

import django
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from benchmarks.charge import Request
from benchmarks.serveurs import Server, environment_of

WARM_UP = 3


def counted(server: Server, *requests: Request) -> list[int]:
    asked = json.dumps([{"path": each.path, "headers": each.headers} for each in requests])
    output = subprocess.run(  # noqa: S603 our own program
        [sys.executable, "-m", "benchmarks.requetes"],
        cwd=settings.BASE_DIR,
        env={**os.environ, **environment_of(server)},
        input=asked,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return json.loads(output.splitlines()[-1])


def main() -> None:
    django.setup()
    logging.disable(logging.WARNING)
    settings.DEBUG, settings.ALLOWED_HOSTS = False, ["testserver"]
    settings.SECURE_SSL_REDIRECT = False
    print(json.dumps([_count(**each) for each in json.load(sys.stdin)]))


def _count(path: str, headers: dict[str, str]) -> int:
    client = Client()
    for _again in range(WARM_UP):
        client.get(path, headers=headers)
    with CaptureQueriesContext(connection) as captured:
        client.get(path, headers=headers)
    return len(captured)


if __name__ == "__main__":
    main()
