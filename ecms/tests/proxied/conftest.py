"""The site that all tests here ask, on rows that it keeps."""

import pytest
from django.core.management import call_command

from documents.tests.factories import ActualiteFactory, DocumentOfficielFactory
from ecms.tests.observing.reading import TOKEN
from ecms.tests.proxied.site import (
    deployed,
    project_files,
)
from mairies.tests.factories import MairieFactory


@pytest.fixture(scope="package")
def site(django_db_setup, django_db_blocker, tmp_path_factory):
    """One for all tests here, on committed rows that are taken away at the end."""
    folder = tmp_path_factory.mktemp("site")
    with django_db_blocker.unblock():
        try:
            with deployed(folder, RATE_LOGIN_ADDRESS="3/h", METRICS_TOKEN=TOKEN) as running:
                yield running
        finally:
            call_command("flush", verbosity=0, interactive=False)


@pytest.fixture(scope="package")
def yaounde(site):
    return MairieFactory(nom="Yaoundé", slug="yaounde")


@pytest.fixture(scope="package")
def news(yaounde):
    return [ActualiteFactory(mairie=yaounde, publiee=True) for _ in range(20)]


@pytest.fixture(scope="package")
def document(site, yaounde):
    """Written by this process, as a web process would write it."""
    with project_files(site):
        return DocumentOfficielFactory(
            mairie=yaounde, publie=True, nom_original="Arrêté n° 7.pdf", sha256="a" * 64
        )


@pytest.fixture(autouse=True)
def _fast_and_isolated():
    """The settings of the processes count here, not those of this one."""


@pytest.fixture(autouse=True)
def _django_db_marker():
    """The mark asks for the database; that it be emptied after each test is the site's affair."""
