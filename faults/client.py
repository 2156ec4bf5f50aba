"""Who asks: one request, or many at a time for as long as something else happens."""

import http.client
import json
import threading
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Answer:
    status: int
    seconds: float
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)


@dataclass
class Asked:
    """What a `load` was answered: (moment, status, seconds), 0 for a connection that broke."""

    answers: list[tuple[float, int, float]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def statuses(self, *, since: float = 0, until: float = float("inf")) -> Counter:
        """By status, of what was asked between two moments of `time.monotonic()`."""
        return Counter(status for at, status, _s in list(self.answers) if since <= at <= until)

    def slowest(self, *, since: float = 0) -> float:
        return max((s for at, _status, s in list(self.answers) if at >= since), default=0)


class Client:
    """Asks 127.0.0.1:`port`, each time over a connection of its own."""

    def __init__(self, port: int):
        self.port = port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ask(
        self, method: str, path: str, body=None, *, token: str = "", seconds: float = 40, **headers
    ) -> Answer:
        """`body`: bytes, or what becomes JSON. `_` of a header's name stands for `-`. Raises
        OSError or http.client.HTTPException where no answer comes."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if token:
            named["Authorization"] = f"Bearer {token}"
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            named.setdefault("Content-Type", "application/json")
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=seconds)
        began = time.monotonic()
        try:
            client.request(method, path, body, named)
            response = client.getresponse()
            content = response.read()
            took = time.monotonic() - began
            return Answer(response.status, took, response.headers, content)
        finally:
            client.close()

    def get(self, path: str, **options) -> Answer:
        return self.ask("GET", path, **options)

    def post(self, path: str, body=None, **options) -> Answer:
        return self.ask("POST", path, body, **options)

    def status_of(self, path: str) -> int:
        """0 where nobody answers."""
        try:
            return self.get(path, seconds=5).status
        except (OSError, http.client.HTTPException):
            return 0

    @contextmanager
    def load(self, *paths: str, threads: int = 4, rate: float = 0, **options):
        """GET `paths` in turn from `threads` threads (`rate` per second over all of them, or as
        fast as they can) until the block ends; yields an `Asked` that grows."""
        asked, over = Asked(), threading.Event()

        def run(number: int):
            turn = number
            while not over.is_set():
                began = time.monotonic()
                try:
                    status = self.get(paths[turn % len(paths)], **options).status
                except (OSError, http.client.HTTPException) as error:
                    status = 0
                    asked.errors.append(f"{type(error).__name__}: {error}")
                took = time.monotonic() - began
                asked.answers.append((began, status, took))
                turn += 1
                if rate:
                    over.wait(max(0, threads / rate - took))

        running = [threading.Thread(target=run, args=(n,), daemon=True) for n in range(threads)]
        for thread in running:
            thread.start()
        try:
            yield asked
        finally:
            over.set()
            for thread in running:
                thread.join(60)
