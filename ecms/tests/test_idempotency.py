"""What is sent twice under one key happens once, and is answered alike."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.urls import include, path
from django.utils import timezone
from rest_framework.response import Response
from rest_framework.test import APIClient
from rest_framework.viewsets import ViewSet

from ecms.api import idempotency
from ecms.api.idempotency import idempotent
from ecms.exceptions import DomainError
from ecms.models import Courriel, RequeteIdempotente
from ecms.tests import walking
from ecms.tests.factories import CourrielFactory
from ecms.tests.files import photo, upload
from ecms.tests.test_errors import check_problem
from ecms.tests.together import together
from ecms.urls import handler500  # noqa: F401 the URL configuration below is a whole one
from users.tests.factories import UtilisateurFactory

ADDRESS, OTHER = "/api/v1/probes", "/api/v1/others"


class ProbeViewSet(ViewSet):
    """Each POST writes one row, whatever comes of it after."""

    unscoped = "of the tests"
    permission_classes = []

    @idempotent
    def create(self, request):
        row = CourrielFactory(gabarit="users/compte_efface")
        how = request.data.get("how")
        if how == "refuse":
            raise DomainError("Non.", "non")
        if how == "fault":
            raise RuntimeError
        if how == "answers 400":
            return Response({"detail": "Non."}, 400)
        if how == "says nothing":
            return Response(status=204)
        data = {"id": row.pk, "files": [len(f.read()) for f in request.FILES.getlist("photos")]}
        return Response(data, 201, headers={"Location": f"https://api.ecms.test/probes/{row.pk}"})


urlpatterns = [
    path("api/v1/probes", ProbeViewSet.as_view({"post": "create"})),
    path("api/v1/others", ProbeViewSet.as_view({"post": "create"})),
    path("", include("ecms.urls")),
]


@pytest.fixture(autouse=True)
def _probes(settings):
    settings.ROOT_URLCONF = __name__


@pytest.fixture
def key() -> str:
    return str(uuid4())


def send(client, key, body=None, address=ADDRESS, **kwargs):
    return client.post(address, body or {}, headers={"Idempotency-Key": key}, **kwargs)


def is_replay(answer) -> bool:
    return answer.headers.get("Idempotent-Replayed") == "true"


def made() -> int:
    return Courriel.objects.count()


def test_it_works(api, db, key):
    first, second = send(api(), key, {"a": 1}), send(api(), key, {"a": 1})
    assert (first.status_code, is_replay(first)) == (201, False)
    assert (second.status_code, is_replay(second)) == (201, True)
    assert second.json() == first.json()
    assert second.headers["Location"] == first.headers["Location"]
    assert second.headers["Content-Type"] == first.headers["Content-Type"]
    assert made() == 1


def test_without_a_key_each_is_its_own(api, db):
    ids = {api().post(ADDRESS, {}).json()["id"] for _ in range(2)}
    assert len(ids) == 2
    assert not RequeteIdempotente.objects.exists()


def test_the_order_of_members_is_no_other_body(api, db, key):
    send(api(), key, {"a": 1, "b": {"c": [1, 2], "d": None}})
    assert is_replay(send(api(), key, {"b": {"d": None, "c": [1, 2]}, "a": 1}))


@pytest.mark.parametrize("body", [{}, {"a": 2}, {"a": "1"}, {"a": 1, "b": None}, {"a": [1]}])
def test_another_body_is_refused(api, db, key, body):
    send(api(), key, {"a": 1})
    check_problem(send(api(), key, body), 409, "cle_reutilisee")
    assert made() == 1
    assert is_replay(send(api(), key, {"a": 1}))


@pytest.mark.parametrize("bad", ["", "1", "g" * 32, "a" * 5000, "\xe9" * 32, "' OR 1=1 --", "{}"])
def test_what_is_no_uuid_is_refused(api, db, bad):
    check_problem(send(api(), bad), 400, "cle_invalide")
    assert made() == 0


def test_a_uuid_may_be_written_in_several_ways(api, db, key):
    send(api(), key)
    for same in (key.upper(), key.replace("-", ""), f"{{{key}}}"):
        assert is_replay(send(api(), same))


def test_a_key_belongs_to_its_account(api, chantal, awa, key):
    clients = [api(), api(chantal), api(awa)]
    assert not any([is_replay(send(client, key)) for client in clients])
    assert all([is_replay(send(client, key)) for client in clients])
    assert made() == 3


def test_without_an_account_the_address_does_not_matter(api, db, key):
    """A phone's changes between two tries."""
    send(api(), key, REMOTE_ADDR="192.0.2.1")
    assert is_replay(send(api(), key, REMOTE_ADDR="198.51.100.7"))


def test_a_session_does_not_matter(api, chantal, key):
    send(api(chantal), key)
    assert is_replay(send(api(chantal), key))


