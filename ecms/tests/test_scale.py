"""Lists stay cheap when there is much to list: the load of `seed_load`, some thousands of rows."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from documents.models import Actualite, DocumentOfficiel
from ecms.management.load.chargement import charger
from ecms.management.load.sortes import Tailles
from evenements.models import Evenement
from projets.models import Projet

SMALL = Tailles(mairies=3, actualites=60, documents=60, projets=60, evenements=60)
LARGE = Tailles(mairies=20, actualites=1500, documents=1500, projets=1500, evenements=1500)
MAIRIE = "charge-000003"
LISTS = ["actualites", "documents-officiels", "projets", "evenements"]
OUTSIDE = [
    "/flux/{}/actualites.atom",
    "/flux/{}/documents.atom",
    "/flux/{}/evenements.ics",
    "/flux/{}/sitemap.xml",
]
# The list, what is asked, the table, the indexes of which one gives the page without a sort: where
# nearly all is public, that of all rows of the country is as good as that of the public ones.
PLANS = [
    ("actualites", {}, Actualite, "documents_actualite_nation|documents_actualite_toutes"),
    ("actualites", {"mairie": MAIRIE}, Actualite, "documents_actualite_commune"),
    (
        "documents-officiels",
        {},
        DocumentOfficiel,
        "documents_officiel_nation|documents_officiel_tous",
    ),
    ("documents-officiels", {"mairie": MAIRIE}, DocumentOfficiel, "documents_officiel_mairie"),
    ("projets", {}, Projet, "projets_projet_nation"),
    ("projets", {"mairie": MAIRIE}, Projet, "projets_projet_mairie"),
    ("evenements", {}, Evenement, "evenements_evenement_nation|evenements_evenement_tous"),
    (
        "evenements",
        {"a_venir": "true"},
        Evenement,
        "evenements_evenement_nation|evenements_evenement_tous",
    ),
    ("evenements", {"mairie": MAIRIE}, Evenement, "evenements_evenement_mairie"),
]

pytestmark = pytest.mark.django_db


def queries(client, url, **asked) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        response = client.get(url, asked)
    assert response.status_code == 200
    return [query["sql"] for query in captured]


def plan_of(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}")
        return "\n".join(row[0] for row in cursor.fetchall())


def page_plan(client, name: str, asked: dict, model) -> str:
    """How PostgreSQL finds the rows of a page."""
    asked_for = queries(client, f"/api/v1/{name}", **asked)
    table = f'FROM "{model._meta.db_table}"'
    (page,) = [
        sql for sql in asked_for if table in sql and sql.endswith(("LIMIT 21", "LIMIT 21 OFFSET 0"))
    ]
    return plan_of(page)


def counts(client) -> dict[str, int]:
    """How many queries each list takes, whole pages of it."""
    lists = {name: len(queries(client, f"/api/v1/{name}", page_size=50)) for name in LISTS}
    of_one = {
        f"{name} of one": len(queries(client, f"/api/v1/{name}", page_size=50, mairie=MAIRIE))
        for name in LISTS
    }
    feeds = {url: len(queries(client, url.format(MAIRIE))) for url in OUTSIDE}
    once = {
        "carte": len(queries(client, "/api/v1/carte/mairies")),
        # Of one type: each type that is on the page is read by one query.
        "recherche": len(queries(client, "/api/v1/recherche", q="marché", type="projet")),
    }
    return lists | of_one | feeds | once


def test_ten_times_the_rows_take_the_same_queries(api):
    charger(SMALL)
    few = counts(api())
    charger(Tailles(mairies=12, actualites=600, documents=600, projets=600, evenements=600))
    assert counts(api()) == few
    assert max(few.values()) <= 8


def test_a_page_is_read_from_an_index(api):
    charger(LARGE)
    for name, asked, model, index in PLANS:
        plan = page_plan(api(), name, asked, model)
        assert re.search(rf"using ({index}) on", plan), f"{name} {asked}\n{plan}"
        assert "Sort" not in plan, f"{name} {asked}\n{plan}"


def test_a_feed_is_read_from_an_index(client):
    charger(LARGE)
    for name, model in (("actualites", Actualite), ("documents", DocumentOfficiel)):
        table = f'FROM "{model._meta.db_table}"'
        sent = queries(client, f"/flux/{MAIRIE}/{name}.atom")
        for sql in (each for each in sent if table in each):
            assert f"Seq Scan on {model._meta.db_table}" not in plan_of(sql), plan_of(sql)
