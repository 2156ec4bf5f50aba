"""Every error is a problem+json that says one thing to the person, and nothing of our insides."""

import json
import re
import socket
from contextlib import contextmanager
from wsgiref.util import setup_testing_defaults

import pytest
from django.core.exceptions import SuspiciousOperation
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, connections, transaction
from django.test import Client
from django.urls import include, path
from rest_framework.test import APIClient
from rest_framework.views import APIView

from documents.models import Actualite
from documents.tests.factories import ActualiteFactory
from ecms.urls import handler500  # noqa: F401 the URL configuration below is a whole one
from ecms.wsgi import application
from mairies.models import ServiceMunicipal
from mairies.tests.factories import ServiceMunicipalFactory
from users.tests.factories import UtilisateurFactory

KEYS = {"type", "title", "status", "detail", "code", "fields", "request_id"}
LEAKS = re.compile(
    rb"Traceback|File \"|/srv/|site-packages|SELECT |INSERT |psycopg|Exception|\.py\b|<html|<!DOC",
    re.IGNORECASE,
)
SECRET = "the secret of /srv/secret and SELECT 1"


class BrokenView(APIView):
    """Fails in the way that its address names."""

    unscoped = "of the tests"
    permission_classes = []

    def get(self, request, how):
        if how == "fault":
            raise RuntimeError(SECRET)
        if how == "suspicious":
            raise SuspiciousOperation(SECRET)
        if how == "slow":
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL statement_timeout = 20")
                cursor.execute("SELECT pg_sleep(5)")
        with transaction.atomic():
            actualite = ActualiteFactory()
            if how == "check":
                Actualite.objects.filter(pk=actualite.pk).update(statut="publiee")
            elif how == "unique":
                ActualiteFactory(mairie=actualite.mairie, slug=actualite.slug)
            else:
                raise IntegrityError(SECRET)


def broken_function(request):
    raise RuntimeError(SECRET)


urlpatterns = [
    path("api/v1/broken/function", broken_function),
    path("api/v1/broken/<str:how>", BrokenView.as_view()),
    path("", include("ecms.urls")),
]


@pytest.fixture
def broken(settings):
    """A client that is answered as over HTTP, by an API with broken addresses."""
    settings.ROOT_URLCONF = __name__
    return APIClient(raise_request_exception=False)


def check_problem(answer, status: int, code: str | None = None) -> dict:
    assert answer.status_code == status, answer.content
    assert answer.headers["Content-Type"] == "application/problem+json"
    body = json.loads(answer.content)
    assert set(body) == KEYS
    assert body["status"] == status
    assert body["request_id"] == answer.headers["X-Request-ID"]
    assert body["detail"], body
    assert not LEAKS.search(answer.content)
    assert answer.headers["Cache-Control"] == "private, no-store"
    if code:
        assert body["code"] == code
    return body


def test_it_works(api, db):
    body = check_problem(api().get("/api/v1/rien"), 404, "introuvable")
    assert body["detail"] == "Ce que vous cherchez n'existe pas ou plus."
    assert body["title"] == "Not Found"
    assert body["type"] == "about:blank"
    assert body["fields"] == {}


@pytest.mark.parametrize("address", ["/api", "/api/", "/api/v1", "/api/v1/", "/api/v2/mairies"])
def test_there_is_nothing_at_the_root(address, db):
    check_problem(Client().get(address), 404)


def test_it_speaks_the_language_of_the_request(api, db):
    said = {}
    for language in ("fr", "en", "en-GB,fr;q=0.5", "de"):
        answer = api().get("/api/v1/rien", headers={"Accept-Language": language})
        said[language] = answer.json()["detail"]
    assert said["en"] == said["en-GB,fr;q=0.5"]
    assert said["fr"] == said["de"] != said["en"]


def test_it_speaks_the_language_of_the_request_before_any_other_middleware(settings, db):
    settings.ALLOWED_HOSTS = ["ecms.test"]
    details = []
    for language in ("en", "fr", "en"):
        client = Client(headers={"Accept-Language": language}, HTTP_HOST="ecms.test")
        details.append(client.get("/api/v1/mairies%00").json()["detail"])
        assert client.get("/api/v1/mairies").status_code == 200
    assert details[0] == details[2] != details[1]


def test_a_cookie_decides_nothing(db):
    client = Client()
    client.cookies["django_language"] = "en"
    client.cookies["sessionid"] = "x" * 32
    answer = client.get("/api/v1/rien")
    assert answer.json()["detail"] == "Ce que vous cherchez n'existe pas ou plus."
    assert "Cookie" not in answer.headers.get("Vary", "")


def test_405_names_what_is_allowed(api, db):
    answer = api().delete("/api/v1/mairies")
    check_problem(answer, 405, "methode_interdite")
    assert "GET" in answer.headers["Allow"]


def test_405_of_an_endpoint_without_rows(api, db):
    answer = api().get("/api/v1/auth/login")
    check_problem(answer, 405)
    assert "POST" in answer.headers["Allow"]