def test_a_key_belongs_to_its_route(api, db, key):
    assert not is_replay(send(api(), key))
    assert not is_replay(send(api(), key, address=OTHER))
    assert is_replay(send(api(), key, address=f"{ADDRESS}/"))
    assert made() == 2


@pytest.mark.parametrize("how", ["refuse", "answers 400"])
def test_what_was_refused_leaves_no_claim(api, db, key, how):
    for _ in range(2):
        answer = send(api(), key, {"how": how})
        assert answer.status_code in {400, 409}
        assert not is_replay(answer)
    assert (made(), RequeteIdempotente.objects.count()) == (0, 0)
    assert send(api(), key, {"how": "well"}).status_code == 201


@pytest.mark.django_db(transaction=True)
def test_a_fault_leaves_no_claim(key):
    client = APIClient(raise_request_exception=False)
    check_problem(send(client, key, {"how": "fault"}), 500)
    assert (made(), RequeteIdempotente.objects.count()) == (0, 0)
    assert send(client, key).status_code == 201


def test_an_answer_without_a_body_is_replayed_too(api, db, key):
    answers = [send(api(), key, {"how": "says nothing"}) for _ in range(2)]
    assert [(a.status_code, a.content, is_replay(a)) for a in answers] == [
        (204, b"", False),
        (204, b"", True),
    ]


def test_after_24_hours_it_is_a_new_request(api, db, key):
    first = send(api(), key).json()["id"]
    _age(timedelta(hours=23, minutes=59))
    assert is_replay(send(api(), key))
    _age(timedelta(hours=24, minutes=1))
    again = send(api(), key, {"other": "body"})
    assert not is_replay(again)
    assert again.json()["id"] != first
    assert is_replay(send(api(), key, {"other": "body"}))


def test_old_answers_are_purged(api, db, key):
    send(api(), key)
    _age(timedelta(hours=25))
    send(api(), str(uuid4()))
    assert idempotency.purge() == 1
    assert RequeteIdempotente.objects.count() == 1


def _age(age: timedelta) -> None:
    RequeteIdempotente.objects.update(date_creation=timezone.now() - age)


def form(*contents: bytes, name="photo.jpg", **fields) -> dict:
    return {**fields, "photos": [upload(content, name, "image/jpeg") for content in contents]}


def test_a_form_with_files_is_compared_by_their_bytes(api, db, key):
    red, blue = photo((40, 30), colour="red"), photo((40, 30), colour="blue")
    first = send(api(), key, form(red, blue, titre="Trou"), format="multipart")
    assert first.json()["files"] == [len(red), len(blue)]
    again = send(api(), key, form(red, blue, titre="Trou"), format="multipart")
    assert is_replay(again)
    assert again.json() == first.json()
    for other in (
        form(red, red, titre="Trou"),
        form(red, titre="Trou"),
        form(blue, red, titre="Trou"),
        form(red, blue, titre="Fosse"),
        form(red, blue, titre="Trou", name="autre.jpg"),
    ):
        check_problem(send(api(), key, other, format="multipart"), 409, "cle_reutilisee")
    assert made() == 1


@pytest.mark.django_db(transaction=True)
def test_ten_at_once_have_one_effect_and_one_answer(key):
    account = UtilisateurFactory()

    def act():
        # A fresh client each: they share nothing but the key.
        client = APIClient()
        client.force_authenticate(account)
        return send(client, key, {"a": 1})

    answers = together(*[act] * 10)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sorted(is_replay(answer) for answer in answers) == [False] + [True] * 9
    assert made() == 1


@pytest.mark.django_db(transaction=True)
def test_who_waits_behind_a_refusal_acts_themselves(key):
    """The claim of the first is rolled back with it, and the second is not told of it."""
    bodies = [{"how": "refuse"}, {"how": "refuse"}, {"a": 1}]
    answers = together(*[lambda body=body: send(APIClient(), key, body) for body in bodies])
    # Whoever was refused was so by the rule, or because the other body had the key by then.
    assert [a.status_code for a in answers] == [409, 409, 201]
    assert made() == 1


def test_nothing_of_the_body_is_kept_in_clear(api, chantal, key):
    send(api(chantal), key, {"nom": "Awa Ngono"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(r)::text FROM ecms_requeteidempotente r")
        (kept,) = cursor.fetchone()
    assert "Ngono" not in kept
    assert key not in kept


def posts(*names: str) -> dict[str, bool]:
    """Of the addresses so named that there are: whether their POST may be repeated."""
    found = {}
    for route in walking.routes():
        last = route.pattern.removesuffix("$").removesuffix("/").rpartition("/")[2].lstrip("^")
        if last in names and "post" in route.actions:
            handler = getattr(route.view, route.actions["post"])
            found[route.pattern] = getattr(handler, "is_idempotent", False)
    return found


def test_what_people_file_may_be_repeated():
    """docs/api.md, Retries."""
    found = posts("demarches", "pieces", "rendez-vous", "signalements", "inscriptions")
    assert {route for route, repeatable in found.items() if not repeatable} == set()
