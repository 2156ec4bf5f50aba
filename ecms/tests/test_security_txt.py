"""Where a vulnerability is reported (RFC 9116)."""

import re
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

URL = "/.well-known/security.txt"


@pytest.fixture
def fields(settings):
    settings.SECURITY_CONTACT = "mailto:securite@exemple.cm"
    answer = Client().get(URL)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    return dict(line.split(": ", 1) for line in answer.content.decode().splitlines())


def test_it_works(fields):
    assert fields["Contact"] == "mailto:securite@exemple.cm"
    assert fields["Canonical"] == f"https://api.ecms.test{URL}"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT00:00:00Z", fields["Expires"])
    expires = datetime.fromisoformat(fields["Expires"])
    assert timedelta(days=100) < expires - timezone.now() < timedelta(days=365)


def test_nobody_s_address_is_invented(settings):
    settings.SECURITY_CONTACT = ""
    assert Client().get(URL).status_code == 404


def test_it_is_read_and_not_written(settings):
    settings.SECURITY_CONTACT = "https://exemple.cm/securite"
    assert Client().post(URL).status_code == 405
