"""What nginx answers by itself says as much to browsers as what the application answers (S70)."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

pytestmark = [pytest.mark.proxied, pytest.mark.django_db(transaction=True)]

ONCE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains; preload",
}


def check(answer) -> None:
    for name, value in ONCE.items():
        assert answer.headers.get_all(name) == [value], name
    (policy,) = answer.headers.get_all("Content-Security-Policy")
    assert "frame-ancestors 'none'" in policy or "sandbox" in policy
    assert "/" not in (answer.headers.get("Server") or "")


@pytest.fixture
def files(site):
    for name in ("static/a.css", "media/photos/a.webp"):
        path = site.proxy.folder / "srv" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/api/v1/mairies", 200),
        ("/api/v1/nulle-part", 404),
        ("/admin/login/", 200),
        ("/nulle-part", 404),
        ("/static/a.css", 200),
        ("/static/nothing.css", 404),
        ("/media/photos/a.webp", 200),
    ],
)
def test_pages_and_files(site, files, address, status):
    answer = site.ask("GET", address)
    assert answer.status == status
    check(answer)


@pytest.mark.parametrize(
    ("address", "size"), [("/api/v1/mairies", 25_000_001), ("/abonnement/", 1_100_000)]
)
def test_a_body_that_nginx_refuses(site, address, size):
    answer = site.ask("POST", address, b"x" * size)
    assert answer.status == 413
    check(answer)


def test_a_flood_that_nginx_ends(site):
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _n: site.ask("GET", "/api/v1/auth/profile"), range(120)))
    assert {answer.status for answer in answers} == {401, 429}
    for answer in answers:
        check(answer)


def test_nobody_is_there(site):
    for web in site.webs:
        web.stop()
    try:
        answers = [site.ask("GET", address) for address in ("/api/v1/mairies", "/admin/login/")]
    finally:
        for web in site.webs:
            web.start()
        for web in site.webs:
            web.wait()
        # For so long nginx leaves alone what failed (`fail_timeout`).
        time.sleep(2.5)
    for answer in answers:
        assert answer.status == 503
        check(answer)
