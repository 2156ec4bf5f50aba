"""One town, written once for all and committed nowhere: each request of the contract is undone."""

from contextlib import contextmanager

import pytest
from django.conf import settings as current
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection, transaction
from django.test import override_settings
from django.test.utils import setup_databases, teardown_databases

from contract.town import Town
from ecms.management.demo.chargement import charger_demo


@pytest.fixture(autouse=True)
def _fast_and_isolated(settings):
    """Nothing is changed for each test: the town's files stay where they are."""


@pytest.fixture(scope="session")
def database(django_db_modify_db_settings, django_db_keepdb, django_db_blocker):
    """The test database, without a transaction around each test: the town has its own."""
    with django_db_blocker.unblock():
        created = setup_databases(verbosity=0, interactive=False, keepdb=django_db_keepdb)
        yield
        teardown_databases(created, verbosity=0, keepdb=django_db_keepdb)


@pytest.fixture(scope="session")
def town(database, django_db_blocker, tmp_path_factory):
    """The demonstration, in a transaction that is rolled back at the end of the run."""
    files = tmp_path_factory.mktemp("files")
    changed = override_settings(
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        MEDIA_ROOT=files / "media",
        PRIVATE_ROOT=files / "private",
        SECURE_SSL_REDIRECT=False,
        PUBLIC_CACHE="",
        WHITENOISE_USE_FINDERS=False,
        SECOND_FACTOR_REQUIRED="national",
        ALLOWED_HOSTS=[*current.ALLOWED_HOSTS, "localhost"],
        # As at the beginning of the run: a token outlives it.
        ACCESS_TOKEN_LIFETIME=current.SESSION_MAX_LIFETIME,
    )
    with django_db_blocker.unblock(), changed:
        with _one_connection(), transaction.atomic():
            _wait_for_ever()
            charger_demo(forcer=True)
            _analyse()
            yield Town()
            transaction.set_rollback(True)
        connection.close()


@contextmanager
def _one_connection():
    """As Django's test client does: the end of a request closes none."""
    ends = (request_started, request_finished)
    for end in ends:
        end.disconnect(close_old_connections)
    yield
    for end in ends:
        end.connect(close_old_connections)


def _wait_for_ever() -> None:
    """The transaction of the town waits for whoever makes the next request up."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")


def _analyse() -> None:
    """What nobody commits, no other process ever counts for the planner."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
