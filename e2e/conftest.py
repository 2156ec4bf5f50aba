"""The site is started once; each test has a browser of its own, on a desk or on a telephone, in
French or in English. What is written is committed: each test makes its own people."""

import os

import pytest
from django.db import connections
from django.test.utils import setup_databases, teardown_databases
from playwright.sync_api import sync_playwright

from e2e.desk import Desk
from e2e.site import serving

# The browser's driver runs a loop in this thread; the tests ask the database between its steps.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
SCREENS = {
    "desktop": {"viewport": {"width": 1280, "height": 900}},
    "phone": {
        "viewport": {"width": 390, "height": 844},
        "device_scale_factor": 2,
        "is_mobile": True,
        "has_touch": True,
    },
}
LANGUAGES = {"fr": "fr-FR", "en": "en-GB"}


@pytest.fixture(autouse=True)
def _fast_and_isolated(settings, site):
    """Nothing is changed for these tests: they look at what is served, and put their files where
    it looks for them."""
    settings.MEDIA_ROOT, settings.PRIVATE_ROOT = site.media, site.private


@pytest.fixture(scope="session")
def database(django_db_modify_db_settings, django_db_keepdb, django_db_blocker):
    """The test database, without a transaction around each test: the site would not see what a
    test writes."""
    with django_db_blocker.unblock():
        created = setup_databases(verbosity=0, interactive=False, keepdb=django_db_keepdb)
        yield
        teardown_databases(created, verbosity=0, keepdb=django_db_keepdb)


@pytest.fixture(scope="session")
def site(database, tmp_path_factory):
    with serving(tmp_path_factory.mktemp("site")) as served:
        yield served


@pytest.fixture(scope="session")
def browser_language():
    """That of what the browser draws itself: its default."""
    return ""


@pytest.fixture(scope="session")
def browser(browser_language):
    arguments = ["--no-sandbox", *([f"--lang={browser_language}"] if browser_language else [])]
    variables = {**os.environ, "LANGUAGE": browser_language} if browser_language else None
    with sync_playwright() as driver:
        launched = driver.chromium.launch(executable_path=CHROMIUM, args=arguments, env=variables)
        yield launched
        launched.close()
        # Beside the driver's loop this thread has a connection of its own to the database, which
        # would not let itself be dropped.
        connections.close_all()


@pytest.fixture(params=SCREENS)
def screen(request):
    return request.param


@pytest.fixture(params=LANGUAGES)
def language(request):
    return request.param


@pytest.fixture
def sit_down(site, browser, screen, language):
    """`sit_down(account)`: a desk with a browser of its own, signed in as `account` if given."""
    contexts = []

    def sit(account=None) -> Desk:
        context = browser.new_context(
            locale=LANGUAGES[language], timezone_id="Africa/Douala", **SCREENS[screen]
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        desk = Desk(context.new_page(), site.url, language, screen == "phone")
        if account is not None:
            desk.sign_in_as(account)
        return desk

    yield sit
    for context in contexts:
        context.close()


@pytest.fixture
def desk(sit_down):
    """Nobody yet, before the door."""
    return sit_down()
