"""What a person takes along beyond the rows that they own: each app declares its own."""

from collections.abc import Callable, Iterable

from django.db import models

Rows = Callable[[models.Model], Iterable[dict]]
_held: dict[str, Rows] = {}


def also(name: str) -> Callable[[Rows], Rows]:
    """Register, under the name that the export gives them, the rows that `function(account)`
    returns as plain dicts: of each only what the account itself may read."""

    def register(function: Rows) -> Rows:
        _held[name] = function
        return function

    return register


def held_for(account: models.Model) -> dict[str, list[dict]]:
    """All that was registered, for one account."""
    return {name: list(rows(account)) for name, rows in sorted(_held.items())}
