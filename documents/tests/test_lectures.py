import pytest
from django.db import connection

from documents.models import Actualite
from documents.tests.factories import ActualiteFactory
from ecms import hits
from ecms.models import PendingHit
from ecms.tests.together import together

URL = "/api/v1/actualites"

pytestmark = pytest.mark.django_db


@pytest.fixture
def news(yaounde):
    return ActualiteFactory(mairie=yaounde, publiee=True)


def seen_by(client, news):
    (row,) = client.get(URL).json()["results"]
    detail = client.get(f"{URL}/{news.pk}").json()["nombre_vues"]
    assert row["nombre_vues"] == detail
    return detail


def test_readings_are_told_exactly_before_and_after_they_are_folded(api, awa, news):
    for _reading in range(3):
        api().get(f"{URL}/{news.pk}")
    agent = api(awa)
    assert seen_by(agent, news) == 3
    hits.fold()
    assert not PendingHit.objects.exists()
    api().get(f"{URL}/{news.pk}")
    assert seen_by(agent, news) == 4


def test_what_is_no_reading(api, awa, nadege, news):
    url = f"{URL}/{news.pk}"
    api(awa).get(url)
    api(nadege).get(url)
    api().head(url)
    api().options(url)
    api().get(URL)
    api().get(f"{URL}/987654")
    assert not PendingHit.objects.exists()


def test_a_citizens_reading_counts(api, awa, chantal, news):
    api(chantal).get(f"{URL}/{news.pk}")
    assert seen_by(api(awa), news) == 1


@pytest.mark.django_db(transaction=True)
def test_nothing_is_lost_while_it_is_folded_and_changed(api, awa, news):
    agent, url = api(awa), f"{URL}/{news.pk}"

    def read():
        return [api().get(url).status_code for _time in range(5)]

    def change():
        return [agent.patch(url, {"titre": f"Titre {n}"}).status_code for n in range(5)]

    def fold():
        return [hits.fold() for _time in range(10)]

    *answers, _folded = together(*[read] * 6, change, fold)
    assert {status for answer in answers for status in answer} == {200}
    assert seen_by(agent, news) == 30
    hits.fold()
    assert Actualite.objects.get().nombre_vues == 30


def test_being_read_changes_neither_etag_nor_date(api, awa, news):
    url, agent = f"{URL}/{news.pk}", api(awa)
    before = [api().get(url)["ETag"], agent.get(url)["ETag"], agent.get(URL)["ETag"]]
    modified = Actualite.objects.get().date_modification
    api().get(url)
    hits.fold()
    assert [api().get(url)["ETag"], agent.get(url)["ETag"], agent.get(URL)["ETag"]] == before
    assert Actualite.objects.get().date_modification == modified
    changed = agent.patch(url, {"titre": "x"}, headers={"if-match": before[1]})
    assert (changed.status_code, changed.json()["nombre_vues"]) == (200, 3)


@pytest.mark.django_db(transaction=True)
def test_a_reader_waits_for_nobody(api, news):
    """The row is locked by another connection: reading it is not held up."""

    def locked():
        with connection.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT 1 FROM documents_actualite FOR UPDATE")
            cursor.execute("SELECT pg_sleep(0.6)")
            cursor.execute("COMMIT")

    def read():
        connection.cursor().execute("SET lock_timeout = '200ms'")
        return [api().get(f"{URL}/{news.pk}").status_code for _time in range(10)]

    _locked, answers = together(locked, read)
    assert set(answers) == {200}
