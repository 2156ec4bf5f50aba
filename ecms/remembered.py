"""What a process remembers for as long as the tables that it came from do not change."""

import time
from collections.abc import Iterable
from threading import Lock
from weakref import WeakSet

from cachetools import LRUCache

from ecms.versions import KEEP, WATCHED

# Versions are told apart for KEEP: nothing is remembered nearly as long.
SECONDS = KEEP.total_seconds() / 5

_all: WeakSet["Remembered"] = WeakSet()


def forget() -> None:
    """All that this process remembers."""
    for each in _all:
        each.clear()


class Remembered:
    """The latest `size` values, each for a key; several threads may ask at once."""

    def __init__(self, size: int):
        self._values: LRUCache = LRUCache(size)
        self._lock = Lock()
        _all.add(self)

    def find(self, key, now: dict):
        """What `keep` was given for `key`, None if a table changed since or it is too old; `now`
        are the versions of `ecms.versions`."""
        with self._lock:
            found = self._values.get(key)
        if found is None:
            return None
        value, versions, until = found
        if time.monotonic() > until or any(now.get(name) != was for name, was in versions.items()):
            return None
        return value

    def clear(self) -> None:
        with self._lock:
            self._values.clear()

    def keep(self, key, value, tables: Iterable[str], now: dict) -> None:
        """`now` was read before `value` was. Nothing is kept of a table that is not watched."""
        versions = {table: now.get(table) for table in tables}
        if versions.keys() <= WATCHED:
            with self._lock:
                self._values[key] = (value, versions, time.monotonic() + SECONDS)