@pytest.mark.parametrize("method", ["TRACE", "PROPFIND", "BREW"])
def test_405_of_strange_methods(method, db):
    check_problem(Client().generic(method, "/api/v1/mairies"), 405)


def test_a_method_cannot_be_disguised(api, yaounde):
    headers = {"X-HTTP-Method-Override": "DELETE"}
    assert api().get("/api/v1/mairies/yaounde", headers=headers).status_code == 200
    answer = api().post("/api/v1/mairies?_method=GET", {}, headers=headers)
    check_problem(answer, 405)


def test_406(api, db):
    check_problem(api().get("/api/v1/mairies", headers={"Accept": "text/html"}), 406)


def test_415(api, db):
    for kind in ("text/plain", "application/x-www-form-urlencoded", "application/xml"):
        answer = api().generic("POST", "/api/v1/auth/login", "username=a&password=b", kind)
        check_problem(answer, 415, "type_refuse")


def test_413_of_json(api, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    answer = api().post("/api/v1/auth/login", {"username": "a" * 2000, "password": "b"})
    check_problem(answer, 413, "trop_volumineux")


def test_413_of_a_form(api, settings, db):
    settings.MAX_UPLOAD_BYTES = 1000
    file = SimpleUploadedFile("preuve.pdf", b"%PDF-" + b"0" * 2000)
    answer = api().post(
        "/api/v1/demandes-creation-site", {"justificatif": file}, format="multipart"
    )
    check_problem(answer, 413)


def test_413_of_the_fields_of_a_form(api, settings, db):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    answer = api().post(
        "/api/v1/demandes-creation-site", {"message": "a" * 2000}, format="multipart"
    )
    check_problem(answer, 413)


def test_too_many_fields_are_refused(api, settings, db):
    many = {f"f{i}": "x" for i in range(settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1)}
    answer = api().post("/api/v1/demandes-creation-site", many, format="multipart")
    check_problem(answer, 400)
    check_problem(api().get("/api/v1/mairies", many), 400)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b"--x"),
        ("multipart/form-data; boundary=", b"--x"),
        ("multipart/form-data; boundary=x", b"--y\r\n\r\n--y--"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data\r\n\r\n\xff"),
        ("multipart/form-data; boundary=\xe9", b"--x--"),
        ("multipart/form-data; boundary=x; charset=nonsense", b"--x--"),
    ],
)
def test_a_malformed_form_is_a_400(kind, body, api, db):
    answer = api().generic("POST", "/api/v1/demandes-creation-site", body, kind)
    check_problem(answer, 400)


def test_a_false_content_length_is_no_fault_of_ours(api, db):
    for length in ("abc", "-5", "²", ""):
        answer = api().generic(
            "POST",
            "/api/v1/demandes-creation-site",
            b"--x--",
            "multipart/form-data; boundary=x",
            CONTENT_LENGTH=length,
        )
        check_problem(answer, 400)


@pytest.mark.parametrize("name", ["hex", "base64", "utf-16", "rot13", "nonsense", '"hex"'])
def test_a_charset_of_the_client_changes_nothing(name):
    for charset in (f"charset={name}", f"CHARSET = {name}", f"charset*=utf-8''{name}"):
        kind = f"multipart/form-data; {charset}; boundary=x"
        environ = {"CONTENT_TYPE": kind, "QUERY_STRING": "a=%C3%A9"}
        setup_testing_defaults(environ)
        request = application.request_class(environ)
        assert request.GET["a"] == "é"
        assert request.content_params == {"boundary": "x"}


def test_401_says_how_to_sign_in(api, db):
    answer = api().get("/api/v1/auth/profile")
    check_problem(answer, 401, "non_authentifie")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_401_of_a_token_that_is_none(api, db):
    for header in ("Bearer", "Bearer x", "Bearer a.b.c", "Bearer \xff\xfe", "Bearer a b c"):
        answer = api().get("/api/v1/auth/profile", headers={"Authorization": header})
        check_problem(answer, 401, "jeton_invalide")


def test_403(api, chantal):
    check_problem(api(chantal).post("/api/v1/services", {"nom": "x"}), 403, "interdit")


def test_400_names_the_fields(api, awa):
    body = check_problem(api(awa).post("/api/v1/services", {"duree_rdv": "x"}), 400, "invalide")
    assert set(body["fields"]) >= {"nom", "duree_rdv"}
    assert all(isinstance(messages, list) for messages in body["fields"].values())


def test_429_says_when_to_come_back(api, settings, db):
    settings.RATES = {**settings.RATES, "demande_site_adresse": (1, 600)}
    api().post("/api/v1/demandes-creation-site", {})
    answer = api().post("/api/v1/demandes-creation-site", {})
    check_problem(answer, 429, "trop_de_demandes")
    assert 0 < int(answer.headers["Retry-After"]) <= 601


def test_a_host_that_is_not_ours_is_a_400(settings, db):
    settings.ALLOWED_HOSTS = ["ecms.test"]
    for host in ("evil.example", "ecms.test.evil.example", "ecms.test@evil.example", ""):
        check_problem(Client(HTTP_HOST=host).get("/api/v1/mairies"), 400)


