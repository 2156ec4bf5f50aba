"""The data sets: a database per scale, loaded by the first run and kept for the next."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection

from mairies.models import Mairie
from users.models import ProfilAgentCommunal, Utilisateur
from users.services import sessions

STANDARD = "standard"
SCALE = os.environ.get("BENCH_SCALE", STANDARD)
# Whose news and whose agents are asked for.
MAIRIE = "charge-000001"
GROUP = "Administration de la mairie"
PASSWORD = "Mesure-de-connexion-7"  # noqa: S105 of accounts that exist in these databases alone
KEPT = "{base}_{scale}"


@dataclass(frozen=True)
class Dataset:
    """A loaded database: `name` is what `DB_NAME` says to those who serve it."""

    name: str
    scale: str


@contextmanager
def loaded(scale: str = SCALE) -> Iterator[Dataset]:
    """The database of `scale` (a factor, `standard` or `national`), where this process reads it."""
    before = connection.settings_dict["NAME"]
    dataset = Dataset(KEPT.format(base=before, scale=scale.replace(".", "_")), scale)
    _create(dataset.name)
    _turn_to(dataset.name)
    try:
        call_command("migrate", verbosity=0)
        if not _is_loaded(scale):
            print(f"Loading {dataset.name}…", flush=True)
            call_command("seed_load", scale=_factor(scale), verbosity=0)
            _note_loaded(scale)
        _vacuum()
        yield dataset
    finally:
        _turn_to(before)


def forget() -> None:
    """Drop what was kept."""
    base = connection.settings_dict["NAME"]
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{base}\\_%"])
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP DATABASE {connection.ops.quote_name(name)}")
            print(f"{name} is gone.")


def token(username: str, *, national: bool = False) -> str:
    """An access token of a new session: of an agent of `MAIRIE`, or of a national administrator."""
    account = _account(username, is_staff=True, is_superuser=national)
    if not national:
        account.role_user = Utilisateur.Role.AGENT
        account.save()
        mairie = Mairie.objects.get(slug=MAIRIE)
        ProfilAgentCommunal.objects.get_or_create(utilisateur=account, defaults={"mairie": mairie})
        account.groups.set([Group.objects.get(name=GROUP)])
    session = sessions.open_session(account, user_agent="benchmarks")
    return sessions.tokens_of(session)["access"]


def citizens(count: int) -> list[str]:
    """The usernames of accounts that sign in with `PASSWORD`, as they are hashed in production."""
    return [_account(f"mesure-{n:03}").username for n in range(count)]


def _account(username: str, **fields) -> Utilisateur:
    account, created = Utilisateur.objects.get_or_create(
        username=username,
        defaults={
            "email": f"{username}@mesure.example",
            "is_verified": True,
            "email_verifie": True,
            **fields,
        },
    )
    if created:
        account.set_password(PASSWORD)
        account.save()
    return account


def _factor(scale: str) -> float | str:
    if scale == STANDARD:
        return 1.0
    return float(scale) if scale[0].isdigit() else scale


def _create(name: str) -> None:
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if cursor.fetchone() is None:
            cursor.execute(f"CREATE DATABASE {connection.ops.quote_name(name)}")


def _turn_to(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name


def _is_loaded(scale: str) -> bool:
    """Counting what is missing reads every name of the load: it is noted on the database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database "
            "WHERE datname = current_database()"
        )
        return cursor.fetchone()[0] == scale


def _note_loaded(scale: str) -> None:
    with connection.cursor() as cursor:
        name = connection.ops.quote_name(connection.settings_dict["NAME"])
        cursor.execute(f"COMMENT ON DATABASE {name} IS %s", [scale])


def _vacuum() -> None:
    """What autovacuum would have done by the time that anybody reads: indexes answer alone, and
    the planner knows the tables."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("VACUUM (ANALYZE)")
        cursor.execute("RESET statement_timeout")
