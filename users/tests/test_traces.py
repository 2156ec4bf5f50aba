"""Whoever signs in, files and fails leaves nothing of themselves in logs and tasks (S78)."""

import io
import json
import logging

import pytest
from django.conf import settings as project
from django.core import mail as sent
from django.test import Client
from django.utils.module_loading import import_string
from django_q.models import OrmQ, Task

from demarches.tests.dossiers import CHAMPS, act, begun
from demarches.tests.factories import FormulaireFactory
from ecms.tests.files import small_pdf, upload
from users.services import export
from users.tests import canary
from users.tests.factories import PASSWORD as FACTORY_PASSWORD
from users.tests.flows import AUTH, bearer, code_in, post

pytestmark = pytest.mark.django_db
PASSWORD = "Sapelli-canari-58"
AGENT = "Navigateur-du-canari/1.0"


@pytest.fixture
def written():
    """All that production would write from here on, at the level of DEBUG too."""
    described = dict(project.LOGGING["formatters"]["json"])
    make, form = import_string(described.pop("()")), described.pop("format")
    handler = logging.StreamHandler(io.StringIO())
    for name in project.LOGGING["handlers"]["console"]["filters"]:
        handler.addFilter(import_string(project.LOGGING["filters"][name]["()"])())
    handler.setFormatter(make(form, **described))
    loggers = [logging.getLogger(name) for name in ("", "django", "django.request", "django-q")]
    for logger in loggers:
        logger.addHandler(handler)
    yield handler.stream.getvalue
    for logger in loggers:
        logger.removeHandler(handler)


def queued() -> str:
    """The tasks as the workers read them, those that wait and those that were done."""
    waiting = [json.dumps(each.task, default=str) for each in OrmQ.objects.all()]
    done = Task.objects.values_list("args", "kwargs", "result")
    return "\n".join([*waiting, *(str(row) for row in done)])


def lives(formulaire, mailbox) -> list[str]:
    """An account from its opening to its end, with its slips; what nobody else may know of it."""
    person = {"username": "zoulika", "email": canary.EMAIL, "password": PASSWORD}
    named = {"first_name": canary.NAME, "telephone": canary.PHONE}
    assert post("register", {**person, **named}).status_code == 201
    code = code_in(mailbox()[-1])
    for wrong in ("faux", canary.IDENTITY):
        post("login", {"username": canary.EMAIL, "password": wrong}, REMOTE_ADDR="203.0.113.9")
    tokens = post("login", {"username": canary.EMAIL, "password": PASSWORD}).json()
    client = bearer(tokens["access"])
    confirm = {"code_otp": code}
    assert client.post(f"{AUTH}/email/verify/confirm", confirm).status_code == 200
    client.patch(f"{AUTH}/profile", {"adresse": canary.STREET, "telephone": canary.IDENTITY})
    draft = begun(
        client,
        formulaire,
        donnees={"quartier": canary.STREET},
        nom_demandeur=canary.NAME,
        email_demandeur=canary.EMAIL,
    )
    paper = {"fichier": upload(small_pdf(), f"{canary.NAME}.pdf")}
    address = f"/api/v1/demarches/{draft['id']}/pieces"
    assert client.post(address, paper, format="multipart").status_code == 201
    assert act(client, draft["id"], "deposer").status_code == 200
    client.get(f"/api/v1/demarches?search={canary.EMAIL}")
    client.get(f"/api/v1/nulle-part/{canary.EMAIL}")
    client.post(f"{AUTH}/profile/export", {"current_password": PASSWORD})
    mailbox()
    return [code, tokens["access"], tokens["refresh"], draft["code_suivi"]]


def test_it_works(written, mailbox, yaounde):
    formulaire = FormulaireFactory(mairie=yaounde, champs=CHAMPS)
    secrets = lives(formulaire, mailbox)
    assert written().count("\n") > 8
    assert "send_mail" in queued()
    assert any(canary.EMAIL in message.to for message in sent.outbox)
    found = {
        place: [word for word in [*canary.WORDS, PASSWORD, "203.0.113.9", *secrets] if word in text]
        for place, text in {"logs": written(), "tasks": queued()}.items()
    }
    assert found == {"logs": [], "tasks": []}


def test_a_fault_is_logged_without_its_words(written, chantal, monkeypatch):
    """What is raised may quote what it was given, as PostgreSQL does."""

    def breaks(*_args, **_kwargs):
        raise RuntimeError(canary.EMAIL)

    monkeypatch.setattr(export, "export", breaks)
    token = post("login", {"username": "chantal", "password": FACTORY_PASSWORD}).json()["access"]
    headers = {"Authorization": f"Bearer {token}", "User-Agent": AGENT}
    answer = Client(raise_request_exception=False).get(f"{AUTH}/profile/export", headers=headers)
    assert answer.status_code == 500
    assert "RuntimeError" in written()
    for word in (canary.EMAIL, AGENT, token):
        assert word not in written()
        assert word not in answer.content.decode()
