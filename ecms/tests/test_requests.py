"""Whom a request comes from: a client cannot choose what it is counted under."""

import pytest

from ecms.requests import client_address, is_api


def address_of(rf, remote: str, forwarded: str | None = None) -> str:
    more = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
    return client_address(rf.get("/", REMOTE_ADDR=remote, **more))


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, None, "203.0.113.9"),
        (0, "198.51.100.1", "203.0.113.9"),
        (1, None, "203.0.113.9"),
        (1, "198.51.100.1", "198.51.100.1"),
        (1, "1.1.1.1, 198.51.100.1", "198.51.100.1"),
        (1, "1.1.1.1,2.2.2.2 , 198.51.100.1 ", "198.51.100.1"),
        (2, "1.1.1.1, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
        (2, "198.51.100.1", "198.51.100.1"),
        (1, "", "203.0.113.9"),
        (1, "x, ", "203.0.113.9"),
        (1, "unknown", ""),
        (1, "1.1.1.1, 198.51.100.1:4711", ""),
    ],
)
def test_only_what_our_proxies_wrote_is_believed(proxies, forwarded, expected, rf, settings):
    settings.NUM_PROXIES = proxies
    assert address_of(rf, "203.0.113.9", forwarded) == expected


def test_other_headers_mean_nothing(rf):
    headers = {"HTTP_X_REAL_IP": "1.1.1.1", "HTTP_FORWARDED": "for=1.1.1.1"}
    assert client_address(rf.get("/", REMOTE_ADDR="203.0.113.9", **headers)) == "203.0.113.9"


def test_an_ipv6_client_is_its_network(rf):
    one = address_of(rf, "2001:db8:1:2:3:4:5:6")
    assert one == address_of(rf, "2001:db8:1:2:ffff::1") == "2001:db8:1:2::/64"
    assert one != address_of(rf, "2001:db8:1:3::1")


def test_ipv4_in_ipv6_is_ipv4(rf):
    assert address_of(rf, "::ffff:203.0.113.9") == "203.0.113.9"


def test_no_address_at_all(rf):
    assert address_of(rf, "") == ""


def test_what_the_api_is(rf):
    assert all(is_api(rf.get(p)) for p in ("/api", "/api/", "/api/v1/x", "/api/rien"))
    assert not any(is_api(rf.get(p)) for p in ("/", "/apis", "/admin/api/", "//api/v1"))
