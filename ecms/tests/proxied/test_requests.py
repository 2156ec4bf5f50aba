"""What clients send, and nginx passes on or not."""

import gzip
import http.client
import json
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from ecms.models import LimitCounter
from ecms.tests.proxied.site import (
    Answer,
    everything,
    problem,
)

pytestmark = [pytest.mark.proxied, pytest.mark.django_db(transaction=True)]
LISTE = "/api/v1/actualites"
JSON = {"Content_Type": "application/json"}


def announced(site, path: str, size: int, *, method="POST") -> Answer:
    """The answer to the announcement of a body of that many bytes."""
    with closing(site.proxy.open()) as connection:
        connection.sendall(
            f"{method} {path} HTTP/1.1\r\nHost: yourdomain.com\r\nConnection: close\r\n"
            f"Content-Type: application/json\r\nContent-Length: {size}\r\n\r\n".encode()
        )
        # It goes on listening to what was announced: what it said is all that is waited for.
        answer = http.client.HTTPResponse(connection, method=method)
        answer.begin()
        return Answer(answer.status, answer.headers, answer.read())


@pytest.mark.parametrize(
    ("path", "most"),
    [("/api/v1/signalements", 25_000_000), ("/open311/v2/requests", 25_000_000),
     ("/api/v1/auth/login", 65_536)],
)  # fmt: skip
def test_a_body_over_the_limit(site, path, most):
    problem(announced(site, path, most + 1), 413, "trop_volumineux")


def test_a_body_over_the_limit_elsewhere(site):
    page = announced(site, "/abonnement/", 1_048_577)
    assert (page.status, page.headers["Content-Type"]) == (413, "text/html; charset=utf-8")
    assert b"trop volumineux" in page.body


def test_a_body_that_hides_its_size(site):
    """In chunks, and one too many: nothing of it reaches the application."""
    before = sum(web.served("POST api/v1/auth/login") for web in site.webs)
    with closing(site.proxy.open()) as connection:
        connection.sendall(
            b"POST /api/v1/auth/login HTTP/1.1\r\nHost: yourdomain.com\r\nConnection: close\r\n"
            b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
            + b"8000\r\n" + b"x" * 0x8000 + b"\r\n" + b"9000\r\n" + b"x" * 0x9000 + b"\r\n0\r\n\r\n"
        )  # fmt: skip
        assert everything(connection).startswith(b"HTTP/1.1 413 ")
    assert sum(web.served("POST api/v1/auth/login") for web in site.webs) == before


def test_headers_that_are_too_large(site):
    answer = site.ask("GET", LISTE, Authorization="Bearer " + "x" * 40_000)
    assert (answer.status, json.loads(answer.body)["code"]) == (400, "invalide")
    assert site.ask("GET", "/api/v1/" + "x" * 10_000).status in {400, 414}


def test_slow_clients_are_cut_and_hold_nobody(site, news):
    """Half a request from each of sixty, and the pace of the others stays."""
    before = sum(web.served("POST") for web in site.webs)
    start, slow = time.monotonic(), [site.proxy.open() for _ in range(60)]
    for n, connection in enumerate(slow):
        head = b"POST /api/v1/signalements HTTP/1.1\r\nHost: yourdomain.com\r\nX-Slow: "
        if n % 2:
            head += b"1\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{"
        connection.sendall(head)
    times = []
    for _ in range(20):
        began = time.monotonic()
        assert site.ask("GET", LISTE).status == 200
        times.append(time.monotonic() - began)
    assert sorted(times)[-2] < 1
    for connection in slow:
        connection.settimeout(max(0.1, 30 - (time.monotonic() - start)))
        assert ended(connection)
        connection.close()
    assert time.monotonic() - start < 30
    assert sum(web.served("POST") for web in site.webs) == before


def ended(connection) -> bool:
    """Whether the other side ends it, with or without an answer, in the time of the socket."""
    try:
        everything(connection)
    except ConnectionResetError:
        return True
    except TimeoutError:
        return False
    return True


def test_forged_addresses_are_not_believed(site):
    """Three bad sign-ins an hour from one address, whoever it says it is."""
    LimitCounter.objects.all().delete()
    codes = []
    for n in range(6):
        answer = site.ask(
            "POST",
            "/api/v1/auth/login",
            json.dumps({"username": f"personne{n}", "password": "Sapelli-faux-1"}).encode(),
            **JSON,
            X_Forwarded_For=f"203.0.113.{n}, 198.51.100.{n}",
            X_Real_IP=f"203.0.113.{n}",
            Forwarded=f"for=203.0.113.{n}",
        )
        codes.append(answer.status)
    assert codes == [401, 401, 401, 429, 429, 429]


def test_forged_hosts(site):
    """The name is the site's, and links of answers are made of nothing else."""
    assert site.ask("GET", "/", Host="evil.example").status == 404
    redirect = site.ask("GET", "/admin/", X_Forwarded_Host="evil.example")
    assert "evil" not in str(redirect.headers)
    insecure = site.ask("GET", LISTE, X_Forwarded_Proto="http")
    assert insecure.status == 200, "no redirect to HTTPS: nginx says what came in"
    with pytest.raises(OSError, match="(?i)ssl|tls|unrecognized"):
        site.proxy.open(name="evil.example")


def test_a_flood_of_sign_ins(site):
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _n: site.ask("GET", "/api/v1/auth/login"), range(120)))
    refused = [answer for answer in answers if answer.status == 429]
    assert {answer.status for answer in answers} == {405, 429}
    assert refused
    problem(refused[0], 429, "trop_de_demandes")
    assert refused[0].headers["Retry-After"] == "5"


def test_a_flood_of_sign_ins_to_the_admin(site):
    for path in ("/admin/login/", "/admin/mot-de-passe/"):
        with ThreadPoolExecutor(8) as pool:
            posts = list(pool.map(lambda _n, p=path: site.ask("POST", p, b"").status, range(40)))
        assert 429 in posts
        # The application sends a form without its mark back to the door.
        assert set(posts) <= {302, 403, 429}
        assert site.ask("GET", path).status == 200, "the page itself may be looked at"


def test_what_passes(site, news):
    listed = site.ask("GET", LISTE, Accept_Encoding="gzip", X_Request_ID="demande-0001")
    assert listed.headers["Content-Encoding"] == "gzip"
    assert listed.headers["X-Request-ID"] == "demande-0001"
    assert json.loads(gzip.decompress(listed.body))["results"]
    assert listed.headers["Server"] == "nginx"
    again = site.ask("GET", LISTE, If_None_Match=listed.headers["ETag"])
    assert again.status == 304
    token = site.ask("GET", "/api/v1/auth/login", Accept_Encoding="gzip")
    assert token.headers["Content-Encoding"] is None


def test_only_over_tls(site):
    with closing(socket.create_connection(("127.0.0.1", site.proxy.plain_port), 10)) as plain:
        plain.sendall(
            b"GET /api/v1/mairies?a=b HTTP/1.1\r\nHost: yourdomain.com\r\nConnection: close\r\n\r\n"
        )
        answer = everything(plain)
    assert answer.startswith(b"HTTP/1.1 308 ")
    assert b"Location: https://yourdomain.com/api/v1/mairies?a=b\r\n" in answer
