"""What production needs and must not have: said by `check`, and before the first request."""

import os
import subprocess
import sys

import pytest
from django.conf import settings as project

from ecms.checks import mail_encryption, production_environment, unsafe_deployment

GOOD = {
    "SECRET_KEY": "a-long-random-" * 4,
    "DB_PASSWORD": "a-real-one",
    "ALLOWED_HOSTS": "api.ecms.example",
    "API_BASE_URL": "https://api.ecms.example/api/v1",
    "FRONTEND_URL": "https://www.ecms.example",
    "EMAIL_HOST": "smtp.ecms.example",
    "DEFAULT_FROM_EMAIL": "ne-pas-repondre@ecms.example",
    "DEMO": "False",
    "DEBUG": "False",
}


@pytest.fixture
def production(settings):
    """The settings of a production that is right."""
    settings.PRODUCTION, settings.TESTING = True, False
    settings.SECRET_KEY = GOOD["SECRET_KEY"]
    settings.ALLOWED_HOSTS = ["api.ecms.example"]
    settings.API_BASE_URL = GOOD["API_BASE_URL"]
    settings.FRONTEND_URL = GOOD["FRONTEND_URL"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = GOOD["EMAIL_HOST"]
    return settings


def test_it_works(production):
    assert production_environment(None) == []


@pytest.mark.parametrize("name", ["ALLOWED_HOSTS", "API_BASE_URL", "FRONTEND_URL", "EMAIL_HOST"])
def test_each_missing_variable_is_named(name, production):
    setattr(production, name, [] if name == "ALLOWED_HOSTS" else "")
    (error,) = production_environment(None)
    assert error.is_serious()
    assert f"La variable {name} manque : " in error.msg


def test_a_mail_server_is_needed_only_by_who_uses_one(production):
    production.EMAIL_HOST = ""
    production.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    assert production_environment(None) == []


@pytest.mark.parametrize("key", ["your-secret-key-here", "changez-moi", "short", "x" * 31])
def test_a_secret_key_is_one(key, production):
    production.SECRET_KEY = key
    (error,) = production_environment(None)
    assert "SECRET_KEY" in error.msg
    assert key not in error.msg or key == "short"


def test_elsewhere_nothing_is_asked(production):
    production.ALLOWED_HOSTS, production.PRODUCTION = [], False
    assert production_environment(None) == unsafe_deployment(None) == []


def test_two_encryptions_exclude_each_other(settings):
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = True
    assert [e.id for e in mail_encryption(None)] == ["ecms.E007"]


def run(*command, **changes):
    """A process of ours in a production that is right but for `changes`."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("DB_", "DEMO", "PYTEST", "DJANGO", "EMAIL"))
    }
    environment |= {**GOOD, **changes}
    return subprocess.run(
        [sys.executable, *command],
        env=environment, cwd=project.BASE_DIR, capture_output=True, text=True, timeout=60,
    )  # fmt: skip


def deploy(**changes):
    return run("manage.py", "check", "--deploy", "--fail-level", "WARNING", **changes)


def test_a_right_production_passes_without_a_warning():
    found = deploy()
    assert found.returncode == 0, found.stderr


def test_what_serves_demonstrations_is_refused():
    found = deploy(
        DB_PASSWORD="root",
        DB_ENGINE="ecms.db.embedded",
        ALLOWED_HOSTS="*",
        JWT_SIGNING_KEY=GOOD["SECRET_KEY"],
        DEFAULT_FROM_EMAIL="x@localhost",
    )
    assert found.returncode == 1
    for number in ("E010", "E011", "E012", "E013", "W014"):
        assert f"ecms.{number}" in found.stderr


def test_a_bad_variable_stops_the_start_with_one_sentence():
    found = run("manage.py", "check", EMAIL_PORT="cinq")
    assert found.returncode == 1
    assert found.stderr.startswith("E-CMS ne démarre pas. EMAIL_PORT vaut « cinq »")
    assert "Traceback" not in found.stderr


def test_the_web_server_does_not_start_either():
    found = run("-c", "import ecms.wsgi", ALLOWED_HOSTS="", FRONTEND_URL="")
    assert found.returncode == 1
    last = found.stderr.strip().splitlines()[-1]
    assert "ALLOWED_HOSTS manque" in last
    assert "FRONTEND_URL manque" in last
