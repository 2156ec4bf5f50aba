"""Clients that send slowly, and more of them than can be served: gunicorn alone, and behind the
nginx that deploy/ ships (ecms/tests/proxied has more of that)."""

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress

from ecms.tests.proxied.site import NAME, everything, nginx
from faults.processes import wait_until

LISTE, REPORTS = "/api/v1/actualites", "/api/v1/signalements"
SLOW = 200
# What gunicorn gives a client between two pieces of a request (gunicorn.conf.py).
PATIENCE_SECONDS = 10
BEHIND = {
    "ALLOWED_HOSTS": f"{NAME},127.0.0.1",
    "API_BASE_URL": f"https://{NAME}/api/v1",
    "NUM_PROXIES": "1",
    "HTTPS": "True",
    "LOG_LEVEL": "INFO",
}


def beginning(number: int, host: str) -> bytes:
    """Half a request: without the end of its headers, or without most of its body."""
    head = f"POST {REPORTS} HTTP/1.1\r\nHost: {host}\r\nX-Slow: "
    if number % 2:
        head += "1\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{"
    return head.encode()


def is_cut(connection, seconds: float) -> bool:
    connection.settimeout(max(0.1, seconds))
    try:
        with suppress(ConnectionError):
            everything(connection)
    except TimeoutError:
        return False
    return True


@contextmanager
def behind_nginx(site):
    web = site.web(**BEHIND)
    with nginx(site.folder / "nginx", [f"127.0.0.1:{web.port}"] * 2) as proxy:
        yield web, proxy


def test_behind_nginx_two_hundred_slow_clients_hold_nobody(site, news):
    with behind_nginx(site) as (web, proxy), ExitStack() as stack:
        began, slow = time.monotonic(), []
        for number in range(SLOW):
            raw = socket.create_connection(
                ("127.0.0.1", proxy.plain_port),
                timeout=30,
                source_address=(f"127.0.0.{2 + number % 4}", 0),
            )
            slow.append(stack.enter_context(raw))
            raw.sendall(beginning(number, NAME))
        secured = [stack.enter_context(proxy.open()) for _ in range(60)]
        for number, connection in enumerate(secured):
            connection.sendall(beginning(number, NAME))
        times = []
        for _ in range(30):
            asked = time.monotonic()
            assert proxy.ask("GET", LISTE).status == 200
            times.append(time.monotonic() - asked)
        assert sorted(times)[-2] < 1.5
        for connection in slow + secured:
            assert is_cut(connection, 60 - (time.monotonic() - began))
        assert "POST api/v1/signalements" not in web.said(), "the application never saw them"


def test_behind_nginx_overload_is_shed(site, news):
    """More at once than an address may have: some are told so at once, none fails, and all is as
    before afterwards."""
    with behind_nginx(site) as (_web, proxy), ThreadPoolExecutor(200) as pool:
        answers = list(pool.map(lambda _n: proxy.ask("GET", LISTE), range(1200)))
        statuses = {answer.status for answer in answers}
        assert statuses <= {200, 429, 503}
        assert 200 in statuses
        for refused in (answer for answer in answers if answer.status != 200):
            assert refused.headers["Retry-After"]
        check_as_before(lambda: proxy.ask("GET", LISTE))


def test_overload_of_gunicorn_alone(site, news):
    web = site.web()
    with web.load(LISTE, threads=40) as asked:
        wait_until(lambda: len(asked.answers) > 300, seconds=60)
    assert set(asked.statuses()) == {200}, "they wait for each other, and none fails"
    check_as_before(lambda: web.get(LISTE))


def check_as_before(ask) -> None:
    def quick() -> bool:
        began = time.monotonic()
        return ask().status == 200 and time.monotonic() - began < 0.5

    wait_until(lambda: all(quick() for _ in range(5)), seconds=30)


def test_gunicorn_alone_is_freed_of_slow_clients(site, news):
    """It has four threads, and as many slow clients take all of them: nobody else is answered
    meanwhile, which is why nginx stands before it. But none of them holds its thread for ever."""
    web = site.web(LOG_LEVEL="INFO")
    with ExitStack() as stack:
        began, slow = time.monotonic(), []
        for number in range(4):
            connection = socket.create_connection(("127.0.0.1", web.port), timeout=30)
            slow.append(stack.enter_context(connection))
            connection.sendall(beginning(number, "127.0.0.1"))
        for connection in slow:
            assert is_cut(connection, 60 - (time.monotonic() - began))
        assert time.monotonic() - began >= PATIENCE_SECONDS
        assert web.get(LISTE).status == 200
    assert "POST api/v1/signalements$ 500" not in web.said()
    assert "POST api/v1/signalements$ 400" in web.said()