def test_a_request_id_is_taken_if_it_is_one(api, db):
    given = "a1b2c3d4-0000.ok_"
    answer = api().get("/api/v1/rien", headers={"X-Request-ID": given})
    assert answer.json()["request_id"] == answer.headers["X-Request-ID"] == given
    for bad in ("court", "a" * 65, "deux mots ensemble", "<script>alert(1)</script>"):
        answer = api().get("/api/v1/rien", headers={"X-Request-ID": bad})
        assert re.fullmatch(r"[0-9a-f]{32}", answer.headers["X-Request-ID"])


@pytest.mark.parametrize("debug", [False, True])
@pytest.mark.parametrize("how", ["fault", "function"])
def test_a_fault_of_ours_is_a_500(how, debug, broken, settings, db):
    settings.DEBUG = debug
    check_problem(broken.get(f"/api/v1/broken/{how}"), 500, "erreur_interne")


@pytest.mark.parametrize("debug", [False, True])
def test_an_unknown_path_with_debug(debug, broken, settings, db):
    settings.DEBUG = debug
    check_problem(broken.get("/api/v1/rien"), 404)
    check_problem(broken.get("/api/v1/broken/suspicious"), 400)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("debug", [False, True])
def test_a_statement_that_takes_too_long_is_a_503(debug, broken, settings):
    settings.DEBUG = debug
    answer = broken.get("/api/v1/broken/slow")
    check_problem(answer, 503, "indisponible")
    assert int(answer.headers["Retry-After"]) > 0


@pytest.mark.django_db(transaction=True)
def test_a_constraint_of_the_database_speaks(broken):
    body = check_problem(broken.get("/api/v1/broken/check"), 400)
    assert body["detail"] == "Une actualité publiée a une date de publication."
    body = check_problem(broken.get("/api/v1/broken/unique"), 409, "deja_pris")
    assert body["detail"] == "Cette mairie a déjà une actualité de ce nom."
    assert body["fields"] == {"slug": [body["detail"]]}
    check_problem(broken.get("/api/v1/broken/nameless"), 409, "conflit")


def test_a_taken_name_is_a_409_and_nothing_is_written(api, awa, yaounde):
    ServiceMunicipalFactory(mairie=yaounde, nom="État civil")
    answer = api(awa).post("/api/v1/services", {"nom": "État civil"})
    body = check_problem(answer, 409, "deja_pris")
    assert body["fields"] == {"nom": ["Cette mairie a déjà un service de ce nom."]}
    assert ServiceMunicipal.objects.count() == 1


def test_the_headers_of_the_site_are_on_errors_too(broken, settings, db):
    settings.CORS_ALLOWED_ORIGINS = ["https://ecms.test"]
    for address in ("/api/v1/rien", "/api/v1/broken/fault", "/api/v1/broken/function"):
        answer = broken.get(address, headers={"Origin": "https://ecms.test"})
        assert answer.headers["Access-Control-Allow-Origin"] == "https://ecms.test", address
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_an_error_outside_the_api_is_a_page(broken, db):
    answer = broken.get("/rien")
    assert answer.status_code == 404
    assert answer.headers["Content-Type"].startswith("text/html")


# Without a database -------------------------------------------------------------------------------


@contextmanager
def nothing_listening():
    """The connection of this thread leads to a port where nothing listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    absent = connections["default"].copy()
    absent.settings_dict = {
        **absent.settings_dict, "HOST": "127.0.0.1", "PORT": str(port),
    }  # fmt: skip
    absent.get_connection_params = lambda: {"host": "127.0.0.1", "port": port, "dbname": "x"}
    absent.get_new_connection = lambda params: absent.Database.connect(**params)
    present = connections["default"]
    connections["default"] = absent
    try:
        yield
    finally:
        connections["default"] = present


@pytest.mark.parametrize("debug", [False, True])
def test_without_a_database_everything_is_a_503(debug, api, settings, awa):
    settings.DEBUG = debug
    clients = [api(), api(awa)]
    with nothing_listening():
        for client in clients:
            for address in ("/api/v1/mairies", "/api/v1/actualites/1", "/api/v1/regions"):
                answer = client.get(address)
                check_problem(answer, 503, "indisponible")
                assert int(answer.headers["Retry-After"]) > 0
            body = {"username": "a", "password": "b"}
            check_problem(client.post("/api/v1/auth/login", body), 503)
    assert api().get("/api/v1/mairies").status_code == 200


def test_without_a_database_pages_are_a_503_too(settings, db):
    client = Client(raise_request_exception=False)
    client.cookies["sessionid"] = "a" * 32
    with nothing_listening():
        answer = client.get("/admin/")
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert b"127.0.0.1" not in answer.content


def test_without_a_database_unknown_paths_are_still_404(db):
    with nothing_listening():
        check_problem(Client().get("/api/v1/rien"), 404)


def test_nothing_of_an_account_is_needed_to_be_refused(api, db):
    UtilisateurFactory()
    with nothing_listening():
        check_problem(api().get("/api/v1/auth/profile"), 401)
