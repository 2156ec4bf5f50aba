"""Questions that come in a file: shown line by line, written once it is confirmed."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.utils import timezone

from documents.models import FAQ
from documents.tests.factories import FAQFactory
from ecms import retention
from ecms.imports import tables
from ecms.models import Importation
from ecms.tests.files import files_in, photo, small_docx, small_pdf, zipped
from ecms.tests.imports import Desk, lines_of, said, workbook
from ecms.tests.together import together
from users.tests.factories import agent_of

pytestmark = pytest.mark.django_db

ROWS = [
    ["Question", "Réponse", "Catégorie", "Ordre", "Affichée"],
    ["Où payer ?", "À la caisse.\nLe matin.", "Impôts", "3", "oui"],
    ["Êtes-vous ouverts ?", "Oui ; du lundi au vendredi.", "", "", "non"],
]


def csv_of(rows, delimiter=";") -> str:
    quoted = [['"' + cell.replace('"', '""') + '"' for cell in row] for row in rows]
    return "\r\n".join(delimiter.join(row) for row in quoted)


FILES = {
    "utf-8": (csv_of(ROWS).encode(), "faq.csv"),
    "utf-8-bom": (csv_of(ROWS).encode("utf-8-sig"), "faq.csv"),
    "comma": (csv_of(ROWS, ",").encode(), "faq.csv"),
    "cp1252": (csv_of(ROWS).encode("cp1252"), "faq.csv"),
    "xlsx": (workbook(*ROWS), "faq.xlsx"),
}


@pytest.fixture
def desk(awa):
    return Desk(awa, FAQ)


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_shown_then_written(desk, yaounde, name):
    shown = desk.send(*FILES[name])
    assert [(line, effect) for line, effect, _ in lines_of(shown)] == [
        (2, "new"),
        (4 if name != "xlsx" else 3, "new"),
    ]
    assert "Importer 2 lignes" in said(shown)
    assert not FAQ.objects.exists()
    answer = desk.confirm(shown)
    assert answer.status_code == 302
    first, second = FAQ.objects.order_by("question")
    assert (first.question, first.reponse, first.ordre, first.est_active) == (
        "Où payer ?",
        "<p>À la caisse.<br>Le matin.</p>",
        3,
        True,
    )
    assert (second.question, second.est_active, second.ordre) == ("Êtes-vous ouverts ?", False, 0)
    assert {first.mairie, second.mairie} == {yaounde}


def test_new_changed_unchanged(desk, yaounde):
    kept = {"mairie": yaounde, "reponse": "<p>Oui, <b>bien sûr</b>.</p>", "categorie": "A"}
    FAQFactory(question="Un ?", ordre=1, **kept)
    changed = FAQFactory(question="Deux ?", ordre=1, **kept)
    shown = desk.send(
        "question;reponse;ordre\nUn ?;Oui, bien sûr.;1\nDeux ?;Oui, bien sûr.;7\nTrois ?;Non.;\n"
    )
    assert lines_of(shown) == [
        (2, "same", ""),
        (3, "changed", [("Ordre", "1", "7")]),
        (4, "new", [("Question", "", "Trois ?"), ("Réponse", "", "Non."), ("Ordre", "", "0")]),
    ]
    desk.confirm(shown)
    changed.refresh_from_db()
    # The form of the answer stays, as do the columns that the file does not have.
    assert (changed.ordre, changed.reponse, changed.categorie) == (7, kept["reponse"], "A")
    assert [(e.object_id, e.action_flag) for e in LogEntry.objects.order_by("pk")] == [
        (str(FAQ.objects.get(question="Trois ?").pk), 1),
        (str(changed.pk), 2),
    ]


def test_an_export_comes_back_unchanged(desk, yaounde):
    FAQFactory(mairie=yaounde, question="=1+1 ?", reponse="<ul><li>a</li><li>b</li></ul>")
    for kind in ("csv", "xlsx"):
        export = b"".join(desk.client.get(f"/admin/documents/faq/exporter/{kind}/"))
        shown = desk.send(export, f"faq.{kind}")
        assert [effect for _line, effect, _ in lines_of(shown)] == ["same"]
        assert {"id", "Mairie", "Modifié le"} <= set(shown.context["examination"].ignored)
        assert "Ce fichier ne change rien." in said(shown)


def test_an_error_refuses_the_whole_file(desk):
    shown = desk.send(
        "Question;Réponse;Ordre;Affichée\n"
        "Bonne ?;Oui.;1;oui\n"
        ";Sans question.;1;oui\n"
        "Ordre ?;Oui.;abc;peut-être\n"
        "Bonne ?;Encore.;2;oui\n"
        f"{'L' * 301};;99999;non\n"
    )
    assert lines_of(shown)[0][1] == "new"
    wrong = {line: dict(errors) for line, effect, errors in lines_of(shown) if effect == "wrong"}
    assert wrong[3] == {"Question": "Ce champ ne peut pas être vide."}
    assert wrong[4] == {
        "Ordre": "Écrivez un nombre entier.",
        "Affichée": "Répondez par oui ou par non.",
    }
    assert wrong[5] == {"Question": "La ligne 2 dit déjà la même chose."}
    assert set(wrong[6]) == {"Question", "Réponse", "Ordre"}
    assert "Rien ne sera importé" in said(shown)
    # Confirmed all the same, by whoever does not use the page.
    digest = shown.context["examination"].digest
    answer = desk.client.post(desk.page, {"empreinte": digest})
    assert answer.status_code == 200
    assert not FAQ.objects.exists()
    assert Importation.objects.get().statut == Importation.Statut.A_CONFIRMER


def test_html_is_sanitised(desk):
    desk.bring(
        workbook(["question", "reponse"], ["A ?", '<p onclick="x">B<script>c</script></p>']),
        "faq.xlsx",
    )
    assert FAQ.objects.get().reponse == "<p>B</p>"


def test_formulas_are_read_as_values_and_ids_not_at_all(desk, douala):
    other = FAQFactory(mairie=douala, question="Autre ?")
    desk.bring(
        workbook(
            ["id", "Mairie", "question", "reponse", "ordre"],
            [other.pk, "Douala", "Autre ?", "Non.", '=HYPERLINK("https://x")'],
        ),
        "faq.xlsx",
    )
    assert FAQ.objects.exclude(pk=other.pk).get().question == "Autre ?"
    other.refresh_from_db()
    assert other.reponse != "<p>Non.</p>"


def test_a_name_that_two_rows_have(desk, yaounde):
    FAQFactory.create_batch(2, mairie=yaounde, question="Deux fois ?")
    ((_line, effect, errors),) = lines_of(desk.send("question;reponse\nDeux fois ?;Oui.\n"))
    assert effect == "wrong"
    assert "Plusieurs lignes" in errors[0][1]


def test_in_english(awa):
    desk = Desk(awa, FAQ, "en")
    shown = desk.send("Question;Answer;Réponse\nWhere?;x;Here.\n")
    assert shown.status_code == 200


def test_what_changed_in_between_is_judged_again(desk, yaounde):
    row = FAQFactory(mairie=yaounde, question="Un ?", ordre=1)
    shown = desk.send("question;ordre\nUn ?;5\n")
    FAQ.objects.filter(pk=row.pk).update(ordre=3)
    again = desk.confirm(shown)
    assert again.status_code == 200
    assert "des lignes ont changé depuis" in said(again)
    assert lines_of(again) == [(2, "changed", [("Ordre", "3", "5")])]
    row.refresh_from_db()
    assert row.ordre == 3
    assert desk.confirm(again).status_code == 302
    row.refresh_from_db()
    assert row.ordre == 5


def test_confirming_twice_imports_once(desk):
    shown = desk.send(*FILES["utf-8"])
    desk.confirm(shown)
    FAQ.objects.all().delete()
    again = desk.client.post(desk.page, {"empreinte": shown.context["examination"].digest})
    assert again.status_code == 302
    assert not FAQ.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_confirmations_at_once_import_once(awa):
    desk = Desk(awa, FAQ)
    shown = desk.send(*FILES["utf-8"])
    other = Desk(awa, FAQ)
    answers = together(lambda: desk.confirm(shown), lambda: other.confirm(shown, page=desk.page))
    assert [answer.status_code for answer in answers] == [302, 302]
    assert FAQ.objects.count() == 2
    assert LogEntry.objects.count() == 2


def test_nobody_elses_file(desk, awa, brice, nadege, yaounde):
    shown = desk.send(*FILES["utf-8"])
    for user in (agent_of(yaounde), brice, nadege):
        other = Desk(user, FAQ)
        assert other.client.get(desk.page).status_code == 302
        assert other.confirm(shown, page=desk.page).status_code == 302
    assert not FAQ.objects.exists()
    # Nor as another list.
    elsewhere = desk.page.replace("documents/faq", "mairies/servicemunicipal")
    assert desk.confirm(shown, page=elsewhere).status_code in {302, 403}
    assert not FAQ.objects.exists()


def test_whoever_works_elsewhere_now_confirms_nothing(desk, awa, douala):
    shown = desk.send(*FILES["utf-8"])
    awa.profilagentcommunal.mairie = douala
    awa.profilagentcommunal.save()
    assert desk.confirm(shown).status_code == 302
    assert not FAQ.objects.exists()


def test_both_permissions_are_needed(yaounde, chantal):
    reader = agent_of(yaounde, groups=())
    reader.user_permissions.set(Permission.objects.filter(codename__in=["view_faq", "add_faq"]))
    desk = Desk(reader, FAQ)
    assert desk.client.get(desk.address).status_code == 403
    assert desk.send(*FILES["utf-8"]).status_code == 403
    assert "Importer" not in said(desk.client.get("/admin/documents/faq/"))
    assert Desk(chantal, FAQ).client.get(desk.address).status_code == 302


def test_the_national_administrator_says_for_which_mairie(nadege, yaounde, douala):
    desk = Desk(nadege, FAQ)
    assert "errorlist" in said(desk.send(*FILES["utf-8"])) or not Importation.objects.exists()
    desk.bring(*FILES["utf-8"], mairie=douala.pk)
    assert {row.mairie for row in FAQ.objects.all()} == {douala}


def test_an_agents_choice_of_a_mairie_is_not_believed(desk, yaounde, douala):
    desk.bring(*FILES["utf-8"], mairie=douala.pk)
    assert {row.mairie for row in FAQ.objects.all()} == {yaounde}


def bomb() -> bytes:
    sheet = b"<worksheet>" + b" " * 40_000_000 + b"</worksheet>"
    return zipped({"[Content_Types].xml": b"<Types/>", "xl/worksheets/sheet1.xml": sheet})


def far_row() -> bytes:
    """A workbook that says that its second line is the millionth."""
    file, out = io.BytesIO(workbook(["question"], ["x"])), io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, content.replace(b'<row r="2"', b'<row r="1000000"'))
    return out.getvalue()


HOSTILE = {
    "empty": (b"", "x.csv"),
    "headings": (b"question;reponse\n", "x.csv"),
    "nul": (b"question;reponse\na\0;b\n", "x.csv"),
    "quotes": (b'question;reponse\n"a;b\nc;d', "x.csv"),
    "binary": (bytes(range(256)) * 20, "x.csv"),
    "huge cell": (b"question;reponse\n" + b"x" * 200_000 + b";b", "x.csv"),
    "wide": (b"question;reponse\na;b;c\n", "x.csv"),
    "no question": (b"titre;reponse\na;b\n", "x.csv"),
    "twice": (b"question;Question;reponse\na;a;b\n", "x.csv"),
    "pdf": (small_pdf(), "x.pdf"),
    "photo": (photo((20, 20)), "x.jpg"),
    "docx": (small_docx(), "x.docx"),
    "named xlsx": (b"question;reponse\na;b\n", "x.xlsx"),
    "no workbook": (zipped({"[Content_Types].xml": b"<Types/>", "xl/x.xml": b"x"}), "x.xlsx"),
    "bomb": (bomb(), "x.xlsx"),
    "far row": (far_row(), "x.xlsx"),
    "cut": (workbook(["question"], ["x"])[:-30], "x.xlsx"),
    "no name": (b"question;reponse\na;b\n", "x"),
    "utf-16": ("question;reponse\na;b\n".encode("utf-16"), "x.csv"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_that_cannot_be_read_is_refused_and_not_kept(desk, settings, name):
    answer = desk.send(*HOSTILE[name])
    assert answer.status_code == 200
    assert answer.context["form"].errors["fichier"]
    assert not Importation.objects.exists()
    assert files_in(settings.PRIVATE_ROOT) == []


def test_the_line_of_the_fault_is_named(desk):
    answer = desk.send('question;reponse\n"a";b\n"c;d\n')
    assert "Ligne 3" in said(answer)


def test_too_many_lines_and_too_heavy(desk, monkeypatch):
    monkeypatch.setattr(tables, "MAX_ROWS", 2)
    monkeypatch.setattr(tables, "MAX_BYTES", 5_000)
    assert "plus de 2 lignes" in said(desk.send("question;reponse\na;b\nc;d\ne;f\n"))
    assert "dépasse" in said(desk.send("question;reponse\na;" + "b" * 6_000))


def test_a_lost_file_is_said(desk):
    shown = desk.send(*FILES["utf-8"])
    importation = Importation.objects.get()
    importation.fichier.storage.delete(importation.fichier.name)
    assert desk.client.get(desk.page).status_code == 302
    assert desk.confirm(shown).status_code == 302
    assert not FAQ.objects.exists()


def test_the_file_has_no_address_and_goes_after_a_day(desk, settings):
    desk.send(*FILES["utf-8"])
    importation = Importation.objects.get()
    assert len(files_in(settings.PRIVATE_ROOT)) == 1
    with pytest.raises(ValueError, match="no address"):
        importation.fichier.url  # noqa: B018
    assert retention.run(apply=False)["ecms.importations"] == 0
    Importation.objects.update(date_creation=timezone.now() - timedelta(hours=25))
    assert retention.run(apply=True)["ecms.importations"] == 1
    assert not Importation.objects.exists()


def rows(count: int) -> str:
    return "question;reponse\n" + "".join(f"Question {n} ?;Oui.\n" for n in range(count))


@pytest.mark.parametrize("count", [1, 200])
def test_queries_for_each_line(desk, django_assert_max_num_queries, count):
    """Two for a line that is judged (its savepoint), five for one that is written, whatever the
    file. It is judged when it is received, on the page, and before it is written."""
    with django_assert_max_num_queries(2 * 2 * count + 60):
        shown = desk.send(rows(count))
    with django_assert_max_num_queries(7 * count + 50):
        assert desk.confirm(shown).status_code == 302
    assert FAQ.objects.count() == count


def test_as_many_lines_as_a_file_may_have(desk):
    shown = desk.send(rows(2_000))
    assert "Importer 2000 lignes" in said(shown).replace("\u202f", "").replace("\xa0", "")
    desk.confirm(shown)
    assert FAQ.objects.count() == 2_000


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_model_can_be_filled_and_sent(desk, kind):
    content = b"".join(desk.client.get(f"{desk.address}modele.{kind}"))
    ((line, effect, _changes),) = lines_of(desk.send(content, f"modele.{kind}"))
    assert (line, effect) == (2, "new")
