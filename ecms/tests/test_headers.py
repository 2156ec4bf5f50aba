"""The headers of safety stand on every kind of answer, whoever made it (S70): a list of kinds, each
of them provoked for real. Those that nginx makes: `ecms.tests.proxied.test_headers`."""

import re

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import path

from demarches.fichiers import PIECE
from demarches.tests.factories import PieceJointeFactory
from ecms import links, policies, urls
from ecms.urls import handler500  # noqa: F401 the URL configuration below is a whole one

YEAR = 31_536_000
# Of software, with or without a number.
BANNERS = {"Server", "X-Powered-By", "X-AspNet-Version", "X-Runtime", "Via"}
PLACE = "/srv/ecms/app/secret"


def fails(request):
    raise RuntimeError(PLACE)


def finds_no_database(request):
    raise OperationalError(PLACE)


urlpatterns = [
    path("api/v1/faute", fails),
    path("faute", fails),
    path("api/v1/panne", finds_no_database),
    path("panne", finds_no_database),
    *urls.urlpatterns,
]
pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]

# Kind -> method, address, what it answers.
KINDS = {
    "api": ("get", "/api/v1/mairies", 200),
    "api, written wrongly": ("post", "/api/v1/auth/login", 400),
    "api, without an account": ("get", "/api/v1/auth/profile", 401),
    "api, unknown": ("get", "/api/v1/nulle-part", 404),
    "api, wrong method": ("delete", "/api/v1/mairies", 405),
    "api, wrong format": ("get", "/api/v1/mairies?format=xml", 200),
    "api, fault": ("get", "/api/v1/faute", 500),
    "api, outage": ("get", "/api/v1/panne", 503),
    "page, outage": ("get", "/panne", 503),
    "api, preflight": ("options", "/api/v1/mairies", 200),
    "page, fault": ("get", "/faute", 500),
    "page, unknown": ("get", "/nulle-part", 404),
    "redirect": ("get", "/", 302),
    "admin, door": ("get", "/admin/login/", 200),
    "admin, closed": ("get", "/admin/", 302),
    "admin, forged form": ("post", "/admin/login/", 200),
    "schema": ("get", "/api/v1/schema", 200),
    "docs": ("get", "/api/v1/docs", 200),
    "redoc": ("get", "/api/v1/redoc", 200),
    "feed": ("get", "/flux/yaounde/actualites.atom", 200),
    "agenda": ("get", "/flux/yaounde/evenements.ics", 200),
    "open311": ("get", "/open311/v2/services.json", 200),
    "subscription": ("get", "/abonnement/", 200),
    "health": ("get", "/health/live", 200),
    "ready": ("get", "/health/ready", 200),
    "static, unknown": ("get", "/static/nulle-part.css", 404),
    "media, unknown": ("get", "/media/nulle-part.png", 404),
    "security.txt, unset": ("get", "/.well-known/security.txt", 404),
    "null byte": ("get", "/%00", 400),
}


@pytest.fixture(autouse=True)
def _as_in_production(settings):
    """HTTPS, as it is where HTTPS=True."""
    settings.SECURE_HSTS_SECONDS = YEAR
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True


def check(answer) -> None:
    for name, value in policies.HEADERS.items():
        said = answer.headers.get(name)
        assert said == value or (name, said) == ("Referrer-Policy", "no-referrer"), name
    hsts = answer.headers.get("Strict-Transport-Security", "")
    assert hsts == f"max-age={YEAR}; includeSubDomains; preload"
    policy = answer["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy or "sandbox" in policy
    assert "default-src" in policy
    scripts = re.search(r"script-src [^;]*", policy)
    assert not scripts or "unsafe-inline" not in scripts.group()
    assert "*" not in policy.replace("/*", "")
    assert not BANNERS & set(answer.headers)


def body_of(answer) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def ask(kind: str, **headers):
    method, address, expected = KINDS[kind]
    client = Client(raise_request_exception=False)
    return getattr(client, method)(address, secure=True, headers=headers), expected


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_answer(kind, yaounde):
    answer, expected = ask(kind)
    assert answer.status_code == expected
    assert PLACE.encode() not in body_of(answer)
    check(answer)


def test_a_private_file():
    url = links.address(PIECE, PieceJointeFactory())["url"]
    answer = Client().get(url.removeprefix("https://api.ecms.test"), secure=True)
    assert answer.status_code == 200
    assert body_of(answer)
    check(answer)


@pytest.mark.parametrize("kind", ["api", "admin, door", "health", "media, unknown", "feed", "docs"])
def test_a_bad_host(kind, yaounde):
    answer, _expected = ask(kind, host="ailleurs.cm")
    assert answer.status_code == 400
    check(answer)


@pytest.mark.parametrize("kind", ["api", "admin, door"])
def test_to_https(kind, yaounde, settings):
    settings.SECURE_SSL_REDIRECT = True
    answer = Client().get(KINDS[kind][1])
    assert answer.status_code == 301
    for name, value in policies.HEADERS.items():
        assert answer[name] == value
