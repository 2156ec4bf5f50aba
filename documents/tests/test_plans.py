"""The public lists stay cheap when there is much to list."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from documents.models import Actualite
from documents.workflow import Statut
from mairies.tests.factories import MairieFactory

pytestmark = pytest.mark.django_db

ROWS = 4000
# Two indexes begin with the date of what is published.
BY_DATE = re.compile(r"Scan (Backward )?using documents_actualite_(pays|parues)")


@pytest.fixture
def many(db):
    mairies = MairieFactory.create_batch(20)
    start = timezone.now()
    Actualite.objects.bulk_create(
        Actualite(
            mairie=mairies[n % len(mairies)],
            titre=f"Actualité {n}",
            slug=f"actualite-{n}",
            contenu="<p>Le marché.</p>" * 20,
            statut=Statut.PUBLIEE if n % 4 else Statut.BROUILLON,
            date_publication=start - timedelta(minutes=n),
            epinglee=n % 100 == 1,
        )
        for n in range(ROWS)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE documents_actualite")
        cursor.execute("ANALYZE mairies_mairie")
    return mairies


def page_plan(client, **asked) -> str:
    """How PostgreSQL finds the rows of a page."""
    with CaptureQueriesContext(connection) as queries:
        assert len(client.get("/api/v1/actualites", asked).json()["results"]) == 20
    asked_for = [q["sql"] for q in queries if 'FROM "documents_actualite"' in q["sql"]]
    (page,) = [sql for sql in asked_for if sql.endswith(("LIMIT 21", "LIMIT 21 OFFSET 0"))]
    return plan_of(page)


def plan_of(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}")
        return "\n".join(row[0] for row in cursor.fetchall())


def test_the_countrys_news(api, many):
    plan = page_plan(api())
    assert BY_DATE.search(plan)
    # Those of one moment may still have to be put in order.
    assert "Sort" not in plan.replace("Incremental Sort", "").replace("Sort Key", "")


def test_a_mairies_news(api, many):
    plan = page_plan(api(), mairie=many[3].slug)
    assert "documents_actualite_commune" in plan
    assert "Sort" not in plan


def test_the_next_change(many):
    with CaptureQueriesContext(connection) as queries:
        Actualite.objects.next_change()
    plan = plan_of(queries[0]["sql"])
    assert BY_DATE.search(plan)
    assert "documents_actualite_expire" in plan
    assert "Seq Scan" not in plan
