"""How the tests of lists read them, and how somebody else writes."""

import psycopg2
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ecms.tests.walking import routes
from ecms.versions import WATCHED

NEWS = "/api/v1/actualites"
LASTING = {
    route.url({}): route.view
    for route in routes()
    if "list" in route.actions.values() and getattr(route.view, "lasting", False)
}
PUBLIC = sorted(url for url, view in LASTING.items() if view.is_public)
WATCHED_LISTS = [url for url in PUBLIC if LASTING[url].queryset.model._meta.db_table in WATCHED]
TOLD = ("ETag", "Cache-Control", "Vary", "Content-Type", "Content-Language", "Content-Length")


def read(client, url=NEWS, data=None, **headers):
    """The answer, and how many queries it took."""
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(url, data, headers=headers)
    return answer, len(queries)


def titles(client, url=NEWS, data=None, **headers) -> list[str]:
    answer = read(client, url, data, **headers)[0]
    assert answer.status_code == 200, answer.content
    return [row["titre"] for row in answer.json()["results"]]


def by_hand(sql: str, *values) -> None:
    """Another process, that knows nothing of Django."""
    known = connection.get_connection_params()
    named = ("dbname", "user", "password", "host", "port")
    other = psycopg2.connect(**{name: known[name] for name in named if name in known})
    with other, other.cursor() as cursor:
        cursor.execute(sql, values)
    other.close()


def touch(table: str) -> None:
    by_hand(f'UPDATE "{table}" SET id = id')
