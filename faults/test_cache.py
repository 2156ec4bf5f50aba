"""A Redis for the public cache (`CACHE_URL`): shared while it is there, missed by nobody when it is
not. Rate limits are PostgreSQL's, whatever happens to it."""

import shutil
import signal
import socket
import subprocess
from contextlib import closing, contextmanager

import pytest

from ecms.models import LimitCounter
from ecms.tests.served import free_port
from faults.processes import wait_until

LISTE = "/api/v1/actualites"
WRONG = {"username": "personne", "password": "Sapelli-faux-1"}
# In which a Redis that failed is not asked again (ecms/caches.py).
PAUSE_SECONDS = 5


class Redis:
    """A server of our own, without files."""

    def __init__(self):
        self.program = shutil.which("redis-server")
        assert self.program, "redis-server is not installed: apt-get install redis-server"
        self.port, self.process = free_port(), None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        options = ["--bind", "127.0.0.1", "--port", str(self.port), "--save", "", "--dir", "/tmp"]
        self.process = subprocess.Popen(
            [self.program, *options], stdout=subprocess.DEVNULL, start_new_session=True
        )
        wait_until(self._listens)

    def _listens(self) -> bool:
        with closing(socket.socket()) as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.kill()
            self.process.wait(10)


@pytest.fixture
def redis():
    server = Redis()
    server.start()
    yield server
    server.stop()


@contextmanager
def silent():
    """Takes connections and never says a word; yields its address."""
    with socket.create_server(("127.0.0.1", 0), backlog=200) as listener:
        yield f"redis://127.0.0.1:{listener.getsockname()[1]}/0"


def served(site, url: str, **environment: str):
    return site.web(PUBLIC_CACHE="true", CACHE_URL=url, **environment)


def cache_of(web) -> str:
    return web.get("/health/ready").json["cache"]


def test_all_processes_share_it_and_it_is_never_stale(site, news, redis):
    first = served(site, redis.url, WEB_WORKERS="1")
    second = served(site, redis.url, WEB_WORKERS="1")
    made = first.get(LISTE)
    assert (made.status, made.headers["Age"]) == (200, None)
    # Made by one, given by the other.
    host = {"Host": f"127.0.0.1:{first.port}"}
    given = second.get(LISTE, **host)
    assert (given.body, given.headers["Age"]) == (made.body, "0")
    assert second.get(LISTE, If_None_Match=made.headers["ETag"], **host).status == 304

    news[0].titre = "Le marché rouvre lundi"
    news[0].save(update_fields=["titre"])
    anew = second.get(LISTE, **host)
    assert anew.headers["Age"] is None
    assert "Le marché rouvre lundi" in anew.body.decode()
    assert cache_of(first) == "ok"


def test_what_others_wrote_there_is_not_believed(site, news, redis):
    """Pickles under another key than ours: another installation's, or an intruder's."""
    first = served(site, redis.url)
    assert first.get(LISTE).status == 200
    host = {"Host": f"127.0.0.1:{first.port}"}
    other = served(site, redis.url, SECRET_KEY="another-installation-with-another-key-0123456789")
    answer = other.get(LISTE, **host)
    assert (answer.status, answer.headers["Age"]) == (200, None)


def test_refused(site, news):
    check_without(served(site, f"redis://127.0.0.1:{free_port()}/0", RATE_LOGIN_ADDRESS="3/h"))


def test_silent(site, news):
    with silent() as url:
        check_without(served(site, url, RATE_LOGIN_ADDRESS="3/h"))


def check_without(web) -> None:
    """Each of the two processes is late once in some seconds, by tenths of a second."""
    with web.load(LISTE, threads=2, rate=40) as asked:
        wait_until(lambda: len(asked.answers) > 80)
    assert set(asked.statuses()) == {200}
    times = sorted(seconds for _at, _status, seconds in asked.answers)
    assert times[len(times) * 8 // 10] < 0.15, "most do not ask a Redis that failed"
    assert times[-1] < 2
    ready = web.get("/health/ready")
    assert (ready.status, ready.json["status"], ready.json["cache"]) == (200, "degraded", "down")
    # Said, and not with every request.
    assert 1 <= web.said().count("Cache Redis") <= 4

    LimitCounter.objects.all().delete()
    tries = [web.post("/api/v1/auth/login", WRONG).status for _ in range(5)]
    assert tries == [401, 401, 401, 429, 429]


def test_it_goes_and_comes_back(site, news, redis):
    """Killed, and then held: nobody notices, and it is used again by itself."""
    web = served(site, redis.url)
    with web.load(LISTE, threads=2, rate=20) as asked:
        wait_until(lambda: len(asked.answers) > 10)
        redis.stop()
        wait_until(lambda: cache_of(web) == "down")
        redis.start()
        wait_until(lambda: cache_of(web) == "ok", seconds=4 * PAUSE_SECONDS)
        redis.process.send_signal(signal.SIGSTOP)
        wait_until(lambda: cache_of(web) == "down")
        redis.process.send_signal(signal.SIGCONT)
        wait_until(lambda: cache_of(web) == "ok", seconds=4 * PAUSE_SECONDS)
    assert set(asked.statuses()) == {200}
    assert asked.slowest() < 3
    wait_until(lambda: web.get(LISTE).headers["Age"], seconds=2 * PAUSE_SECONDS)


def test_one_that_is_full_keeps_nothing_more(site, news, redis):
    """`maxmemory` reached with `noeviction`: writes are refused, and so is the cache."""
    subprocess.run(
        ["redis-cli", "-p", str(redis.port), "config", "set", "maxmemory", "1kb"],
        check=True, capture_output=True,
    )  # fmt: skip
    web = served(site, redis.url)
    assert {web.get(LISTE).status for _ in range(6)} == {200}
