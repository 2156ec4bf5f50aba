"""The floor: one equivalent SQL query, dumped as JSON, with nothing else around it (WSGI)."""

import json
import threading

import psycopg2
from django.conf import settings

SQL = """
    SELECT a.id, m.slug AS mairie, m.nom AS mairie_nom, a.titre, a.slug, a.resume, a.image,
           a.categorie, a.date_publication, a.date_expiration, a.epinglee, a.date_modification
    FROM documents_actualite a JOIN mairies_mairie m ON m.id = a.mairie_id
    WHERE a.statut = 'publiee' AND m.statut = 'active' AND a.date_publication <= now()
      AND (a.date_expiration IS NULL OR a.date_expiration > now())
    ORDER BY a.epinglee DESC, a.date_publication DESC, a.id DESC LIMIT 20
"""
_local = threading.local()


def application(environ, start_response):
    if not hasattr(_local, "connection"):
        database = settings.DATABASES["default"]
        host = (
            database["EMBEDDED_DATA_DIR"] if "embedded" in database["ENGINE"] else database["HOST"]
        )
        _local.connection = psycopg2.connect(
            host=str(host),
            dbname=database["NAME"],
            user=database["USER"],
            password=database["PASSWORD"],
            port=database["PORT"],
        )
        _local.connection.autocommit = True
    with _local.connection.cursor() as cursor:
        cursor.execute(SQL)
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor]
    body = json.dumps({"results": rows}, default=str).encode()
    start_response(
        "200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    )
    return [body]
