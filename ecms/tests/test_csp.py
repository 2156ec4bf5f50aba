"""What every answer tells browsers, whatever made it."""

import re

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from demarches.tests.factories import DemarcheAdministrativeFactory
from documents.tests.factories import ActualiteFactory
from ecms import policies

PAGES = ["/admin/", "/admin/login/", "/admin/documents/actualite/add/", "/admin/nulle-part"]
API = [
    "/api/v1/mairies",
    "/api/v1/nulle-part",
    "/api/v1/utilisateurs/moi",
    "/api/v1/schema",
    "/api/v1/recherche?q=%00",
    "/api/v1/mairies?page=zero",
]
REST = [
    "/",
    "/nulle-part",
    "/health/live",
    "/health/ready",
    "/open311/v2/services.json",
    "/media/nulle-part.png",
    "/static/nulle-part.css",
    "/%00",
]
INLINE = re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>|\son[a-z]+=\"")

pytestmark = pytest.mark.django_db


def policy(answer) -> dict[str, set[str]]:
    directives = [each.split() for each in answer["Content-Security-Policy"].split(";")]
    return {name: set(sources) for name, *sources in directives}


def check_headers(answer) -> None:
    for name, value in policies.HEADERS.items():
        assert answer.headers.get(name), name
        assert answer[name] in {value, "no-referrer"}, name
    assert "frame-ancestors" in policy(answer) or "sandbox" in policy(answer)
    assert "'unsafe-inline'" not in policy(answer).get("script-src", set())


@pytest.fixture
def desk(nadege):
    client = Client(raise_request_exception=False)
    client.force_login(nadege, backend="users.backends.Backend")
    return client


@pytest.mark.parametrize("address", [*PAGES, *API, *REST])
def test_every_answer_has_them(address, desk):
    check_headers(desk.get(address))
    check_headers(Client().get(address))


@pytest.mark.parametrize("address", ["/admin/", "/api/v1/mairies", "/static/x.css"])
def test_a_bad_host_too(address):
    answer = Client(raise_request_exception=False).get(address, headers={"host": "ailleurs.cm"})
    assert answer.status_code in {400, 404}
    check_headers(answer)


@pytest.mark.parametrize("address", ["/admin/", "/api/v1/mairies"])
def test_a_fault_and_an_outage_too(address, desk, monkeypatch):
    def fails(*_args, **_kwargs):
        raise RuntimeError

    monkeypatch.setattr(
        "django.contrib.sessions.middleware.SessionMiddleware.process_request", fails
    )
    answer = desk.get(address)
    assert answer.status_code == 500
    check_headers(answer)


def test_redirects_to_https_too(settings):
    with override_settings(SECURE_SSL_REDIRECT=True):
        answer = Client().get("/admin/")
    assert answer.status_code == 301
    check_headers(answer)


@pytest.mark.parametrize("address", API)
def test_the_api_shows_and_asks_for_nothing(address, desk):
    assert policy(desk.get(address)) == {"default-src": {"'none'"}, "frame-ancestors": {"'none'"}}


@pytest.mark.parametrize("address", PAGES)
def test_the_admin_runs_scripts_of_our_own(address, desk):
    found = policy(desk.get(address))
    assert found["script-src"] == {"'self'", "'unsafe-eval'"}
    assert found["default-src"] == found["connect-src"] == found["form-action"] == {"'self'"}
    assert found["object-src"] == found["base-uri"] == found["frame-ancestors"] == {"'none'"}


@pytest.mark.parametrize("name", ["docs", "redoc"])
def test_the_documentation_has_no_script_in_its_page(name):
    answer = Client().get(reverse(name))
    assert policy(answer)["script-src"] == {"'self'"}
    page = answer.content.decode()
    assert not INLINE.search(page)
    assert "https://" not in page
    if name == "docs":
        script = Client().get(re.search(r'src="([^"]*script[^"]*)"', page)[1].replace("&amp;", "&"))
        assert script["Content-Type"].startswith("application/javascript")
        assert b"SwaggerUIBundle" in script.content


def test_no_page_of_the_admin_has_a_script_of_its_own(desk, yaounde):
    row = ActualiteFactory(mairie=yaounde)
    dossier = DemarcheAdministrativeFactory(mairie=yaounde)
    for address in (
        "/admin/",
        reverse("admin:documents_actualite_change", args=[row.pk]),
        reverse("admin:documents_actualite_changelist"),
        reverse("admin:demarches_demarcheadministrative_change", args=[dossier.pk]),
    ):
        assert not INLINE.findall(desk.get(address, follow=True).content.decode()), address


def test_a_word_of_a_view_stands():
    answer = Client().get("/abonnement/")
    assert policy(answer)["default-src"] == {"'none'"}
    assert answer["Referrer-Policy"] == "no-referrer"


def test_origins_of_images_are_named():
    found = policies.pages(images=["", "https://tuiles.exemple.cm"])
    assert found["img-src"][-1] == "https://tuiles.exemple.cm"
    assert "" not in found["img-src"]
