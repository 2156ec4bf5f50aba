"""The lists that everybody reads: the same answer however it was come by."""

import gc
import weakref

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client

from demarches.tests.factories import DemarcheAdministrativeFactory, SignalementFactory
from documents.models import Actualite
from documents.tests.factories import ActualiteFactory
from ecms import remembered
from ecms.api import lists
from ecms.tests.lasting import (
    LASTING,
    NEWS,
    PUBLIC,
    TOLD,
    WATCHED_LISTS,
    by_hand,
    read,
    titles,
    touch,
)
from ecms.tests.together import together
from ecms.tests.walking import rows_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _fast(settings):
    settings.PUBLIC_CACHE = "public"
    caches["public"].clear()
    yield
    caches["public"].clear()
    connection.close()


@pytest.fixture
def visitor():
    return Client()


@pytest.fixture
def full(yaounde, douala):
    """Rows of everything that has a public list."""
    for view in LASTING.values():
        for mairie in (yaounde, douala):
            rows_of(view.queryset.model, mairie)


def off(settings, monkeypatch):
    settings.PUBLIC_CACHE, settings.DB_PREPARES = "", False
    for view in LASTING.values():
        monkeypatch.setattr(view, "lasting", False)


def test_there_are_such_lists():
    assert len(WATCHED_LISTS) >= 5
    assert len(LASTING) > len(PUBLIC) > len(WATCHED_LISTS)


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("url", PUBLIC)
def test_the_same_bytes_however_it_was_come_by(
    url, language, full, visitor, settings, monkeypatch, django_assert_max_num_queries
):
    table = LASTING[url].queryset.model._meta.db_table
    second = {"page_size": 1, "page": 2, "inconnu": "1"}
    named = {"page_size": 1, "mairie": "yaounde"}
    for data in ({}, second, named):
        ways = {}
        with django_assert_max_num_queries(4 if url not in WATCHED_LISTS or data else 3):
            ways["cold"] = read(visitor, url, data, **{"accept-language": language})[0]
        ways["kept"] = read(visitor, url, data, **{"accept-language": language})[0]
        touch(table)
        ways["again"], queries = read(visitor, url, data, **{"accept-language": language})
        # What changed, and the rows; perhaps their number, and when one next appears.
        assert queries <= 3 or url not in WATCHED_LISTS
        new = {"accept-language": language, "cache-control": "no-cache"}
        ways["new"], queries = read(visitor, url, data, **new)
        assert queries == 2 or url not in WATCHED_LISTS
        with monkeypatch.context() as patched:
            caches["public"].clear()
            remembered.forget()
            off(settings, patched)
            ways["off"] = read(visitor, url, data, **{"accept-language": language})[0]
        settings.PUBLIC_CACHE, settings.DB_PREPARES = "public", True
        assert {way.status_code for way in ways.values()} == {200}
        assert len({way.content for way in ways.values()}) == 1, ways
        assert ways["cold"].json()["results"]
        for name in TOLD:
            assert len({way.headers.get(name) for way in ways.values()}) == 1, name


@pytest.mark.parametrize("url", PUBLIC)
def test_how_many_queries(url, full, visitor):
    """Beside the cache: each time the rows are read anew."""
    new = {"cache-control": "no-cache", "accept": "application/json; indent=0"}
    assert read(visitor, url, **new)[1] <= 3 + (url not in WATCHED_LISTS)
    assert read(visitor, url, **new)[1] <= 2 + (url not in WATCHED_LISTS)


def test_an_agents_lists(api, awa, yaounde):
    for _each in range(3):
        DemarcheAdministrativeFactory(mairie=yaounde)
        SignalementFactory(mairie=yaounde)
    agent = api(awa)
    for url in ("/api/v1/demarches", "/api/v1/signalements"):
        for _again in range(2):
            answer, queries = read(agent, url)
            assert (answer.json()["count"], queries <= 5) == (3, True)


def test_secrets_are_in_no_list(full, visitor, api, awa):
    for url in LASTING:
        for client in (visitor, api(awa)):
            assert b"code_suivi" not in client.get(url).content


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"page": 99}, 404),
        ({"page": 0}, 400),
        ({"page": "x"}, 400),
        ({"page_size": -1}, 400),
        ({"statut": "'; DROP TABLE documents_actualite; --"}, 400),
        ({"categorie": "100%s %(a)s $1 \\"}, 400),
        ({"ordering": "-mot"}, 400),
        ({"mairie": "nulle-part"}, 400),
        ({"search": "%s \\ ' $1"}, 200),
        ({"utm": "100%'\\"}, 200),
    ],
)
def test_what_is_asked_badly_is_refused_as_ever(visitor, yaounde, asked, status):
    ActualiteFactory(mairie=yaounde, publiee=True)
    for _again in range(3):
        answer = read(visitor, data=asked)[0]
        assert answer.status_code == status, answer.content
        assert titles(visitor)
        touch("documents_actualite")
    assert visitor.get(f"{NEWS}?statut=%00").status_code == 400


