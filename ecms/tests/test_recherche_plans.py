"""A search stays cheap when there is much to search."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from demarches.models import Formulaire
from documents.models import FAQ, Actualite, DocumentOfficiel, PageCMS
from documents.workflow import Statut
from ecms.recherche import declared
from evenements.models import Evenement
from evenements.workflow import StatutEvenement
from mairies.tests.factories import MairieFactory
from projets.models import Projet

ROWS = 3000
URL = "/api/v1/recherche"

pytestmark = pytest.mark.django_db


def rows_of_each_model(n, mairie, now):
    """The row `n` of each model; one in three hundred tells of Mokolo."""
    titre = f"Marché de Mokolo {n}" if n % 300 == 0 else f"Avis numero {n}"
    text, slug = "<p>La commune informe la population.</p>" * 5, f"avis-{n}"
    past = now - timedelta(hours=n)
    return [
        Actualite(
            mairie=mairie, titre=titre, slug=slug, contenu=text, statut=Statut.PUBLIEE,
            date_publication=past,
        ),
        DocumentOfficiel(
            mairie=mairie, titre=titre, annee=2026, est_public=True, date_publication=past,
            description=text,
        ),
        PageCMS(mairie=mairie, titre=titre, slug=slug, contenu=text, statut=Statut.PUBLIEE),
        FAQ(mairie=mairie, question=titre, reponse=text),
        Evenement(
            mairie=mairie, titre=titre, slug=slug, debut=past, fin=now + timedelta(1),
            statut=StatutEvenement.PUBLIE,
        ),
        Formulaire(mairie=mairie, nom=titre, slug=slug, description=text),
        Projet(mairie=mairie, titre=titre, slug=slug, description=text, est_public=True),
    ]  # fmt: skip


@pytest.fixture
def many(db):
    mairies = MairieFactory.create_batch(20)
    now = timezone.now()
    batches = zip(*(rows_of_each_model(n, mairies[n % 20], now) for n in range(ROWS)), strict=True)
    with connection.cursor() as cursor:
        for rows in batches:
            type(rows[0]).objects.bulk_create(rows)
            cursor.execute(f"ANALYZE {rows[0]._meta.db_table}")
        cursor.execute("ANALYZE mairies_mairie")
        # What autovacuum does: rows just written wait beside the index.
        for name in gin_indexes():
            cursor.execute("SELECT gin_clean_pending_list(%s)", [name])
    return mairies


def plans(client, **asked):
    """How PostgreSQL counts and finds the rows of all types."""
    with CaptureQueriesContext(connection) as queries:
        body = client.get(URL, asked).json()
        assert body["count"]
    unions = [q["sql"] for q in queries if "UNION ALL" in q["sql"] and "recherche" in q["sql"]]
    assert len(unions) == 2
    with connection.cursor() as cursor:
        for sql in unions:
            cursor.execute(f"EXPLAIN {sql}")
            yield "\n".join(row[0] for row in cursor.fetchall())


def gin_indexes():
    for searchable in declared():
        (name,) = (i.name for i in searchable.model._meta.indexes if i.fields == ["recherche"])
        yield name


def test_the_indexes_of_the_text_are_used(api, many):
    for asked in ({"q": "mokolo"}, {"q": '"marche de mokolo" -gratuit'}):
        for plan in plans(api(), **asked):
            for name in gin_indexes():
                assert f"Bitmap Index Scan on {name}" in plan, plan


def test_of_a_mairie_no_table_is_read_through(api, many):
    for plan in plans(api(), q="mokolo", mairie=many[0].slug):
        for searchable in declared():
            assert f"Seq Scan on {searchable.model._meta.db_table}" not in plan


def test_the_number_of_queries_does_not_grow(api, many):
    with CaptureQueriesContext(connection) as queries:
        assert len(api().get(URL, {"q": "mokolo", "page_size": 50}).json()["results"]) == 50
    assert len(queries) <= 14
