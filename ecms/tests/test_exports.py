"""The lists of agents as CSV and as workbooks: the rows of their mairie, and nothing that runs."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest
from django.db import DataError
from django.utils import translation

from demarches.tests.factories import (
    DemarcheAdministrativeFactory,
    FormulaireFactory,
    RendezVousFactory,
    SignalementFactory,
)
from documents.tests.factories import (
    ActualiteFactory,
    DocumentOfficielFactory,
    FAQFactory,
    PageCMSFactory,
)
from ecms.api import exports
from ecms.tests import walking
from ecms.workbooks import in_words, write_workbook
from evenements.tests.factories import (
    AbonneNewsletterFactory,
    EvenementFactory,
    InscriptionEvenementFactory,
    NewsletterFactory,
)
from mairies.models import Mairie
from mairies.tests.factories import DemandeCreationSiteFactory, ServiceMunicipalFactory
from projets.tests.factories import ProjetFactory
from users.tests.factories import agent_of

pytestmark = pytest.mark.django_db

FORMULA = "=1+1 à Yaoundé"


def filed(mairie, text):
    return DemarcheAdministrativeFactory(mairie=mairie, nom_demandeur=text)


def named(mairie, text):
    Mairie.objects.filter(pk=mairie.pk).update(nom_maire=text)


# The list, what makes a row of a mairie with a text in it, and the heading of the text.
LISTS = {
    "abonnes": (lambda m, t: AbonneNewsletterFactory(mairie=m, nom=t), "Nom"),
    "actualites": (lambda m, t: ActualiteFactory(mairie=m, titre=t), "Titre"),
    "demarches": (filed, "Demandeur"),
    "documents-officiels": (lambda m, t: DocumentOfficielFactory(mairie=m, titre=t), "Titre"),
    "evenements": (lambda m, t: EvenementFactory(mairie=m, titre=t), "Titre"),
    "faqs": (lambda m, t: FAQFactory(mairie=m, question=t), "Question"),
    "formulaires": (lambda m, t: FormulaireFactory(mairie=m, nom=t), "Démarche"),
    "mairies": (named, "Maire"),
    "newsletters": (lambda m, t: NewsletterFactory(mairie=m, titre=t), "Titre"),
    "pages": (lambda m, t: PageCMSFactory(mairie=m, titre=t), "Titre"),
    "projets": (lambda m, t: ProjetFactory(mairie=m, titre=t), "Projet"),
    "rendez-vous": (lambda m, t: RendezVousFactory(mairie=m, nom=t), "Nom"),
    "services": (lambda m, t: ServiceMunicipalFactory(mairie=m, nom=t), "Service"),
    "signalements": (lambda m, t: SignalementFactory(mairie=m, titre=t), "Titre"),
    "utilisateurs": (lambda m, t: agent_of(m, last_name=t), "Nom"),
}
each = pytest.mark.parametrize("name", LISTS)
# Open data to everybody: projets/tests/test_donnees_ouvertes.py.
each_csv = pytest.mark.parametrize("name", [name for name in LISTS if name != "projets"])
FILES = [f"{name}.{kind}" for name in LISTS for kind in ("csv", "xlsx")]
FILES.remove("projets.csv")


def fetch(client, file, **asked):
    return client.get(f"/api/v1/{file}", asked, headers={"accept-language": "fr"})


def content_of(answer) -> bytes:
    assert answer.status_code == 200, answer.content
    return b"".join(answer)


def lines(answer) -> list[dict]:
    text = content_of(answer).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def sheet_of(answer):
    return openpyxl.load_workbook(io.BytesIO(content_of(answer))).active


def cells(answer) -> list[dict]:
    headings, *rows = sheet_of(answer).iter_rows()
    return [dict(zip([h.value for h in headings], row, strict=True)) for row in rows]


# Every list ---------------------------------------------------------------------------------------


@each_csv
def test_the_list_as_csv(api, awa, yaounde, douala, name):
    make, heading = LISTS[name]
    make(yaounde, FORMULA)
    make(douala, "Canari")
    answer = fetch(api(awa), f"{name}.csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == f'attachment; filename="{name}.csv"'
    assert answer["Cache-Control"] == "private, no-store"
    content = content_of(answer)
    assert content.startswith(b"\xef\xbb\xbf")
    assert b"Canari" not in content
    found = [line[heading] for line in lines(fetch(api(awa), f"{name}.csv"))]
    assert f"'{FORMULA}" in found


@each
def test_the_list_as_a_workbook(api, awa, yaounde, douala, name):
    make, heading = LISTS[name]
    make(yaounde, FORMULA)
    make(douala, "Canari")
    answer = fetch(api(awa), f"{name}.xlsx")
    assert answer["Content-Type"] == exports.XLSX_TYPE
    assert answer["Content-Disposition"] == f'attachment; filename="{name}.xlsx"'
    assert answer["Cache-Control"] == "private, no-store"
    found = [row[heading] for row in cells(answer)]
    assert [(c.value, c.data_type) for c in found if c.value == FORMULA] == [(FORMULA, "s")]
    assert "Canari" not in [cell.value for cell in found]
    sheet = sheet_of(fetch(api(awa), f"{name}.xlsx"))
    assert (sheet.title, sheet.freeze_panes, sheet["A1"].font.b) == (name, "A2", True)


@pytest.mark.parametrize("file", FILES)
def test_agents_with_the_permission_alone(api, chantal, yaounde, file):
    without = agent_of(yaounde, groups=())
    assert fetch(api(), file).status_code == 401
    assert fetch(api(chantal), file).status_code == 403
    assert fetch(api(without), file).status_code == 403


@pytest.mark.parametrize("file", FILES)
def test_the_national_administrator_has_all(api, nadege, yaounde, douala, file):
    name, _dot, kind = file.partition(".")
    make, _heading = LISTS[name]
    for mairie in (yaounde, douala):
        make(mairie, "Ligne")
    read = lines if kind == "csv" else cells
    assert len(read(fetch(api(nadege), file))) >= 2


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("rows", [1, 9])
def test_the_number_of_queries_is_fixed(
    api, awa, yaounde, django_assert_max_num_queries, file, rows
):
    name, _dot, _kind = file.partition(".")
    make, _heading = LISTS[name]
    for number in range(rows):
        make(yaounde, f"Ligne {number}")
    client = api(awa)
    # The session, its groups, the rows; for a workbook their number; the groups of agents.
    with django_assert_max_num_queries(9):
        content_of(fetch(client, file))


def test_every_list_of_agents_is_there():
    """A view with the mixin is in `LISTS`, or under another row."""
    views = {r.view.export_name for r in walking.routes() if "exporter_xlsx" in r.actions.values()}
    assert views == {*LISTS, "inscriptions", "demandes-creation-site"}


# Some lists ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "read"), [("csv", lines), ("xlsx", cells)])
def test_the_filters_and_the_order_of_the_list(api, awa, yaounde, kind, read):
    for title, statut in [("Un", "brouillon"), ("Deux", "archivee"), ("Trois", "brouillon")]:
        ActualiteFactory(mairie=yaounde, titre=title, statut=statut)
    answer = fetch(api(awa), f"actualites.{kind}", statut="brouillon", ordering="-titre")
    found = [row["Titre"] for row in read(answer)]
    assert [getattr(cell, "value", cell) for cell in found] == ["Un", "Trois"]
    refused = fetch(api(awa), f"actualites.{kind}", statut="perdue")
    assert (refused.status_code, list(refused.json()["fields"])) == (400, ["statut"])


@pytest.mark.parametrize(("kind", "read"), [("csv", lines), ("xlsx", cells)])
def test_registrations_of_one_event(api, awa, brice, yaounde, kind, read):
    event = EvenementFactory(mairie=yaounde)
    InscriptionEvenementFactory(evenement=event, nom=FORMULA)
    InscriptionEvenementFactory(evenement__mairie=yaounde)
    file = f"evenements/{event.pk}/inscriptions.{kind}"
    (row,) = read(fetch(api(awa), file))
    assert FORMULA in getattr(row["Nom"], "value", row["Nom"])
    assert fetch(api(brice), file).status_code == 404


@pytest.mark.parametrize(("kind", "read"), [("csv", lines), ("xlsx", cells)])
def test_requests_to_open_a_space_are_the_national_administrators(api, awa, nadege, kind, read):
    DemandeCreationSiteFactory(nom_demandeur=FORMULA)
    file = f"demandes-creation-site.{kind}"
    (row,) = read(fetch(api(nadege), file))
    assert FORMULA in getattr(row["Demandeur"], "value", row["Demandeur"])
    assert fetch(api(awa), file).status_code == 403
    assert fetch(api(), file).status_code == 401


def test_agents_of_a_mairie_without_a_secret(api, awa, yaounde):
    agent_of(yaounde, username="zoe", email="zoe@exemple.cm")
    text = content_of(fetch(api(awa), "utilisateurs.csv")).decode()
    assert "zoe@exemple.cm" in text
    assert awa.password not in text
    assert "argon2" not in text


def test_private_projects_are_in_the_workbook_of_agents(api, awa, yaounde):
    ProjetFactory(mairie=yaounde, titre="Secret")
    assert [row["Projet"].value for row in cells(fetch(api(awa), "projets.xlsx"))] == ["Secret"]
    assert lines(fetch(api(awa), "projets.csv")) == []


def test_public_rows_of_others_are_not_the_agents(api, awa, douala):
    FAQFactory(mairie=douala, est_active=True)
    assert lines(fetch(api(awa), "faqs.csv", mairie="douala")) == []


def test_dates_are_dates_in_doualas_time(api, awa, yaounde):
    begins = datetime(2026, 5, 20, 23, 30, tzinfo=UTC)
    EvenementFactory(mairie=yaounde, debut=begins, fin=begins.replace(day=22))
    (row,) = cells(fetch(api(awa), "evenements.xlsx"))
    assert row["Début"].value == datetime(2026, 5, 21, 0, 30)
    assert (row["Début"].is_date, row["Début"].number_format) == (True, "dd/mm/yyyy hh:mm")
    (line,) = lines(fetch(api(awa), "evenements.csv"))
    assert line["Début"] == "21/05/2026 00:30"


def test_a_day_and_a_number(api, awa, yaounde):
    DocumentOfficielFactory(mairie=yaounde, date_document=date(2025, 12, 31), annee=2025)
    (row,) = cells(fetch(api(awa), "documents-officiels.xlsx"))
    day = row["Date du document"]
    assert (day.value, day.number_format) == (datetime(2025, 12, 31), "dd/mm/yyyy")
    assert (row["Année"].value, row["Année"].data_type) == (2025, "n")


def test_headings_and_answers_in_english(api, awa, yaounde):
    FAQFactory(mairie=yaounde)
    answer = api(awa).get("/api/v1/faqs.xlsx", headers={"accept-language": "en"})
    (row,) = cells(answer)
    assert {"id", "Question"} <= set(row)


# Too many rows ------------------------------------------------------------------------------------


def test_what_the_database_refuses_is_told_before_the_file_begins(api, awa, yaounde):
    """An offset that Python knows and PostgreSQL does not: rows are read while they are sent."""
    ActualiteFactory(mairie=yaounde)
    asked = "/api/v1/actualites.csv?publiee_apres=2026-07-13T05:11:03-21:53"
    assert api(awa).get(asked).status_code in {200, 400}

    def refused():
        raise DataError
        yield

    with pytest.raises(DataError):
        exports.csv_response(refused(), {}, filename="x.csv")


def test_a_workbook_is_bounded_and_a_csv_is_not(api, awa, yaounde, monkeypatch):
    monkeypatch.setattr(exports, "MAX_XLSX_ROWS", 2)
    FAQFactory.create_batch(2, mairie=yaounde, categorie="Papiers")
    assert len(cells(fetch(api(awa), "faqs.xlsx"))) == 2
    FAQFactory(mairie=yaounde, categorie="Voirie")
    refused = fetch(api(awa), "faqs.xlsx")
    assert (refused.status_code, refused.json()["code"]) == (400, "trop_de_lignes")
    assert "filtrez" in refused.json()["detail"]
    assert len(cells(fetch(api(awa), "faqs.xlsx", categorie="Papiers"))) == 2
    assert len(lines(fetch(api(awa), "faqs.csv"))) == 3


# Workbooks ----------------------------------------------------------------------------------------


def written(*values):
    """The cells of one row, read by another library."""
    file, row = io.BytesIO(), dict(enumerate(values))
    columns = {f"c{n}": lambda row, n=n: row[n] for n in row}
    write_workbook(file, [row], columns, title="x")
    _headings, found = openpyxl.load_workbook(file).active.iter_rows()
    return found


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '=HYPERLINK("https://x")', "{=1}", "007"]
)
def test_text_is_text(text):
    (cell,) = written(text)
    assert (cell.data_type, cell.value) == ("s", text)
    assert cell.hyperlink is None


@pytest.mark.parametrize("text", ["\x01", "\ufffe", "😀 é", "<a>&", "_x0041_"])
def test_any_text_can_be_opened(text):
    assert written(text)[0].data_type == "s"


def test_a_text_beyond_what_a_cell_holds_is_cut():
    assert len(written("é" * 40_000)[0].value) == 32_767


def test_numbers_days_and_nothing():
    cells = written(-3, Decimal("3.5"), None, "", date(1899, 12, 31))
    assert [cell.value for cell in cells] == [-3, 3.5, None, None, "1899-12-31"]


def test_what_a_row_tells_in_words():
    with translation.override("fr"):
        assert (in_words(True), in_words(False), in_words(None)) == ("oui", "non", "")


def test_columns_are_as_wide_as_their_text():
    file = io.BytesIO()
    columns = {"Nom": lambda text: text}
    write_workbook(file, ["a" * 30, "b" * 300], columns, title="x")
    assert 55 < openpyxl.load_workbook(file).active.column_dimensions["A"].width < 65
