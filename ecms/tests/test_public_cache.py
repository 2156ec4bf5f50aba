"""What visitors read again: kept while nothing changed, never a moment longer."""

import threading
from datetime import timedelta

import pytest
from django.core.cache import caches
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from documents.models import Actualite
from documents.tests.factories import ActualiteFactory, DocumentOfficielFactory
from ecms import hits
from ecms.models import PendingHit
from ecms.public_cache import PublicCacheMiddleware
from ecms.tests.walking import our_models
from ecms.versions import KEEP, TRIGGER, WATCHED, forget, install, versions

LIST = "/api/v1/actualites"


@pytest.fixture(autouse=True)
def _kept(settings):
    settings.PUBLIC_CACHE = "public"
    caches["public"].clear()


@pytest.fixture
def news(yaounde):
    return ActualiteFactory(publiee=True, mairie=yaounde, titre="Le marché rouvre")


def read(client, url=LIST, **headers):
    """The answer, and how many queries it took."""
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(url, headers=headers)
    assert answer.status_code in {200, 304}
    return answer, len(queries)


def titles(client, url=LIST, **headers) -> list[str]:
    return [row["titre"] for row in read(client, url, **headers)[0].json()["results"]]


def is_kept(client, url=LIST, **headers) -> bool:
    read(client, url, **headers)
    return read(client, url, **headers)[1] == 1


def test_the_rows_are_not_read_again(client, news):
    first, queries = read(client)
    again, once = read(client)
    assert queries > once == 1
    assert again.json() == first.json()
    for name in ("ETag", "Cache-Control", "Vary", "Content-Type"):
        assert again[name] == first[name]
    assert again["X-Request-ID"] != first["X-Request-ID"]
    assert "Age" not in first
    assert again["Age"] == "0"


def test_an_entity_tag_is_answered_from_it(client, news):
    tag = read(client)[0]["ETag"]
    answer, queries = read(client, **{"if-none-match": tag})
    assert (answer.status_code, answer.content, queries) == (304, b"", 1)
    assert answer["ETag"] == tag
    assert read(client, **{"if-none-match": '"autre"'})[0].status_code == 200


def test_whoever_knows_the_answer_fills_it_too(client, news, yaounde):
    tag = read(client)[0]["ETag"]
    yaounde.save()
    answer, queries = read(client, **{"if-none-match": tag})
    # The mairie's date is in no line of the news: what is told anew is what it was.
    assert (answer.status_code, answer.content) == (304, b"")
    assert queries > read(client)[1] == 1


def test_a_file_that_somebody_has_is_not_read_again(client, yaounde):
    document = DocumentOfficielFactory(publie=True, mairie=yaounde)
    url = f"/api/v1/documents-officiels/{document.pk}/fichier"
    first = client.get(url)
    b"".join(first.streaming_content)
    readings = PendingHit.objects.count()
    assert read(client, url, **{"if-none-match": first["ETag"]})[0].status_code == 304
    assert PendingHit.objects.count() == readings == 1


def test_the_log_names_its_route(client, news, caplog):
    for _again in range(2):
        client.get(LIST)
    assert [record.route for record in caplog.records if record.name == "ecms.request"] == [
        "api/v1/actualites$"
    ] * 2


def _by_sql(news):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE documents_actualite SET titre = 'Neuf'")


CHANGES = {
    "save": lambda news: Actualite(
        **{
            f.attname: getattr(news, f.attname)
            for f in news._meta.concrete_fields
            if f.attname not in {"titre", "recherche"}
        },
        titre="Neuf",
    ).save(),
    "queryset.update": lambda news: Actualite.objects.update(titre="Neuf"),
    "SQL": _by_sql,
}


@pytest.mark.parametrize("how", CHANGES)
def test_a_change_is_seen_at_once(client, news, how):
    assert is_kept(client)
    CHANGES[how](news)
    assert titles(client) == ["Neuf"]


def test_so_are_a_new_row_and_one_that_goes(client, news, yaounde):
    assert is_kept(client)
    other = ActualiteFactory(publiee=True, mairie=yaounde)
    assert len(titles(client)) == 2
    other.delete()
    assert len(titles(client)) == 1


def test_so_is_what_becomes_of_the_mairie(client, news, yaounde):
    assert is_kept(client)
    yaounde.statut = "suspendue"
    yaounde.save()
    assert titles(client) == []


def test_another_table_changes_nothing(client, news, chantal):
    assert is_kept(client)
    chantal.first_name = "Chantal"
    chantal.save()
    assert read(client)[1] == 1


def test_counting_readings_is_no_change(client, news):
    assert is_kept(client)
    hits.record(news, "nombre_vues")
    assert hits.fold() == 1
    assert read(client)[1] == 1