def test_another_wording_is_not_mixed_up(visitor, yaounde):
    ActualiteFactory(mairie=yaounde, publiee=True)
    indented = {"accept": "application/json; indent=4"}
    before = read(visitor, **indented)[0].content
    touch("documents_actualite")
    assert read(visitor, **indented)[0].content == before != read(visitor)[0].content
    assert read(visitor, accept="text/csv")[0].status_code == 406
    head = visitor.head(NEWS)
    assert (head.status_code, head.content) == (200, b"")
    assert head["ETag"] == read(visitor)[0]["ETag"]


def test_addresses_are_those_of_the_host_that_was_asked(settings, yaounde):
    settings.ALLOWED_HOSTS = ["un.test", "deux.test"]
    ActualiteFactory.create_batch(2, mairie=yaounde, publiee=True)
    for _again in range(2):
        for host in settings.ALLOWED_HOSTS:
            answer = Client().get(NEWS, {"page_size": 1}, headers={"host": host})
            assert answer.json()["next"].startswith(f"http://{host}/")
        touch("documents_actualite")


def test_what_is_asked_for_anew_is_read_anew(visitor, yaounde):
    ActualiteFactory(mairie=yaounde, publiee=True)
    read(visitor)
    assert read(visitor)[1] == 1
    answer, queries = read(visitor, **{"cache-control": "no-cache"})
    assert (answer.status_code, queries) == (200, 2)
    again = read(visitor, **{"cache-control": "no-cache", "if-none-match": answer["ETag"]})[0]
    assert again.status_code == 304


def test_a_recipe_holds_no_answer_and_no_connection(yaounde):
    ActualiteFactory(mairie=yaounde, publiee=True)

    class Socket:
        pass

    socket = Socket()
    client = Client()
    answer = client.get(NEWS, **{"gunicorn.socket": socket})
    held = [weakref.ref(answer), weakref.ref(socket)]
    assert answer.status_code == 200
    view = weakref.ref(answer.lasting_view)
    # Where the test's client keeps it.
    client.extra = {}
    del answer, socket
    gc.collect()
    assert [ref() for ref in held] == [None, None]
    assert view() is not None


def test_what_no_filter_knows_is_not_remembered_again(visitor, yaounde):
    ActualiteFactory(mairie=yaounde, publiee=True)
    lists.LISTS.clear()
    for number in range(5):
        titles(visitor, data={"utm": number, "page_size": number + 1})
    assert len(lists.LISTS._values) == 1


def test_threads_read_the_same_list_at_once(yaounde):
    ActualiteFactory.create_batch(12, mairie=yaounde, publiee=True)
    read(Client())

    def reads(size):
        def act():
            client, found = Client(), []
            for number in range(40):
                asked = {"page_size": 1 + (size + number) % 12}
                headers = {"cache-control": "no-cache", "accept-language": "fr"}
                answer = client.get(NEWS, asked, headers=headers)
                found.append(len(answer.json()["results"]) == asked["page_size"])
            return all(found)

        return act

    assert together(*[reads(size) for size in range(4)]) == [True] * 4


def test_how_many_there_are_and_when_that_is_not_told(visitor, api, awa, yaounde, monkeypatch):
    row = ActualiteFactory(mairie=yaounde, publiee=True)
    columns = [
        f.column for f in Actualite._meta.concrete_fields if f.column != "id" and not f.generated
    ]
    values = ["slug || '-' || n" if name == "slug" else f'"{name}"' for name in columns]
    more = (
        f"INSERT INTO documents_actualite ({', '.join(columns)}) SELECT {', '.join(values)}"
        " FROM documents_actualite, generate_series(%s, %s) n WHERE id = %s"
    )
    for first, last, count, exact in (
        (1, 4, 5, True),
        (5, 9999, 10_000, True),
        (10_000, 10_000, 10_000, False),
    ):
        by_hand(more, first, last, row.pk)
        for client in (visitor, api(awa)):
            for asked in ({}, {"page": 1}, {"page_size": 2}):
                answer = read(client, data=asked)[0].json()
                assert (answer["count"], answer["count_exact"]) == (count, exact)
    last = read(visitor, data={"page_size": 100, "page": 101})[0].json()
    assert (len(last["results"]), last["next"]) == (1, None)
