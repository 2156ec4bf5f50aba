"""A database of its own for all tests here, and what is served upon it for each: faults/site.py."""

import pytest
from django.core.management import call_command
from django.db import connections

from documents.tests.factories import ActualiteFactory
from ecms.tests.served import Mailbox
from faults.postgres import Postgres
from faults.site import Site
from mairies.tests.factories import MairieFactory
from users.services import sessions
from users.tests.factories import UtilisateurFactory, agent_of


@pytest.fixture(autouse=True)
def _fast_and_isolated(settings, tmp_path):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.PRIVATE_ROOT = tmp_path / "private"


@pytest.fixture(scope="session")
def _server(django_db_blocker):
    server = Postgres()
    try:
        server.start()
        with django_db_blocker.unblock():
            _use(server)
            call_command("migrate", verbosity=0, interactive=False)
            yield server
            connections.close_all()
    finally:
        server.remove()


def _use(server: Postgres) -> None:
    """Make it this process's database: the factories write where the served processes read."""
    connections["default"].close()
    del connections["default"]
    variables = server.environment()
    connections.settings["default"].update(
        ENGINE=variables["DB_ENGINE"],
        NAME=variables["DB_NAME"],
        USER=variables["DB_USER"],
        PASSWORD=variables["DB_PASSWORD"],
        HOST=variables["DB_HOST"],
        PORT=variables["DB_PORT"],
    )


@pytest.fixture
def postgres(_server):
    """Running, whatever the test before did."""
    _server.ensure_running()
    connections.close_all()
    yield _server
    connections.close_all()
    _server.ensure_running()


@pytest.fixture
def site(postgres, tmp_path):
    folder = tmp_path / "site"
    folder.mkdir()
    site = Site(folder, postgres)
    yield site
    site.close()


@pytest.fixture
def mailbox(site):
    """Takes what the processes that are started from now on send."""
    with Mailbox() as box:
        site.environment.pop("EMAIL_BACKEND")
        site.environment.update(
            EMAIL_HOST="127.0.0.1", EMAIL_PORT=str(box.port), EMAIL_USE_TLS="False"
        )
        yield box


@pytest.fixture
def yaounde(postgres):
    return MairieFactory()


@pytest.fixture
def news(yaounde):
    return [ActualiteFactory(mairie=yaounde, publiee=True) for _ in range(20)]


@pytest.fixture
def awa(yaounde):
    return agent_of(yaounde)


@pytest.fixture
def chantal(postgres):
    return UtilisateurFactory()


@pytest.fixture
def token_of():
    return lambda user: sessions.tokens_of(sessions.open_session(user, user_agent="pytest"))[
        "access"
    ]
