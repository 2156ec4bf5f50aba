"""The desk as an agent uses it, for the tests."""

from contextlib import contextmanager

from django.db import connection
from django.test.utils import CaptureQueriesContext

DEMARCHES = "/admin/demarches/demarcheadministrative/"
FORMULAIRES = "/admin/demarches/formulaire/"
RENDEZ_VOUS = "/admin/demarches/rendezvous/"
SIGNALEMENTS = "/admin/demarches/signalement/"
# What the history's formset is sent with, though it takes nothing.
NO_HISTORY = {"suivis-TOTAL_FORMS": 0, "suivis-INITIAL_FORMS": 0}


def act(client, url: str, action: str, *rows, **fields) -> list[str]:
    """Choose an action for `rows`; what the next page says of it."""
    sent = {"action": action, "_selected_action": [row.pk for row in rows], **fields}
    answer = client.post(url, sent, follow=True)
    assert answer.status_code == 200, answer.status_code
    return [str(message) for message in answer.context["messages"]]


def take(client, url: str, step: str, row, **fields) -> list[str]:
    """Take a step of one row, from its page; what the next page says of it."""
    answer = client.post(f"{url}{row.pk}/etape/{step}/", fields, follow=True)
    assert answer.status_code == 200, answer.status_code
    return [str(message) for message in answer.context["messages"]]


def steps_of(client, url: str, row) -> list[str]:
    """The buttons on the page of a row."""
    page = client.get(change_url(url, row))
    return [step.name for step in page.context["steps"]]


def change_url(url: str, row) -> str:
    return f"{url}{row.pk}/change/"


def text_of(answer) -> str:
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def errors_of(answer) -> str:
    assert answer.status_code == 200, answer.status_code
    return str(answer.context["errors"])


@contextmanager
def counted():
    """`with counted() as number:`, then `number()` is how many queries there were."""
    with CaptureQueriesContext(connection) as queries:
        yield lambda: len(queries)
