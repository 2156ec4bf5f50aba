"""What a person takes along beyond the rows that their account owns: each app declares its own."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.core.files.storage import Storage
from django.db import models
from django.db.models import Q
from phonenumber_field.phonenumber import PhoneNumber

# What opens something, and columns that only serve to find rows.
SECRET_FIELDS = {"password", "code_otp", "code", "code_suivi", "jeton", "recherche"}
# Who works on a file, how urgent it is and who put a paper in is the mairie's own affair.
INTERNAL_FIELDS = {"agent_traitant", "priorite", "depose_par", "auteur"}


@dataclass(frozen=True)
class Person:
    """Who asks: an account, an address that is known to be theirs, or both."""

    account: models.Model | None = None
    address: str = ""

    def owns(self, owner: str, address: str) -> Q:
        """The rows that name the account in `owner`, and those of no account that have the
        address."""
        theirs = Q(**{owner: self.account.pk}) if self.account else Q(pk__in=[])
        return theirs | self.left(owner, address)

    def left(self, owner: str, address: str) -> Q:
        """Those of no account alone: what was filed without one, under the address."""
        if not self.address:
            return Q(pk__in=[])
        return Q(**{f"{owner}__isnull": True, f"{address}__iexact": self.address})


Rows = Callable[[Person], Iterable[dict]]
# Where in the archive, and where it is stored.
Files = Callable[[Person], Iterable[tuple[str, Storage, str]]]
_held: dict[str, Rows] = {}
_files: list[Files] = []


def also(name: str) -> Callable[[Rows], Rows]:
    """Register, under the name that the export gives them, the rows that `function(person)`
    returns as plain dicts: of each only what that person may read."""

    def register(function: Rows) -> Rows:
        _held[name] = function
        return function

    return register


def with_files(function: Files) -> Files:
    """Register which files go with them."""
    _files.append(function)
    return function


def held_for(person: Person) -> dict[str, list[dict]]:
    """All that was registered, for one person."""
    return {name: list(rows(person)) for name, rows in sorted(_held.items())}


def files_of(person: Person) -> Iterable[tuple[str, Storage, str]]:
    for function in _files:
        yield from function(person)


def plain(rows: models.QuerySet) -> list[dict]:
    """Rows as an export shows them: every column but those that are secret or internal."""
    kept_back = SECRET_FIELDS | INTERNAL_FIELDS
    names = [f.attname for f in rows.model._meta.concrete_fields if f.name not in kept_back]
    return [
        {name: str(v) if isinstance(v, PhoneNumber) else v for name, v in row.items()}
        for row in rows.order_by("pk").values(*names)
    ]
