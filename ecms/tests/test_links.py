"""Short-lived signed addresses of private files."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import signing
from django.http import Http404, HttpResponse
from django.utils import timezone

from ecms import links
from mairies.models import Mairie

CREATED = datetime(2026, 3, 1, 8, 30, 0, 123456, UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def released(monkeypatch):
    monkeypatch.setattr(links, "_releases", {})

    @links.releases("essai")
    def release(request, row):
        if row != {"pk": 7, "date_creation": CREATED.isoformat()}:
            raise Http404
        return HttpResponse(b"seven")


def path_of(pk: int = 7, name: str = "essai", created: datetime = CREATED) -> str:
    row = Mairie(pk=pk, date_creation=created)
    return links.address(name, row)["url"].removeprefix("https://api.ecms.test")


def test_it_opens_one_file_to_whoever_has_it(api):
    got = api().get(path_of())
    assert (got.status_code, got.content) == (200, b"seven")
    assert api().get(path_of(8)).status_code == 404


def test_it_opens_no_later_row_of_the_same_key(api):
    """After a restoration the sequences give keys again."""
    assert api().get(path_of(created=CREATED + timedelta(microseconds=1))).status_code == 404


def test_it_is_good_for_ten_minutes(api):
    path, now = path_of(), timezone.now()
    with time_machine.travel(now + timedelta(minutes=9)):
        assert api().get(path).status_code == 200
    with time_machine.travel(now + timedelta(minutes=11)):
        assert api().get(path).status_code == 404
    assert links.address("essai", Mairie(pk=7, date_creation=CREATED))["expires_in"] == 600


@pytest.mark.parametrize(
    "changed",
    [
        lambda path: path[:-1],
        lambda path: path + "A",
        lambda path: path.replace("/fichiers/", "/fichiers/x"),
    ],
    ids=["cut", "longer", "other row"],
)
def test_it_cannot_be_changed(api, changed):
    assert api().get(changed(path_of())).status_code == 404


def test_what_is_signed_for_something_else_opens_nothing(api):
    signed = ["essai", 7, CREATED.isoformat()]
    token = signing.dumps(signed, salt="another")
    assert api().get(f"/api/v1/fichiers/{token}").status_code == 404


def test_what_an_older_version_signed_is_not_found(api):
    token = signing.dumps(["essai", 7], salt=links.SALT)
    assert api().get(f"/api/v1/fichiers/{token}").status_code == 404


def test_a_name_that_is_no_longer_known_is_not_found(api):
    assert api().get(path_of(name="ancien")).status_code == 404
