"""The figures of the whole country are read from indexes, however many rows there are."""

import pytest

from ecms.management.load.chargement import analyser, charger
from ecms.management.load.sortes import Tailles
from ecms.tests.test_scale import plan_of, queries

LOAD = Tailles(
    mairies=6,
    citoyens=200,
    actualites=3000,
    documents=3000,
    dossiers=6000,
    signalements=6000,
    rendez_vous=3000,
)
LARGE = [
    "demarches_demarcheadministrative",
    "demarches_signalement",
    "demarches_rendezvous",
    "documents_actualite",
    "documents_documentofficiel",
]

pytestmark = pytest.mark.django_db


def test_no_figure_of_the_country_reads_a_whole_table(api, nadege):
    charger(LOAD)
    analyser()
    client = api(nadege)
    for name in ("stats", "charts"):
        sent = queries(client, f"/api/v1/dashboard/{name}", periode="semaine")
        (sql,) = [sql for sql in sent if "dash_key" in sql or "dash_point" in sql]
        plan = plan_of(sql)
        for table in LARGE:
            assert f"Seq Scan on {table}" not in plan, plan


def test_the_latest_acts_are_read_from_indexes(api, nadege):
    charger(LOAD)
    analyser()
    for sql in queries(api(nadege), "/api/v1/dashboard/activites"):
        if sql.endswith("LIMIT 20"):
            plan = plan_of(sql)
            for table in ("demarches_suivi", "documents_actualite", "documents_documentofficiel"):
                assert f"Seq Scan on {table}" not in plan, plan
