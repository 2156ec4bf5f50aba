import pytest

from ecms.tests.logged import logged
from evenements.tests.serveur_smtp import ServeurSMTP, use


@pytest.fixture
def lines():
    with logged() as so_far:
        yield so_far


@pytest.fixture
def server(settings):
    server = ServeurSMTP().start()
    use(settings, server.port)
    yield server
    server.stop()
