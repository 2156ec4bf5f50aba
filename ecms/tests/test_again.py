"""Writes that PostgreSQL gave up because of others (faults/test_conflicts.py makes real ones)."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import include, path
from rest_framework.response import Response
from rest_framework.test import APIClient
from rest_framework.views import APIView

from ecms.api import again

GIVE_UP = "DO $$ BEGIN RAISE EXCEPTION 'lost' USING ERRCODE = '{}'; END $$"
tries: list[str] = []


class LosingView(again.TriedAgain, APIView):
    """Loses as many times as its address says, by the error that it names."""

    unscoped = "of the tests"
    permission_classes = []

    def post(self, request, code, times):
        tries.append(request.data.get("nom", ""))
        if len(tries) <= times:
            with connection.cursor() as cursor:
                cursor.execute(GIVE_UP.format(code))
        return Response({"tries": len(tries)}, 201)

    get = put = post


urlpatterns = [
    path("api/v1/losing/<str:code>/<int:times>", LosingView.as_view()),
    path("", include("ecms.urls")),
]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def losing(settings, monkeypatch):
    settings.ROOT_URLCONF = __name__
    monkeypatch.setattr(again, "PAUSES", (0.001, 0.001, 0.001))
    tries.clear()
    return APIClient(raise_request_exception=False)


@pytest.mark.parametrize("code", ["40001", "40P01"])
@pytest.mark.parametrize("times", [0, 1, 3])
def test_it_is_done_again(losing, code, times):
    answer = losing.post(f"/api/v1/losing/{code}/{times}", {"nom": "Awa"})
    assert (answer.status_code, answer.json()) == (201, {"tries": times + 1})
    # The body is the same each time.
    assert set(tries) == {"Awa"}


def test_four_times_and_no_more(losing):
    answer = losing.put("/api/v1/losing/40P01/9", {})
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert len(tries) == 4


@pytest.mark.parametrize("code", ["55P03", "57014"])
def test_what_would_be_as_slow_again_is_not(losing, code):
    assert losing.post(f"/api/v1/losing/{code}/1", {}).status_code == 503
    assert len(tries) == 1


def test_a_reading_is_not(losing):
    assert losing.get("/api/v1/losing/40P01/1").status_code == 503


def test_what_carries_files_is_not(losing):
    body = {"piece": SimpleUploadedFile("acte.txt", b"acte")}
    answer = losing.post("/api/v1/losing/40P01/1", body, format="multipart")
    assert answer.status_code == 503
    assert len(tries) == 1
