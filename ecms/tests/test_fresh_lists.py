"""The lists that everybody reads are never old ones, and never another's."""

import time
from datetime import timedelta

import psycopg2
import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.utils import timezone

from demarches.tests.factories import DemarcheAdministrativeFactory
from documents.models import Actualite, DocumentOfficiel
from documents.tests.factories import ActualiteFactory, DocumentOfficielFactory
from ecms.tests.lasting import NEWS, by_hand, read, titles, touch
from ecms.tests.test_errors import nothing_listening
from ecms.tests.together import together
from users.models import ProfilAgentCommunal, Utilisateur
from users.tests.factories import agent_of

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


@pytest.mark.parametrize("who", ["visitor", "awa", "nadege"])
def test_what_another_process_wrote_is_there_at_once(who, api, request, yaounde):
    ActualiteFactory(mairie=yaounde, publiee=True, titre="Ancien")
    client = api(None if who == "visitor" else request.getfixturevalue(who))
    for number in range(4):
        by_hand("UPDATE documents_actualite SET titre = %s", f"Neuf {number}")
        assert titles(client) == titles(client) == [f"Neuf {number}"]
    by_hand("UPDATE mairies_mairie SET nom = 'Autre'")
    assert read(client)[0].json()["results"][0]["mairie_nom"] == "Autre"
    by_hand("UPDATE mairies_mairie SET statut = 'suspendue'")
    assert len(titles(client)) == (who == "nadege")


def test_a_row_that_is_written_late_in_its_transaction(visitor, yaounde):
    known = connection.get_connection_params()
    named = ("dbname", "user", "password", "host", "port")
    row = ActualiteFactory(mairie=yaounde, publiee=True, titre="Ancien")
    other = psycopg2.connect(**{name: known[name] for name in named if name in known})
    with other.cursor() as cursor:
        cursor.execute("UPDATE documents_actualite SET titre = 'Tard' WHERE id = %s", [row.pk])
        assert titles(visitor) == ["Ancien"]
        ActualiteFactory(mairie=yaounde, publiee=True, titre="Autre")
        assert set(titles(visitor)) == {"Ancien", "Autre"}
        other.commit()
    assert set(titles(visitor)) == {"Tard", "Autre"}
    other.close()


def test_what_the_clock_shows_and_takes_away(visitor, api, chantal, yaounde):
    ActualiteFactory(mairie=yaounde, publiee=True, titre="Toujours")
    now, readers = timezone.now(), [visitor, api(chantal)]
    soon = ActualiteFactory(mairie=yaounde, publiee=True, titre="Bientôt")
    past = ActualiteFactory(mairie=yaounde, publiee=True, titre="Fini")
    Actualite.objects.filter(pk=soon.pk).update(date_publication=now + timedelta(seconds=2))
    Actualite.objects.filter(pk=past.pk).update(date_expiration=now + timedelta(seconds=2))
    while timezone.now() < now + timedelta(seconds=1.6):
        for client in readers:
            answer = read(client)[0]
            assert {row["titre"] for row in answer.json()["results"]} == {"Toujours", "Fini"}
            assert answer.json()["count"] == 2
    time.sleep(max(0, (now + timedelta(seconds=2.05) - timezone.now()).total_seconds()))
    for client in readers:
        for _again in range(2):
            answer = read(client)[0]
            assert {row["titre"] for row in answer.json()["results"]} == {"Toujours", "Bientôt"}
            assert answer.json()["count"] == 2


def test_a_name_that_passes_to_another_mairie(visitor, yaounde, douala):
    ActualiteFactory(mairie=yaounde, publiee=True, titre="De Yaoundé")
    ActualiteFactory(mairie=douala, publiee=True, titre="De Douala")
    asked = {"mairie": "yaounde"}
    assert titles(visitor, data=asked) == titles(visitor, data=asked) == ["De Yaoundé"]
    by_hand("UPDATE mairies_mairie SET slug = 'ancien' WHERE id = %s", yaounde.pk)
    assert read(visitor, data=asked)[0].status_code == 400
    by_hand("UPDATE mairies_mairie SET slug = 'yaounde' WHERE id = %s", douala.pk)
    assert titles(visitor, data=asked) == ["De Douala"]


def test_reach_follows_the_rights_of_the_moment(api, awa, nadege, yaounde, douala):
    for mairie in (yaounde, douala):
        ActualiteFactory(mairie=mairie, titre=f"Brouillon {mairie.slug}")
        DemarcheAdministrativeFactory(mairie=mairie)
    agent, national = api(awa), api(nadege)

    def seen(client):
        dossiers = read(client, "/api/v1/demarches")[0].json()["results"]
        return sorted(titles(client)), sorted(row["mairie"] for row in dossiers)

    both = (["Brouillon douala", "Brouillon yaounde"], ["douala", "yaounde"])
    assert seen(agent) == (["Brouillon yaounde"], ["yaounde"])
    assert seen(national) == both
    Utilisateur.objects.filter(pk=nadege.pk).update(is_superuser=False)
    assert seen(national) == ([], [])
    ProfilAgentCommunal.objects.filter(utilisateur=awa).update(mairie=douala)
    assert seen(agent) == (["Brouillon douala"], ["douala"])
    awa.groups.clear()
    assert seen(agent) == (["Brouillon douala"], [])
    by_hand("UPDATE mairies_mairie SET statut = 'suspendue' WHERE id = %s", douala.pk)
    assert seen(agent) == ([], [])
    Utilisateur.objects.filter(pk=awa.pk).update(is_staff=False)
    assert seen(agent) == ([], [])
    Utilisateur.objects.filter(pk=nadege.pk).update(is_superuser=True)
    assert seen(national) == both


