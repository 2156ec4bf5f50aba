"""Health: `live` says that the process answers, `ready` that it can serve."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from django_q.models import OrmQ, Schedule

from ecms.tests.test_errors import nothing_listening


@pytest.fixture(autouse=True)
def _punctual(request):
    """No job of the clock is due, however old the database of the tests is."""
    if "db" in request.fixturenames:
        request.getfixturevalue("db")
        Schedule.objects.update(next_run=timezone.now())


@pytest.mark.parametrize("address", ["/health/live", "/health/ready"])
def test_it_works(address, db):
    answer = Client().get(address)
    assert answer.status_code == 200
    assert answer.json()["status"] == "ok"
    assert "no-store" in answer.headers["Cache-Control"]
    assert Client().head(address).status_code == 200
    assert Client().post(address).status_code == 405


def test_without_a_database_it_lives_and_is_not_ready(db):
    with nothing_listening():
        assert Client().get("/health/live").status_code == 200
        answer = Client().get("/health/ready")
    assert answer.status_code == 503
    assert answer.json() == {"status": "unavailable", "database": "down"}
    assert int(answer.headers["Retry-After"]) > 0


def test_with_migrations_to_apply_it_is_not_ready(db):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'projets'")
    answer = Client().get("/health/ready")
    assert answer.status_code == 503
    assert answer.json()["migrations"] == "pending"


def test_late_tasks_are_told_and_cost_nothing(db):
    waiting = OrmQ.objects.create(key="ecms", payload="", lock=timezone.now())
    assert Client().get("/health/ready").json()["tasks"] == "ok"
    OrmQ.objects.filter(pk=waiting.pk).update(lock=timezone.now() - timedelta(minutes=6))
    answer = Client().get("/health/ready")
    assert answer.status_code == 200
    assert answer.json()["status"] == "degraded"
    assert answer.json()["tasks"] == "late"


def test_a_clock_that_stopped_is_told_though_the_queue_is_empty(db):
    assert not OrmQ.objects.exists()
    Schedule.objects.filter(func="users.tasks.purge").update(
        next_run=timezone.now() - timedelta(minutes=6)
    )
    answer = Client().get("/health/ready")
    assert answer.status_code == 200
    assert answer.json()["tasks"] == "late"
