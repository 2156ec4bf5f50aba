"""The cast. Awa is an agent of Yaoundé, Brice of Douala; Chantal is a citizen; Nadège administers
the installation. `api()` is a visitor, `api(awa)` is Awa."""

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core import mail
from rest_framework.test import APIClient

from ecms import mail as outgoing
from ecms import remembered
from mairies.tests.factories import MairieFactory
from users.models import Session
from users.services import sessions
from users.tests.factories import UtilisateurFactory, agent_of


@pytest.fixture(autouse=True)
def _fast_and_isolated(settings, tmp_path):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.PRIVATE_ROOT = tmp_path / "private"
    settings.SECURE_SSL_REDIRECT = False
    # What a test counts and sees is what is made for it.
    settings.PUBLIC_CACHE = ""
    remembered.forget()
    # Each client would scan the static files of all apps anew.
    settings.WHITENOISE_USE_FINDERS = False
    settings.API_BASE_URL = "https://api.ecms.test/api/v1"
    settings.FRONTEND_URL = "https://ecms.test"
    settings.SECOND_FACTOR_REQUIRED = "national"


@pytest.fixture
def yaounde(db):
    return MairieFactory(nom="Yaoundé", slug="yaounde")


@pytest.fixture
def douala(db):
    return MairieFactory(nom="Douala", slug="douala")


@pytest.fixture
def _known_models(db):
    """What a process reads once and keeps, until a test empties the tables: a test that counts
    queries is not to depend on who came before."""
    ContentType.objects.get_for_models(*apps.get_models())


@pytest.fixture
def awa(yaounde, _known_models):
    return agent_of(yaounde, username="awa")


@pytest.fixture
def brice(douala):
    return agent_of(douala, username="brice")


@pytest.fixture
def chantal(db):
    return UtilisateurFactory(username="chantal", email="chantal@exemple.cm")


@pytest.fixture
def nadege(_known_models):
    return UtilisateurFactory(username="nadege", admin_national=True)


@pytest.fixture
def api():
    """A client of the API, signed in by a real session and its access token."""

    def client(user=None) -> APIClient:
        client = APIClient()
        if user is not None:
            session = sessions.open_session(user, user_agent="pytest")
            # As after the first request: what follows counts only its own queries.
            Session.objects.filter(pk=session.pk).update(generation_seen=True)
            token = sessions.tokens_of(session)["access"]
            client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
        return client

    return client


@pytest.fixture
def mailbox():
    """`mailbox()` delivers what is queued and returns all the mails so far."""

    def deliver():
        for pk in outgoing.due():
            outgoing.deliver(pk)
        return mail.outbox

    return deliver
