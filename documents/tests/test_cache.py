from datetime import timedelta

import pytest
from django.utils import timezone

from documents.models import Actualite
from documents.tests.factories import ActualiteFactory

URL = "/api/v1/actualites"

pytestmark = pytest.mark.django_db


def seconds(response):
    kept, _equals, age = response["Cache-Control"].partition("max-age=")
    assert kept == "public, "
    return int(age)


@pytest.fixture
def news(yaounde):
    return ActualiteFactory(mairie=yaounde, publiee=True, slug="marche")


def urls(news):
    return [URL, f"{URL}?mairie=yaounde", f"{URL}/{news.pk}", f"{URL}/marche?mairie=yaounde"]


def test_what_a_visitor_read_may_be_kept_a_minute(api, news):
    for url in urls(news):
        response = api().get(url)
        assert seconds(response) == 60
        vary = {name.strip() for name in response["Vary"].split(",")}
        assert {"Accept-Language", "Authorization", "Origin"} <= vary


def test_what_did_not_change_is_not_sent_again(api, news):
    for url in urls(news):
        etag = api().get(url)["ETag"]
        again = api().get(url, headers={"if-none-match": etag})
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", etag)
        assert seconds(again) == 60
        english = api().get(url, headers={"if-none-match": '"autre"'})
        assert english.status_code == 200
    Actualite.objects.update(titre="Changé")
    for url in urls(news):
        changed = api().get(url, headers={"if-none-match": etag})
        assert changed.status_code == 200


def test_what_is_personal_is_not_kept(api, awa, chantal, nadege, news):
    for user in (awa, chantal, nadege):
        for url in urls(news):
            response = api(user).get(url)
            assert response["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"date_publication": 30}, 30),
        ({"date_publication": -60, "date_expiration": 20}, 20),
        ({"date_publication": 40, "date_expiration": 50}, 40),
        ({"date_publication": 3600}, 60),
        ({"date_publication": 0.4}, 0),
        ({"date_publication": -60, "date_expiration": -30}, 60),
    ],
)
def test_it_ends_with_the_next_publication_or_expiry(api, news, fields, expected):
    dates = {name: timezone.now() + timedelta(seconds=s) for name, s in fields.items()}
    ActualiteFactory(publiee=True, **dates)
    for url in urls(news):
        assert expected - 1 <= seconds(api().get(url)) <= expected


def test_a_draft_changes_no_cache(api, news):
    ActualiteFactory(date_publication=timezone.now() + timedelta(seconds=20))
    assert seconds(api().get(URL)) == 60


def test_errors_are_not_kept(api, news):
    for url in (f"{URL}/987654", f"{URL}?mairie=atlantide"):
        assert api().get(url)["Cache-Control"] == "private, no-store"


def test_the_list_is_lighter_than_the_detail(api, awa, news):
    for client in (api(), api(awa)):
        assert "contenu" not in client.get(URL).json()["results"][0]
        assert "contenu" in client.get(f"{URL}/{news.pk}").json()