def test_a_page_whose_readings_are_counted_is_made_each_time(client, news):
    assert not is_kept(client, f"{LIST}/{news.pk}")


def test_it_ends_at_the_next_publication(client, news, yaounde, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    ActualiteFactory(
        publiee=True, mairie=yaounde, date_publication=timezone.now() + timedelta(seconds=20)
    )
    assert is_kept(client)
    time_machine.shift(19)
    answer, queries = read(client)
    assert (queries, answer["Age"]) == (1, "19")
    time_machine.shift(2)
    assert read(client)[1] > 1


def test_it_ends_after_a_minute(client, news, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    assert is_kept(client)
    time_machine.shift(61)
    assert read(client)[1] > 1


def test_languages_origins_and_addresses_have_their_own(client, news):
    assert is_kept(client)
    for url, headers in (
        (LIST, {"accept-language": "en"}),
        (LIST, {"origin": "https://ecms.test"}),
        (f"{LIST}?page_size=1", {}),
    ):
        assert read(client, url, **headers)[1] > 1
    english = read(client, **{"accept-language": "en"})[0].json()["results"][0]
    assert english["categorie_display"] != read(client)[0].json()["results"][0]["categorie_display"]


def test_whoever_is_signed_in_neither_fills_nor_gets_it(api, client, awa, yaounde):
    ActualiteFactory(mairie=yaounde, titre="Brouillon", statut="brouillon")
    assert "Brouillon" in [row["titre"] for row in api(awa).get(LIST).json()["results"]]
    assert titles(client) == []
    assert is_kept(client)
    assert "Brouillon" in [row["titre"] for row in api(awa).get(LIST).json()["results"]]


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "head", "options"])
def test_only_reading_is_kept(client, news, method):
    assert is_kept(client)
    answer = getattr(client, method)(LIST)
    assert "Age" not in answer


@pytest.mark.parametrize(
    "url",
    [
        *("/api/v1/mairies", "/api/v1/actualites", "/api/v1/documents-officiels", "/api/v1/faqs"),
        *("/api/v1/pages", "/api/v1/evenements", "/api/v1/projets", "/api/v1/formulaires"),
        *("/api/v1/services", "/api/v1/carte/projets"),
    ],
)
def test_the_public_lists_are_kept(client, news, url):
    assert is_kept(client, url)


@pytest.mark.parametrize(
    "url",
    # The last reads accounts: it is made each time.
    ["/admin/login/", "/health/ready", "/api/v1/xyz", "/api/v1/signalements"],
)
def test_nothing_else_is(client, db, url):
    client.get(url)
    assert not caches["public"]._cache


def test_every_watched_table_is_one_of_ours_and_has_its_trigger(db):
    assert {model._meta.db_table for model in our_models()} >= WATCHED
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = %s", [TRIGGER]
        )
        assert {name for (name,) in cursor.fetchall()} == WATCHED


def test_a_lost_trigger_comes_back_with_migrate(db):
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {TRIGGER} ON documents_faq")
    install()
    test_every_watched_table_is_one_of_ours_and_has_its_trigger(db)


def test_old_lines_are_forgotten(client, news, time_machine):
    assert versions()
    assert forget() == 0
    time_machine.move_to(timezone.now() + KEEP + timedelta(seconds=1))
    assert forget() > 0
    assert versions() == {}
    assert titles(client) == ["Le marché rouvre"]


@pytest.mark.django_db(transaction=True)
def test_a_change_counts_from_its_commit_whoever_makes_it(client, yaounde):
    """Another process writes: before it commits the old answer is right, after it the new one."""
    news = ActualiteFactory(publiee=True, mairie=yaounde, titre="Avant")
    written, go_on = threading.Event(), threading.Event()

    def elsewhere():
        try:
            with transaction.atomic():
                Actualite.objects.filter(pk=news.pk).update(titre="Après")
                written.set()
                assert go_on.wait(10)
        finally:
            connections.close_all()

    assert titles(client) == ["Avant"]
    other = threading.Thread(target=elsewhere)
    other.start()
    assert written.wait(10)
    assert titles(client) == ["Avant"]
    go_on.set()
    other.join()
    assert titles(client) == ["Après"]


@pytest.mark.django_db(transaction=True)
def test_an_answer_made_before_a_change_is_not_kept_after_it(client, yaounde, monkeypatch):
    """The change is committed while the answer is on its way: the next reader gets a new one."""
    news = ActualiteFactory(publiee=True, mairie=yaounde, titre="Avant")
    made = PublicCacheMiddleware._kept

    def late(self, *args):
        Actualite.objects.filter(pk=news.pk).update(titre="Après")
        monkeypatch.undo()
        return made(self, *args)

    monkeypatch.setattr(PublicCacheMiddleware, "_kept", late)
    assert titles(client) == ["Avant"]
    assert titles(client) == ["Après"]
