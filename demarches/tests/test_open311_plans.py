"""Open311 stays cheap when there is much to tell."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from demarches.models import Signalement
from demarches.tests.open311 import numbers
from documents.tests.test_plans import plan_of
from mairies.tests.factories import MairieFactory

ROWS = 4000


@pytest.fixture
def many(db):
    mairies = MairieFactory.create_batch(20)
    Signalement.objects.bulk_create(
        Signalement(
            mairie=mairies[n % len(mairies)],
            categorie="voirie" if n % 3 else "eau",
            titre=f"Trou {n}",
            description="Un trou. " * 50,
            repere="Face à l'école",
            numero_suivi=f"S-2026-{n:04d}",
            code_suivi=f"SECRET{n}",
        )
        for n in range(ROWS)
    )
    start = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE demarches_signalement"
            " SET date_creation = %s - id %% 4000 * interval '1 hour'", [start],
        )  # fmt: skip
        for table in ("demarches_signalement", "mairies_mairie", "demarches_suivi"):
            cursor.execute(f"ANALYZE {table}")
    return mairies


def page_plan(**asked) -> str:
    with CaptureQueriesContext(connection) as queries:
        assert numbers({"page_size": 20, **asked})
    (page,) = [q["sql"] for q in queries if 'AS "derniere_parole"' in q["sql"]]
    return plan_of(page)


def test_the_country(many):
    plan = page_plan()
    assert "demarches_signalement_pays" in plan
    assert "Seq Scan on demarches_signalement" not in plan


def test_a_mairie(many):
    plan = page_plan(jurisdiction_id=many[3].slug)
    assert "demarches_signalement_mairie" in plan
    assert "Seq Scan on demarches_signalement" not in plan


def test_a_day_long_ago(many):
    day = timezone.now() - timedelta(days=100)
    plan = page_plan(start_date=day.isoformat(), end_date=(day + timedelta(days=1)).isoformat())
    # By the date, with the state or without.
    assert "demarches_signalement_pays" in plan or "demarches_signalement_etat" in plan
    assert "Seq Scan on demarches_signalement" not in plan


def test_some_numbers(many):
    plan = page_plan(service_request_id="S-2026-0012,S-2026-0400,S-2026-3999")
    assert "numero_suivi" in plan
    assert "Seq Scan on demarches_signalement" not in plan
