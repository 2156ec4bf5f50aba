"""Readings are counted without losing one, and without anybody waiting for them."""

import threading

import pytest
from django.db import connection, transaction

from documents.models import Actualite
from documents.tests.factories import ActualiteFactory
from ecms import hits
from ecms.models import PendingHit
from ecms.tests.together import together

FIELD = "nombre_vues"


def views_of(row) -> int:
    return hits.with_pending(Actualite.objects.filter(pk=row.pk), FIELD, alias="vues").get().vues


def test_it_works(db):
    row, other = ActualiteFactory(nombre_vues=5), ActualiteFactory()
    for _ in range(3):
        hits.record(row, FIELD)
    hits.record(other, FIELD)
    assert views_of(row) == 8
    assert hits.fold() == 4
    assert PendingHit.objects.count() == 0
    row.refresh_from_db()
    assert row.nombre_vues == views_of(row) == 8
    assert views_of(other) == 1
    assert hits.fold() == 0


def test_a_reading_is_no_modification(db):
    row = ActualiteFactory()
    hits.record(row, FIELD)
    hits.fold()
    assert Actualite.objects.get().date_modification == row.date_modification


def test_the_reading_of_a_deleted_row_is_forgotten(db):
    row = ActualiteFactory()
    hits.record(row, FIELD)
    row.delete()
    assert hits.fold() == 1
    assert PendingHit.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_readings_at_once_lose_nothing():
    row = ActualiteFactory()

    def read():
        for _ in range(10):
            hits.record(row, FIELD)

    together(*[read] * 8)
    hits.fold()
    row.refresh_from_db()
    assert row.nombre_vues == 80


@pytest.mark.django_db(transaction=True)
def test_folding_twice_at_once_while_people_read_counts_each_once():
    row, other = ActualiteFactory(), ActualiteFactory()
    for _ in range(50):
        hits.record(row, FIELD)
        hits.record(other, FIELD)

    def read():
        for _ in range(10):
            hits.record(row, FIELD)

    together(hits.fold, hits.fold, read, hits.fold, read)
    assert views_of(row) == 70
    hits.fold()
    assert Actualite.objects.get(pk=row.pk).nombre_vues == 70
    assert Actualite.objects.get(pk=other.pk).nombre_vues == 50


@pytest.mark.django_db(transaction=True)
def test_an_agent_who_holds_the_row_blocks_no_reader(api, yaounde):
    row = ActualiteFactory(mairie=yaounde, publiee=True)
    held, done = threading.Event(), threading.Event()

    def edit():
        with transaction.atomic():
            Actualite.objects.select_for_update().get(pk=row.pk)
            held.set()
            assert done.wait(timeout=10)

    def read():
        assert held.wait(timeout=10)
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '500ms'")
        try:
            return api().get(f"/api/v1/actualites/{row.pk}").status_code
        finally:
            done.set()

    assert together(edit, read)[1] == 200
    assert views_of(row) == 1


@pytest.mark.django_db(transaction=True)
def test_folding_that_fails_loses_nothing():
    row = ActualiteFactory(nombre_vues=2**31 - 1)
    hits.record(row, FIELD)
    with pytest.raises(Exception, match="out of range"):
        hits.fold()
    assert PendingHit.objects.count() == 1
