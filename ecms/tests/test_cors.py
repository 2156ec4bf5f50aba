"""Which web pages may talk to the API: those of the listed origins, and no other."""

import pytest
from django.test import Client

OURS = "https://www.ecms.test"


@pytest.fixture(autouse=True)
def _origins(settings, db):
    settings.CORS_ALLOWED_ORIGINS = [OURS]


def preflight(origin: str, headers: str, method: str = "PATCH"):
    return Client().options(
        "/api/v1/actualites/1",
        headers={
            "Origin": origin,
            "Access-Control-Request-Method": method,
            "Access-Control-Request-Headers": headers,
        },
    )


def test_it_works():
    answer = Client().get("/api/v1/mairies", headers={"Origin": OURS})
    assert answer.headers["Access-Control-Allow-Origin"] == OURS
    assert answer.headers["Access-Control-Allow-Credentials"] == "true"
    vary = {name.strip().lower() for name in answer.headers["Vary"].split(",")}
    assert vary == {"accept-language", "authorization", "origin"}


def test_what_a_page_may_read_of_the_answer():
    answer = Client().get("/api/v1/mairies", headers={"Origin": OURS})
    exposed = {h.strip() for h in answer.headers["Access-Control-Expose-Headers"].split(",")}
    assert exposed >= {"ETag", "Retry-After", "X-Request-ID", "Content-Disposition", "Location"}


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "",
        "*",
        "http://www.ecms.test",
        "https://ecms.test",
        "https://www.ecms.test:8443",
        "https://evilwww.ecms.test",
        "https://www.ecms.test.evil.io",
        "https://www.ecms.test@evil.io",
        "https://x.www.ecms.test",
        "https://WWW.ecms.test/",
        "file://",
        "https://[",
        "javascript:alert(1)",
    ],
)
def test_no_other_origin(origin):
    for answer in (
        Client().get("/api/v1/mairies", headers={"Origin": origin}),
        preflight(origin, "authorization"),
    ):
        assert "Access-Control-Allow-Origin" not in answer.headers
        assert "origin" in answer.headers["Vary"].lower()


@pytest.mark.parametrize(
    "header",
    [
        "authorization",
        "content-type",
        "if-match",
        "if-none-match",
        "idempotency-key",
        "x-tenant-slug",
        "x-request-id",
        "accept-language",
    ],
)
def test_a_preflight_allows_what_front_ends_send(header):
    answer = preflight(OURS, header)
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == OURS
    allowed = {h.strip() for h in answer.headers["Access-Control-Allow-Headers"].split(",")}
    assert header in allowed
    methods = answer.headers["Access-Control-Allow-Methods"]
    assert all(method in methods for method in ("GET", "POST", "PUT", "PATCH", "DELETE"))


def test_errors_are_readable_too():
    for address in ("/api/v1/rien", "/api/v1/mairies%00", "/api/v1/auth/profile"):
        answer = Client().get(address, headers={"Origin": OURS})
        assert answer.status_code >= 400
        assert answer.headers["Access-Control-Allow-Origin"] == OURS


def test_the_admin_is_for_no_other_page():
    answer = Client().get("/admin/login/", headers={"Origin": OURS})
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_a_cookie_signs_nobody_in(nadege):
    """Nothing that a foreign page can make a browser send is an account's act."""
    client = Client()
    client.force_login(nadege, backend="users.backends.Backend")
    assert client.get("/api/v1/auth/profile").status_code == 401
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        answer = client.post("/api/v1/services", "nom=x", content_type=kind)
        assert answer.status_code in {400, 401, 415}


def test_the_tenant_header_means_nothing(api, awa, yaounde, douala):
    headers = {"X-Tenant-Slug": "douala", "X-Forwarded-Host": "douala.ecms.test"}
    answer = api(awa).post("/api/v1/services", {"nom": "Guichet"}, headers=headers)
    assert answer.json()["mairie"] == "yaounde"
