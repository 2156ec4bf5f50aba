"""The home of the admin, its sidebar and the views of its lists."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.contrib import admin
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_q.models import OrmQ, Schedule, Task

from demarches.models import DemarcheAdministrative
from demarches.tests.factories import DemarcheAdministrativeFactory
from ecms import dashboard
from ecms.admin.presets import Preset
from ecms.tests.figures import fill
from mairies.models import Mairie
from mairies.tests.factories import DemandeCreationSiteFactory
from users.tests.factories import UtilisateurFactory, agent_of

HOME = "/admin/"
MOST = 30

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_kept():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def morning(time_machine):
    time_machine.move_to("2026-11-22T09:00:00Z", tick=False)
    return time_machine


@pytest.fixture
def browser():
    def signed_in(user) -> Client:
        client = Client()
        client.force_login(user, backend="users.backends.Backend")
        return client

    return signed_in


def filled(time_machine, *mairies, times=1):
    for mairie in mairies:
        fill(mairie, timezone.now(), times)
    time_machine.shift(timedelta(minutes=1))


def home(client, **asked):
    answer = client.get(HOME, asked)
    assert answer.status_code == 200
    return answer


def waiting(answer) -> dict[str, int]:
    return {task["name"]: task["count"] for task in answer.context["tasks"]}


def links(answer) -> dict[str, str]:
    items = [item for group in answer.context["sidebar_navigation"] for item in group["items"]]
    return {urlsplit(str(item["link"])).path: item for item in items}


# What awaits --------------------------------------------------------------------------------------


def test_each_link_lists_the_rows_that_were_counted(browser, awa, yaounde, douala, morning):
    filled(morning, yaounde, times=2)
    filled(morning, douala)
    client = browser(awa)
    tasks = home(client).context["tasks"]
    assert {task["name"] for task in tasks} >= {"demarches_a_prendre", "inscriptions_a_venir"}
    for task in tasks:
        answer = client.get(task["link"])
        assert answer.status_code == 200, task
        rows = answer.context["cl"].queryset
        declared = next(t for t in dashboard.declared() if t.name == task["name"])
        counted = declared.rows(dashboard.View(awa, yaounde), timezone.now())
        assert set(rows.values_list("pk", flat=True)) == set(
            counted.values_list("pk", flat=True)
        ), task
        assert len(rows) == task["count"], task


def test_nothing_to_do_is_said_kindly(browser, awa):
    page = home(browser(awa)).content.decode()
    assert "Rien ne vous attend" in page


def test_an_account_without_rights_is_told_whom_to_ask(browser, yaounde):
    agent = agent_of(yaounde)
    agent.groups.clear()
    assert "demandez-les" in home(browser(agent)).content.decode()


def test_appointments_of_today_are_in_the_order_of_time_and_bounded(
    browser, awa, yaounde, douala, morning
):
    filled(morning, yaounde, times=14)
    filled(morning, douala)
    (today,) = home(browser(awa)).context["todays"]
    times = [line["heure"] for line in today["lignes"]]
    assert len(times) == dashboard.NEXT
    assert times == sorted(times)


@pytest.mark.parametrize(("asked", "points"), [("semaine", 7), ("mois", 30), ("annee", 12)])
def test_the_figures_are_those_of_the_period(asked, points, browser, awa, yaounde, morning):
    filled(morning, yaounde)
    answer = home(browser(awa), periode=asked)
    assert len(answer.context["rows"]) == points
    assert len(answer.context["rows"][0][1]) == len(answer.context["series"])
    assert {each["nom"]: each["nombre"] for each in answer.context["series"]}["abonnes"] == 1


def test_an_unknown_period_is_the_usual_one(browser, awa):
    for asked in ("siecle", "\x01", "x" * 5000):
        assert len(home(browser(awa), periode=asked).context["rows"]) == 30


# Whose it is --------------------------------------------------------------------------------------


def test_nothing_of_another_mairie_is_shown(browser, awa, brice, douala, morning):
    filled(morning, douala, times=3)
    seen = home(browser(brice))
    assert waiting(seen)["demarches_a_prendre"] == 3
    answer = home(browser(awa))
    assert set(waiting(answer).values()) == {0}
    assert answer.context["acts"] == []
    assert not answer.context["todays"][0]["lignes"]
    assert {each["nombre"] for each in answer.context["series"]} == {0}


def test_figures_that_were_kept_go_with_the_rights(browser, awa, yaounde, morning):
    filled(morning, yaounde)
    client = browser(awa)
    assert waiting(home(client))["demarches_a_prendre"] == 1
    awa.groups.clear()
    answer = home(client)
    assert waiting(answer) == {}
    assert answer.context["series"] == answer.context["acts"] == []


def test_whoever_acts_sees_the_figure_fall(browser, awa, yaounde, morning):
    filled(morning, yaounde)
    client, other = browser(awa), browser(agent_of(yaounde, username="autre"))
    assert waiting(home(client)) == waiting(home(other))
    DemarcheAdministrative.objects.filter(statut="deposee").update(statut="en_cours")
    assert waiting(home(client))["demarches_a_prendre"] == 1
    assert client.post("/admin/documents/faq/add/", {}).status_code == 200
    assert waiting(home(client))["demarches_a_prendre"] == 0
    # What a colleague sees is up to a minute old.
    assert waiting(home(other))["demarches_a_prendre"] == 1


# What it costs ------------------------------------------------------------------------------------


def queries(client, address=HOME) -> list[str]:
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    return [query["sql"] for query in found.captured_queries]


@pytest.mark.parametrize("who", ["agent", "national"])
def test_queries_are_bounded_and_do_not_grow(who, browser, awa, nadege, yaounde, morning):
    filled(morning, yaounde, times=2)
    client = browser(awa if who == "agent" else nadege)
    client.get(HOME)
    cache.clear()
    few = queries(client)
    filled(morning, yaounde, times=12)
    # Time went by, which the session is told by the first request.
    client.get(HOME)
    cache.clear()
    assert len(queries(client)) == len(few) <= MOST, few
    assert not [sql for sql in queries(client) if "dash_" in sql]


def test_badges_are_counted_once_in_a_while(browser, awa, yaounde, morning):
    filled(morning, yaounde)
    client = browser(awa)
    address = "/admin/documents/faq/"
    client.get(address)
    cache.clear()
    counted = [sql for sql in queries(client, address) if "dash_" in sql]
    assert len(counted) == 1
    assert not [sql for sql in queries(client, address) if "dash_" in sql]


# The sidebar --------------------------------------------------------------------------------------


def test_every_list_is_reached_from_the_sidebar(browser, nadege):
    found = links(home(browser(nadege)))
    for model in admin.site._registry:
        address = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        assert address in found, model


def test_every_entry_opens(browser, awa, yaounde):
    client = browser(awa)
    found = links(home(client))
    assert f"/admin/mairies/mairie/{yaounde.pk}/change/" in found
    assert "/admin/mairies/mairie/" not in found
    assert "/admin/auth/group/" not in found
    for address in found:
        assert client.get(address).status_code == 200, address


def test_a_badge_says_how_many_wait(browser, awa, yaounde, morning):
    filled(morning, yaounde, times=3)
    item = links(home(browser(awa)))["/admin/demarches/demarcheadministrative/"]
    assert item["badge"] == 3


def test_one_entry_is_the_present_one(browser, awa, yaounde):
    client = browser(awa)
    for address in (
        HOME,
        "/admin/demarches/rendezvous/",
        f"/admin/mairies/mairie/{yaounde.pk}/change/",
    ):
        found = links(client.get(address))
        active = [link for link, item in found.items() if item["active"]]
        assert active == [address]


# The country --------------------------------------------------------------------------------------


def test_the_national_administrator_sees_the_country(browser, nadege, yaounde, douala):
    DemandeCreationSiteFactory()
    answer = home(browser(nadege))
    assert waiting(answer)["demandes_a_traiter"] == 1
    by_statut = answer.context["breakdowns"][0]
    assert sum(part["nombre"] for part in by_statut["parts"]) == Mairie.objects.count()
    for breakdown in answer.context["breakdowns"]:
        part = max(breakdown["parts"], key=lambda each: each["nombre"])
        listed = browser(nadege).get(
            breakdown["link"], {f"{breakdown['colonne']}__exact": part["valeur"]}
        )
        assert listed.context["cl"].result_count == part["nombre"]


def test_agents_see_nothing_of_the_installation(browser, awa):
    answer = home(browser(awa))
    assert "health" not in answer.context
    assert "breakdowns" not in answer.context
    assert "PostgreSQL" not in answer.content.decode()


def test_health_says_what_is_late(browser, nadege):
    long_ago = timezone.now() - timedelta(hours=1)
    OrmQ.objects.create(key="ecms", payload="", lock=long_ago)
    job = Schedule.objects.first()
    task = Task.objects.create(
        id="1" * 32, name="x", func=job.func, started=long_ago, stopped=long_ago, success=False
    )
    Schedule.objects.filter(pk=job.pk).update(next_run=long_ago, task=task.pk)
    found = home(browser(nadege)).context["health"]
    assert found["file"]["en_retard"] is True
    assert found["file"]["attente_secondes"] >= 3600
    (late,) = [each for each in found["planifications"] if each["fonction"] == job.func]
    assert late["en_retard"] is True
    assert late["reussie"] is False
    assert [each["fonction"] for each in found["echecs"]] == [job.func]
    assert found["base"]["octets"] > 0
    assert found["base"]["migrations_en_attente"] is False


# The views of a list ------------------------------------------------------------------------------


@pytest.mark.parametrize("reader", ["awa", "nadege"])
def test_every_view_of_a_list_opens(browser, yaounde, morning, reader, request):
    filled(morning, yaounde)
    reader = request.getfixturevalue(reader)
    client = browser(reader)
    for model, model_admin in admin.site._registry.items():
        for number, preset in enumerate(getattr(model_admin, "presets", ())):
            if not reader.has_perm(f"{model._meta.app_label}.view_{model._meta.model_name}"):
                continue
            address = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
            request = client.get(address).wsgi_request
            answer = client.get(f"{address}?{preset.asked(request)}")
            assert answer.status_code == 200, (model, preset)
            shown = answer.context["presets"]
            assert [each["current"] for each in shown].index(True) == number, (model, preset)


def test_mine_are_those_of_the_reader(browser, awa, yaounde, morning):
    other = UtilisateurFactory()
    mine, _others = (
        DemarcheAdministrativeFactory(mairie=yaounde, agent_traitant=agent)
        for agent in (awa, other)
    )
    client = browser(awa)
    shown = client.get("/admin/demarches/demarcheadministrative/").context["presets"]
    (query,) = [each["query"] for each in shown if str(each["label"]) == "Les miens"]
    rows = client.get(f"/admin/demarches/demarcheadministrative/?{query}").context["cl"].queryset
    assert [row.pk for row in rows] == [mine.pk]


def test_a_view_is_words_or_what_they_are_for_the_reader(rf):
    assert Preset("Tous").asked(rf.get("/")) == ""
    assert Preset("X", lambda request: request.path).asked(rf.get("/ici")) == "/ici"
