"""The agents' figures: whose they are, and that they are right."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from demarches.models import DemarcheAdministrative
from demarches.tests.factories import (
    FormulaireFactory,
    SignalementFactory,
)
from ecms import dashboard
from ecms.scoping import ScopedQuerySet
from ecms.tests import walking
from ecms.tests.figures import fill, moved
from mairies.models import Mairie
from mairies.tests.factories import MairieFactory
from mairies.workflow import StatutMairie
from users.models import Utilisateur
from users.tests.factories import UtilisateurFactory, agent_of

STATS = "/api/v1/dashboard/stats"
CHARTS = "/api/v1/dashboard/charts"
ACTS = "/api/v1/dashboard/activites"
ALL = [STATS, CHARTS, ACTS]
TASKS = {
    "demarches_a_prendre": 1,
    "demarches_en_retard": 1,
    "demarches_a_remettre": 1,
    "rendez_vous_du_jour": 2,
    "signalements_nouveaux": 1,
    "actualites_brouillons": 1,
    "actualites_programmees": 1,
    "evenements_brouillons": 1,
    "inscriptions_a_venir": 1,
    "newsletters_planifiees": 1,
    "projets_en_retard": 0,
}
# For the national administrator alone.
OF_THE_COUNTRY = {"demandes_a_traiter": 0}
TOTALS = {
    "demarches_deposees": 4,
    "demarches_closes": 1,
    # Those of the day are still to come.
    "rendez_vous": 0,
    "signalements_recus": 2,
    "signalements_resolus": 1,
    "actualites_publiees": 1,
    "documents_publies": 1,
    "inscriptions": 1,
    "abonnes": 1,
}

pytestmark = pytest.mark.django_db


@pytest.fixture
def morning(time_machine):
    """Ten o'clock in Douala; what `fill` makes is a minute old when it is counted."""
    time_machine.move_to("2026-11-22T09:00:00Z", tick=False)
    return time_machine


def filled(time_machine, *mairies, times=1):
    for mairie in mairies:
        fill(mairie, timezone.now(), times)
    time_machine.shift(timedelta(minutes=1))


def tasks(answer) -> dict[str, int]:
    assert answer.status_code == 200, answer.content
    return {task["nom"]: task["nombre"] for task in answer.json()["a_faire"]}


def totals(answer) -> dict[str, tuple]:
    assert answer.status_code == 200, answer.content
    return {
        total["nom"]: (total["nombre"], total["precedent"], total["tendance"])
        for total in answer.json()["totaux"]
    }


def summed(answer) -> dict[str, int]:
    assert answer.status_code == 200, answer.content
    return {each["nom"]: sum(each["valeurs"]) for each in answer.json()["series"]}


# The numbers --------------------------------------------------------------------------------------


@pytest.mark.parametrize("periode", ["semaine", "mois", "annee"])
def test_figures_are_those_counted_by_hand(periode, api, awa, yaounde, morning):
    filled(morning, yaounde)
    answer = api(awa).get(STATS, {"periode": periode})
    assert tasks(answer) == TASKS
    assert totals(answer) == {name: (n, 0, None) for name, n in TOTALS.items()}
    assert summed(api(awa).get(CHARTS, {"periode": periode})) == TOTALS


def test_where_there_is_nothing_all_is_zero(api, awa):
    answer = api(awa).get(STATS)
    assert tasks(answer) == dict.fromkeys(TASKS, 0)
    assert totals(answer) == dict.fromkeys(TOTALS, (0, 0, None))
    assert summed(api(awa).get(CHARTS)) == dict.fromkeys(TOTALS, 0)
    assert api(awa).get(ACTS).json() == {"mairie": "yaounde", "results": []}


