"""Every list of the admin as a file: what the list shows now, of one's mairie, and no formula."""

import csv
import io
import re
from html import unescape

import openpyxl
import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from demarches.tests.factories import SignalementFactory
from documents.models import FAQ
from documents.tests.factories import FAQFactory
from ecms.api import exports
from ecms.exports import export_of
from ecms.tests import walking
from mairies.models import ServiceMunicipal
from mairies.tests.factories import ServiceMunicipalFactory
from users.tests.factories import UtilisateurFactory, agent_of

pytestmark = pytest.mark.django_db

REGISTERED = sorted(admin.site._registry, key=lambda model: model._meta.label)
OURS = [model for model in REGISTERED if model._meta.app_label in walking.OURS]
each_ours = pytest.mark.parametrize("model", OURS, ids=lambda m: m._meta.label)
KINDS = ["csv", "xlsx"]


def desk(user) -> Client:
    client = Client(headers={"accept-language": "fr"})
    client.force_login(user, backend="users.backends.Backend")
    return client


def address(model, page: str) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}")


def fetch(client, model, kind="csv", **query):
    return client.get(address(model, f"export_{kind}"), query)


def lines(answer) -> list[dict]:
    assert answer.status_code == 200, answer
    content = b"".join(answer)
    if "spreadsheet" in answer["Content-Type"]:
        headings, *rows = openpyxl.load_workbook(io.BytesIO(content)).active.values
        return [dict(zip(headings, row, strict=True)) for row in rows]
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


@pytest.mark.parametrize("model", REGISTERED, ids=lambda m: m._meta.label)
def test_every_list_has_its_files(nadege, model):
    assert export_of(model) is not None, f"{model._meta.label}: declare it in its `exports` module"
    client = desk(nadege)
    page = client.get(address(model, "changelist")).content.decode()
    for kind in KINDS:
        assert address(model, f"export_{kind}") in page
        answer = fetch(client, model, kind)
        assert answer.status_code == 200
        b"".join(answer)


@each_ours
def test_rows_of_another_mairie_are_in_no_file(brice, nadege, yaounde, douala, model):
    brice.user_permissions.set(walking.all_permissions())
    for mairie in (yaounde, douala):
        walking.rows_of(model, mairie)
    shown = admin.site._registry[model].get_queryset(_request(brice)).count()
    for kind in KINDS:
        assert len(lines(fetch(desk(brice), model, kind))) == shown
    client = desk(nadege)
    client.get("/admin/")
    everything = admin.site._registry[model].get_queryset(_request(nadege)).count()
    assert len(lines(fetch(client, model))) == everything


def _request(user):
    return type("Request", (), {"user": user, "GET": {}, "POST": {}, "method": "GET"})()


def queries(client, model) -> int:
    with CaptureQueriesContext(connection) as context:
        b"".join(fetch(client, model))
    return len(context)


@each_ours
def test_the_number_of_queries_is_fixed(nadege, yaounde, model):
    client = desk(nadege)
    walking.rows_of(model, yaounde)
    lines(fetch(client, model))
    few = queries(client, model)
    for _round in range(3):
        walking.rows_of(model, yaounde)
    assert queries(client, model) <= few <= 20


def test_search_filters_and_order_of_the_list(awa, yaounde):
    client = desk(awa)
    for question, shown in [("Été un", True), ("Hiver", True), ("Été deux", False)]:
        FAQFactory(mairie=yaounde, question=question, est_active=shown)

    def found(**query):
        return [line["Question"] for line in lines(fetch(client, FAQ, **query))]

    assert found(q="ete", est_active__exact="1") == ["Été un"]
    assert found(o="1") == ["Hiver", "Été deux", "Été un"]
    assert found(o="-1", p="7") == ["Été un", "Été deux", "Hiver"]
    page = client.get(address(FAQ, "changelist"), {"q": "ete", "est_active__exact": "1"})
    (link,) = re.findall(r'href="([^"]+/exporter/csv/[^"]*)"', page.content.decode())
    assert [line["Question"] for line in lines(client.get(unescape(link)))] == ["Été un"]


def test_an_address_that_no_list_has(awa, yaounde):
    client = desk(awa)
    assert fetch(client, FAQ, est_active__exact="x").status_code in {200, 302}
    assert fetch(client, FAQ, mairie__nom__startswith="Y").status_code in {302, 400}
    assert fetch(client, FAQ, perdu="1").status_code == 302
    assert client.get(address(FAQ, "export_csv") + "?q=%00").status_code in {200, 302, 400}
    assert client.post(address(FAQ, "export_csv")).status_code == 405


@pytest.mark.parametrize("kind", KINDS)
def test_no_text_is_a_formula(awa, yaounde, kind):
    FAQFactory(mairie=yaounde, question="=HYPERLINK(1)", categorie="@x")
    (line,) = lines(fetch(desk(awa), FAQ, kind))
    sign = "'" if kind == "csv" else ""
    assert (line["Question"], line["Catégorie"]) == (f"{sign}=HYPERLINK(1)", f"{sign}@x")


def test_the_name_of_the_file(awa, nadege):
    day = timezone.localdate().isoformat()
    answer = fetch(desk(awa), FAQ, "xlsx")
    assert answer["Content-Disposition"] == f'attachment; filename="faqs-yaounde-{day}.xlsx"'
    answer = fetch(desk(nadege), FAQ)
    name = f"faqs-toutes-les-mairies-{day}.csv"
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
    assert "private" in answer["Cache-Control"]
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_the_permission_of_the_list(yaounde, chantal):
    without = agent_of(yaounde, groups=())
    for kind in KINDS:
        assert fetch(desk(without), FAQ, kind).status_code == 403
        assert fetch(desk(chantal), FAQ, kind).status_code == 302
        assert fetch(Client(), FAQ, kind).status_code == 302


def test_a_workbook_is_bounded(awa, yaounde, monkeypatch):
    monkeypatch.setattr(exports, "MAX_XLSX_ROWS", 2)
    FAQFactory.create_batch(3, mairie=yaounde, categorie="A")
    client = desk(awa)
    refused = client.get(address(FAQ, "export_xlsx"), {"q": "a"}, follow=True)
    assert refused.redirect_chain == [(address(FAQ, "changelist") + "?q=a", 302)]
    assert "Plus de 2 lignes" in refused.content.decode()
    assert len(lines(fetch(client, FAQ))) == 3


def test_the_chosen_rows(awa, yaounde, douala):
    chosen, _other = ServiceMunicipalFactory.create_batch(2, mairie=yaounde)
    foreign = ServiceMunicipalFactory(mairie=douala)
    body = {"action": "exporter_selection", "_selected_action": [chosen.pk, foreign.pk]}
    answer = desk(awa).post(address(ServiceMunicipal, "changelist"), body)
    assert [line["id"] for line in lines(answer)] == [str(chosen.pk)]


def test_who_wished_not_to_be_known(awa, yaounde, chantal):
    row = SignalementFactory(
        mairie=yaounde, signaleur=chantal, est_anonyme=True, email="chantal@exemple.cm"
    )
    (line,) = lines(fetch(desk(awa), type(row)))
    assert (line["Signalé par"], line["Adresse électronique"]) == ("", "")


def test_accounts_that_are_no_agents(nadege):
    UtilisateurFactory(username="paul")
    found = {line["Nom d'utilisateur"]: line for line in lines(fetch(desk(nadege), type(nadege)))}
    assert (found["paul"]["Mairie"], found["paul"]["Service"]) == ("", "")