def test_nobody_reads_by_what_another_remembered(api, awa, brice, chantal, nadege, yaounde, douala):
    for mairie, owner in ((yaounde, chantal), (douala, None)):
        DemarcheAdministrativeFactory(mairie=mairie, demandeur=owner)
        ActualiteFactory(mairie=mairie, titre=mairie.slug)
    second = agent_of(yaounde, username="seconde")
    readers = {awa: 1, brice: 1, chantal: 1, nadege: 2, second: 1}
    for _again in range(2):
        for user, rows in readers.items():
            client = api(user)
            found = read(client, "/api/v1/demarches")[0].json()
            assert found["count"] == len(found["results"]) == rows
            if user in {awa, second, brice}:
                own = "douala" if user == brice else "yaounde"
                assert {row["mairie"] for row in found["results"]} == {own}
                assert titles(client) == [own]
        assert read(api(), "/api/v1/demarches")[0].status_code == 401
        assert titles(api()) == []


def test_an_agent_who_files_a_dossier_finds_it(api, awa, yaounde, douala):
    agent = api(awa)
    assert read(agent, "/api/v1/demarches")[0].json()["count"] == 0
    DemarcheAdministrativeFactory(mairie=douala, demandeur=awa)
    assert read(agent, "/api/v1/demarches")[0].json()["count"] == 1


def test_writers_and_readers_at_once(yaounde):
    """No reader finds less than what was committed before it asked."""
    row = ActualiteFactory(mairie=yaounde, publiee=True, titre="0")
    written = [0]

    def write():
        for number in range(1, 60):
            by_hand("UPDATE documents_actualite SET titre = %s WHERE id = %s", str(number), row.pk)
            written[0] = number
        return True

    def reads():
        client = Client()
        while written[0] < 59:
            before = written[0]
            (title,) = titles(client)
            assert int(title) >= before
        return True

    assert together(write, reads, reads) == [True] * 3


def test_documents_appear_by_the_clock_too(visitor, yaounde):
    row = DocumentOfficielFactory(mairie=yaounde, publie=True)
    later = timezone.now() + timedelta(seconds=1)
    DocumentOfficiel.objects.filter(pk=row.pk).update(date_publication=later)
    url = "/api/v1/documents-officiels"
    assert read(visitor, url)[0].json()["count"] == 0
    time.sleep(1.1)
    assert read(visitor, url)[0].json()["count"] == 1


def test_without_a_database_it_is_an_outage(yaounde):
    """Said before any view is asked; and nothing that was kept is given as if it were new."""
    ActualiteFactory(mairie=yaounde, publiee=True)
    client, page = Client(raise_request_exception=False), "/flux/yaounde/evenements.ics"
    assert read(client)[0].status_code == 200
    with nothing_listening():
        answer, other = client.get(NEWS), client.get(page)
    assert (answer.status_code, other.status_code) == (503, 503)
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "indisponible"
    assert int(answer["Retry-After"]) == int(other["Retry-After"]) > 0
    assert read(client)[0].status_code == 200


def test_a_connection_that_was_cut_between_two_requests(visitor, yaounde):
    ActualiteFactory(mairie=yaounde, publiee=True)
    before = titles(visitor)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    by_hand("SELECT pg_terminate_backend(%s, 5000)", pid)
    # As at the beginning of a request: a test's client leaves connections alone.
    connection.close_if_unusable_or_obsolete()
    assert titles(visitor) == before
    assert titles(visitor, **{"cache-control": "no-cache"}) == before


def test_a_column_that_changes_under_a_plan(visitor, yaounde):
    ActualiteFactory(mairie=yaounde, publiee=True)
    read(visitor)
    for kind in ("varchar(300)", "text", "varchar(255)"):
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE documents_faq ALTER categorie TYPE {kind}")
        touch("documents_actualite")
        assert len(titles(visitor, **{"cache-control": "no-cache"})) == 1
    with connection.cursor() as cursor:
        cursor.execute("DISCARD ALL")
    touch("documents_actualite")
    assert len(titles(visitor)) == 1


def test_a_page_that_ends_while_it_is_remembered(visitor, yaounde):
    rows = ActualiteFactory.create_batch(3, mairie=yaounde, publiee=True)
    asked = {"page": 2, "page_size": 2}
    assert len(titles(visitor, data=asked)) == 1
    rows[0].delete()
    assert read(visitor, data=asked)[0].status_code == 404
    ActualiteFactory(mairie=yaounde, publiee=True)
    assert len(titles(visitor, data=asked)) == 1
    Actualite.objects.all().delete()
    assert titles(visitor) == []