@pytest.mark.parametrize(
    ("now", "before", "trend"), [(2, 0, None), (0, 2, -100), (3, 2, 50), (2, 3, -33), (2, 2, 0)]
)
def test_the_trend_is_in_per_cent_of_the_period_before(now, before, trend, api, awa, morning):
    for days, count in ((1, now), (8, before)):
        for _n in range(count):
            row = SignalementFactory(mairie=awa.mairie_agent)
            moved(row, date_creation=timezone.now() - timedelta(days=days))
    found = totals(api(awa).get(STATS, {"periode": "semaine"}))
    assert found["signalements_recus"] == (now, before, trend)


def test_each_figure_says_what_it_counts(api, awa):
    labels = [task["libelle"] for task in api(awa).get(STATS).json()["a_faire"]]
    assert "Dossiers en retard" in labels


# Whose they are -----------------------------------------------------------------------------------


def test_nothing_of_another_mairie_is_counted(api, awa, brice, douala, morning):
    filled(morning, douala, times=3)
    answer = api(awa).get(STATS)
    assert set(tasks(answer).values()) == {0}
    assert set(totals(answer).values()) == {(0, 0, None)}
    assert set(summed(api(awa).get(CHARTS)).values()) == {0}
    assert api(awa).get(ACTS).json()["results"] == []
    assert tasks(api(brice).get(STATS))["demarches_a_prendre"] == 3


@pytest.mark.parametrize("url", ALL)
def test_an_agent_names_no_other_mairie(url, api, awa, douala):
    assert api(awa).get(url, {"mairie": "douala"}).status_code == 404
    assert api(awa).get(url, {"mairie": "yaounde"}).json() == api(awa).get(url).json()
    assert api(awa).get(url, {"mairie": "nulle-part"}).status_code == 400


def test_the_national_administrator_gets_all_or_one(api, nadege, yaounde, douala, morning):
    filled(morning, yaounde, douala)
    answer = api(nadege).get(STATS)
    assert answer.json()["mairie"] is None
    assert tasks(answer) == {name: 2 * n for name, n in TASKS.items()} | OF_THE_COUNTRY
    assert tasks(api(nadege).get(STATS, {"mairie": "douala"})) == TASKS | OF_THE_COUNTRY
    assert summed(api(nadege).get(CHARTS, {"mairie": "douala"})) == TOTALS
    acts = api(nadege).get(ACTS, {"mairie": "douala"}).json()["results"]
    assert {act["mairie"] for act in acts} == {"douala"}


@pytest.mark.parametrize("url", ALL)
def test_citizens_and_visitors_are_refused(url, api, chantal):
    assert api().get(url).status_code == 401
    chantal.user_permissions.set(walking.all_permissions())
    assert api(chantal).get(url).status_code == 403


@pytest.mark.parametrize("url", ALL)
def test_whoever_works_for_no_active_mairie_is_refused(url, api, db):
    lost = UtilisateurFactory(role_user=Utilisateur.Role.AGENT, is_staff=True)
    suspended = agent_of(MairieFactory(statut=StatutMairie.SUSPENDUE))
    assert {api(user).get(url).status_code for user in (lost, suspended)} == {403}


@pytest.mark.parametrize("url", ALL)
def test_it_is_read_and_kept_by_nobody(url, api, awa):
    answer = api(awa).get(url)
    assert answer["Cache-Control"] == "private, no-store"
    assert api(awa).post(url, {}).status_code == 405


@pytest.mark.parametrize("query", [{"periode": "siecle"}, {"periode": "mois\x00"}])
def test_an_unknown_period_is_refused(query, api, awa):
    assert api(awa).get(CHARTS, query).status_code == 400


def test_the_country_is_for_the_national_administrator(api, nadege, awa, yaounde, douala):
    assert api(awa).get(STATS).json()["national"] is None
    assert api(nadege).get(STATS, {"mairie": "douala"}).json()["national"] is None
    found = api(nadege).get(STATS).json()["national"]
    by_statut, by_region = found["repartitions"]
    assert (by_statut["nom"], by_region["nom"]) == ("mairies_par_statut", "mairies_par_region")
    for breakdown in (by_statut, by_region):
        parts = breakdown["parts"]
        assert sum(part["nombre"] for part in parts) == Mairie.objects.count() == 2
    assert found["sante"]["base"]["migrations_en_attente"] is False
    assert found["sante"]["file"] == {"nombre": 0, "attente_secondes": None, "en_retard": False}


