"""What a process remembers: no longer than the tables are as they were, and never without end."""

import time
from threading import Thread

from ecms import remembered
from ecms.remembered import SECONDS, Remembered
from ecms.versions import KEEP

FAQ, NEWS = "documents_faq", "documents_actualite"


def test_it_is_found_until_a_table_changes():
    kept, now = Remembered(size=3), {FAQ: (1, 5)}
    kept.keep("k", "v", {FAQ, NEWS}, now)
    assert kept.find("k", now) == "v"
    assert kept.find("k", {**now, "projets_projet": (1, 9)}) == "v"
    for later in ({}, {FAQ: (2, 11)}, {**now, NEWS: (1, 6)}):
        assert kept.find("k", later) is None


def test_nothing_is_kept_of_a_table_that_nobody_watches():
    kept = Remembered(size=3)
    kept.keep("k", "v", {FAQ, "users_utilisateur"}, {})
    assert kept.find("k", {}) is None


def test_it_is_bounded():
    kept = Remembered(size=3)
    for n in range(10):
        kept.keep(n, n, (), {})
    assert [n for n in range(10) if kept.find(n, {}) is not None] == [7, 8, 9]


def test_it_ends_long_before_versions_could_come_back(monkeypatch):
    kept = Remembered(size=3)
    kept.keep("k", "v", (), {})
    assert KEEP.total_seconds() > 2 * SECONDS
    later = time.monotonic() + SECONDS + 1
    monkeypatch.setattr(remembered.time, "monotonic", lambda: later)
    assert kept.find("k", {}) is None


def test_all_is_forgotten_at_once():
    kept = Remembered(size=3)
    kept.keep("k", "v", (), {})
    remembered.forget()
    assert kept.find("k", {}) is None


def test_threads_may_ask_at_once():
    kept, faults = Remembered(size=5), []

    def ask(start):
        try:
            for n in range(3000):
                key = (start + n) % 9
                kept.keep(key, key, (), {})
                assert kept.find(key, {}) in {key, None}
        except (KeyError, AssertionError, RuntimeError) as fault:
            faults.append(fault)

    threads = [Thread(target=ask, args=[n]) for n in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert not faults
