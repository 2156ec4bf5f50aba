"""The floor: one equivalent SQL query, dumped as JSON, with nothing else around it (WSGI).

`/NAME` reads the page of a list alone, `/NAME/nombre` also counts its rows, as ours does.
"""

import json
import threading

import django
import psycopg2

django.setup()

from django.db import connection  # noqa: E402 models are loaded first

from benchmarks.references import AGENTS, PUBLIC  # noqa: E402

SQL = {f"/{each.name}": each.page_sql for each in (*PUBLIC, *AGENTS)}
SQL |= {f"/{each.name}/nombre": each.counting_sql for each in (*PUBLIC, *AGENTS)}
PARAMETERS = {
    name: value
    for name, value in connection.get_connection_params().items()
    if name in {"host", "port", "user", "password", "dbname"}
}
_local = threading.local()


def application(environ, start_response):
    if environ["PATH_INFO"] not in SQL:
        start_response("404 Not Found", [("Content-Length", "0")])
        return []
    if not hasattr(_local, "connection"):
        _local.connection = psycopg2.connect(**PARAMETERS)
        _local.connection.autocommit = True
    with _local.connection.cursor() as cursor:
        cursor.execute(SQL[environ["PATH_INFO"]])
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor]
    body = json.dumps({"results": rows}, default=str).encode()
    start_response(
        "200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    )
    return [body]
