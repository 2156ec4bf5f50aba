from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from ecms import limits
from ecms.exceptions import TooManyAttempts
from ecms.models import LimitCounter
from ecms.tests.together import together


@pytest.fixture(autouse=True)
def rates(settings):
    settings.RATES = {"essai": (3, 900), "ferme": (0, 900), "autre": (3, 900)}


def tries(number, *parts, name="essai") -> int:
    """How many of `number` tries are let through."""
    return sum(_passes(name, *parts) for _ in range(number))


def _passes(name, *parts) -> bool:
    try:
        limits.count(name, *parts)
    except TooManyAttempts:
        return False
    return True


def is_over():
    LimitCounter.objects.update(expires_at=timezone.now() - timedelta(hours=1))


def test_it_works(db):
    assert tries(5, "10.0.0.1") == 3


def test_it_says_when_it_opens_again(db):
    tries(3, "10.0.0.1")
    with pytest.raises(TooManyAttempts) as refusal:
        limits.count("essai", "10.0.0.1")
    assert 890 < refusal.value.retry_after <= 901


def test_each_key_has_its_own(db):
    assert tries(4, "10.0.0.1") == 3
    assert tries(4, "10.0.0.2") == 3
    assert tries(4, "10.0.0.1", "chantal") == 3
    assert tries(4, "10.0.0.1", name="autre") == 3


def test_the_parts_of_a_key_are_not_run_together(db):
    assert tries(3, "ab", "c") == 3
    assert tries(3, "a", "bc") == 3


def test_a_window_opens_anew(db):
    tries(3, "a")
    is_over()
    assert tries(4, "a") == 3


def test_a_refused_try_does_not_prolong_the_window(db):
    tries(3, "a")
    until = LimitCounter.objects.get().expires_at
    tries(5, "a")
    counter = LimitCounter.objects.get()
    assert (counter.count, counter.expires_at) == (3, until)


def test_what_was_free_is_given_back(db):
    for _ in range(9):
        limits.count("essai", "a").free()
    assert tries(4, "a") == 3


@pytest.mark.django_db(transaction=True)
def test_what_is_given_back_late_is_not_taken_from_the_next_window():
    old = limits.count("essai", "a")
    is_over()
    tries(2, "a")
    old.free()
    assert LimitCounter.objects.get().count == 2


def test_a_rate_of_zero_closes(db):
    assert tries(2, "a", name="ferme") == 0
    assert not limits.allowed("ferme", "a")


def test_the_same_part_counts_once(db):
    for part in ("x", "y", "x", "z", "y", "x"):
        limits.count_distinct("essai", "10.0.0.1", part)
    with pytest.raises(TooManyAttempts):
        limits.count_distinct("essai", "10.0.0.1", "w")
    limits.count_distinct("essai", "10.0.0.1", "x")


def test_the_same_part_comes_twenty_times_and_no_more(db):
    for _ in range(limits.MAX_REPEATS):
        limits.count_distinct("essai", "10.0.0.1", "x")
    with pytest.raises(TooManyAttempts):
        limits.count_distinct("essai", "10.0.0.1", "x")
    limits.count_distinct("essai", "10.0.0.1", "y")


def test_a_refused_part_is_counted_in_the_next_window(db):
    tries(3, "10.0.0.1")
    for _ in range(2):
        with pytest.raises(TooManyAttempts):
            limits.count_distinct("essai", "10.0.0.1", "x")


def test_asking_without_raising(db):
    assert [limits.allowed("essai", "a") for _ in range(4)] == [True] * 3 + [False]


def test_what_is_over_is_purged(db):
    tries(1, "a")
    is_over()
    tries(1, "b")
    assert limits.purge() == 1
    assert LimitCounter.objects.count() == 1


def test_keys_are_not_readable(db):
    tries(1, "chantal@exemple.cm")
    assert len(LimitCounter.objects.get().key) == 64


def test_it_writes_one_statement(db, django_assert_num_queries):
    with django_assert_num_queries(4) as queries:
        limits.count("essai", "a")
    assert [q["sql"].split()[0] for q in queries if "SAVEPOINT" not in q["sql"]] == [
        "SELECT",
        "INSERT",
    ]


def test_a_full_window_is_told_without_a_write(db, django_assert_num_queries):
    for _ in range(3):
        limits.count("essai", "a")
    with django_assert_num_queries(2) as queries, pytest.raises(TooManyAttempts):
        limits.count("essai", "a")
    assert all(query["sql"].startswith("SELECT") for query in queries)


@pytest.mark.django_db(transaction=True)
def test_forty_at_once_are_three():
    passed = together(*[lambda: _passes("essai", "10.0.0.1")] * 40)
    assert sum(passed) == 3
    assert LimitCounter.objects.get().count == 3


@pytest.mark.django_db(transaction=True)
def test_a_refused_request_leaves_its_count_behind():
    """It commits by itself, and says so to whoever would put it in a transaction."""
    with pytest.raises(RuntimeError), transaction.atomic():
        limits.count("essai", "a")
    limits.count("essai", "a")
    connection.close()
    assert LimitCounter.objects.get().count == 1
