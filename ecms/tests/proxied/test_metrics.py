"""`/metrics` behind nginx: of each process its own, for the addresses that may ask."""

import http.client
import socket
import ssl

import pytest

from ecms.tests.observing.reading import TOKEN, figures, of
from ecms.tests.proxied.site import NAME

pytestmark = [pytest.mark.proxied, pytest.mark.django_db(transaction=True)]
BEARER = {"Authorization": f"Bearer {TOKEN}"}
COUNT = "ecms_request_duration_seconds_count"
PROBE = {"method": "GET", "route": "health/live", "status": "2xx"}


def ask_from(site, address: str, path: str) -> int:
    context = ssl.create_default_context(cafile=str(site.proxy.folder / "fullchain.pem"))
    raw = socket.create_connection(("127.0.0.1", site.proxy.port), 10, (address, 0))
    client = http.client.HTTPConnection(NAME)
    client.sock = context.wrap_socket(raw, server_hostname=NAME)
    try:
        client.request("GET", path, headers=BEARER)
        return client.getresponse().status
    finally:
        client.close()


def counted(site, number: int) -> float:
    answer = site.ask("GET", f"/metrics/{number}", **BEARER)
    assert answer.status == 200
    return of(figures(answer.body.decode()), COUNT, **PROBE) or 0


def test_each_process_tells_its_own(site):
    before = [counted(site, number) for number in (1, 2)]
    for _ in range(6):
        assert site.ask("GET", "/health/live").status == 200
    after = [counted(site, number) for number in (1, 2)]
    assert sum(after) - sum(before) == 6
    assert all(late > early for early, late in zip(before, after, strict=True))


@pytest.mark.parametrize("path", ["/metrics", "/metrics/", "/metrics/x", "//metrics", "/%6detrics"])
def test_nothing_else_is_passed_on(site, path):
    assert site.ask("GET", path, **BEARER).status == 404


@pytest.mark.parametrize("path", ["/metrics", "/metrics/1", "/metrics/2", "/METRICS", "/metrics;x"])
def test_the_outside_gets_nothing_even_with_the_token(site, path):
    assert ask_from(site, "127.0.0.2", path) == 404


def test_without_the_token_there_is_nothing(site):
    assert site.ask("GET", "/metrics/1").status == 404
    assert site.ask("GET", "/metrics/1", Authorization="Bearer another").status == 404