# What each may see --------------------------------------------------------------------------------


def test_every_figure_names_a_permission_that_exists():
    known = {f"{p.content_type.app_label}.{p.codename}" for p in walking.all_permissions()}
    assert {each.permission for each in dashboard.declared()} <= known


def test_without_a_permission_nothing_is_shown(api, yaounde, morning):
    filled(morning, yaounde)
    client = api(agent_of(yaounde, groups=[]))
    body = client.get(STATS).json()
    assert (body["a_faire"], body["totaux"]) == ([], [])
    assert client.get(CHARTS).json()["series"] == []
    assert client.get(ACTS).json()["results"] == []


@pytest.mark.parametrize("permission", sorted({each.permission for each in dashboard.declared()}))
def test_each_permission_shows_its_figures_and_no_other(permission, api, yaounde, morning):
    filled(morning, yaounde)
    agent = agent_of(yaounde, groups=[])
    app, codename = permission.split(".")
    agent.user_permissions.add(
        Permission.objects.get(content_type__app_label=app, codename=codename)
    )
    figures = [each for each in dashboard.declared() if not isinstance(each, dashboard.Acts)]
    shown = {each.name for each in figures if each.permission == permission}
    answer = api(agent).get(STATS)
    assert {*tasks(answer), *totals(answer)} == shown
    assert set(summed(api(agent).get(CHARTS))) == shown & set(TOTALS)


def test_the_technical_staff_sees_reports_and_no_dossier(api, yaounde, morning):
    filled(morning, yaounde)
    answer = api(agent_of(yaounde, groups=["Technique"])).get(STATS)
    assert tasks(answer) == {"signalements_nouveaux": 1, "projets_en_retard": 0}


def test_every_row_goes_through_the_scope_of_agents(monkeypatch, api, awa, yaounde, morning):
    filled(morning, yaounde)
    monkeypatch.setattr(ScopedQuerySet, "manageable_by", lambda rows, user: rows.none())
    answer = api(awa).get(STATS)
    assert set(tasks(answer).values()) == {0}
    assert set(summed(api(awa).get(CHARTS)).values()) == {0}
    assert api(awa).get(ACTS).json()["results"] == []


# What it costs ------------------------------------------------------------------------------------


@pytest.mark.parametrize("url", ALL)
def test_queries_do_not_grow_with_the_rows(url, api, awa, yaounde, morning):
    filled(morning, yaounde, times=5)
    client = api(awa)
    client.get(url)
    few = queries_of(client, url)
    filled(morning, yaounde, times=45)
    assert len(queries_of(client, url)) == len(few)
    of_figures = [sql for sql in few if "dash_count" in sql]
    assert len(of_figures) == (0 if url == ACTS else 1)


def queries_of(client, url) -> list[str]:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return [query["sql"] for query in queries.captured_queries]


def test_counts_of_a_mairie_read_indexes(api, awa, yaounde):
    now = timezone.now()
    for mairie in [yaounde, *MairieFactory.create_batch(9)]:
        formulaire = FormulaireFactory(mairie=mairie)
        DemarcheAdministrative.objects.bulk_create(
            DemarcheAdministrative(
                mairie=mairie,
                formulaire=formulaire,
                numero_suivi=f"{mairie.pk}-{n}",
                code_suivi=f"SECRET{n}",
                statut="deposee",
                date_depot=now,
                donnees={"texte": "x" * 500},
            )
            for n in range(100)
        )
    client = api(awa)
    client.get(STATS)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE demarches_demarcheadministrative")
        for url in (STATS, CHARTS):
            (sql,) = [sql for sql in queries_of(client, url) if "dash_count" in sql]
            cursor.execute(f"EXPLAIN {sql}")
            plan = "\n".join(line for (line,) in cursor.fetchall())
            assert "Seq Scan on demarches_demarcheadministrative" not in plan, plan
