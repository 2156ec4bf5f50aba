import io
import sys

import pytest
from django.core.management import call_command
from django.utils import timezone

from ecms.tests.together import together
from mairies.importation import COLONNES, Bilan, importer_collectivites
from mairies.models import Mairie
from mairies.workflow import StatutMairie


def run(*arguments):
    output = io.StringIO()
    call_command("import_collectivites", *arguments, stdout=output)
    return output.getvalue()


@pytest.fixture
def imported(db):
    importer_collectivites()


def test_it_works(db):
    assert run() == (
        "Collectivités chargées : 374 créées, 0 modifiées, 0 inchangées (374 collectivités).\n"
    )
    assert Mairie.objects.count() == 374
    assert Mairie.objects.filter(type=Mairie.Type.COMMUNE).count() == 360
    assert Mairie.objects.filter(type=Mairie.Type.COMMUNAUTE_URBAINE).count() == 14
    assert Mairie.objects.values("departement").distinct().order_by().count() == 58
    assert Mairie.objects.values("region").distinct().order_by().count() == 10


def test_what_is_imported_is_valid_and_not_open(imported):
    for mairie in Mairie.objects.all():
        mairie.clean_fields()
        assert mairie.statut == StatutMairie.NON_ACTIVEE


def test_a_mairie_has_its_place(imported):
    values = Mairie.objects.values_list(*COLONNES).get(slug="communaute-urbaine-de-garoua")
    assert values == ("communaute_urbaine", "Garoua", "nord", "benoue")


def test_again_changes_nothing_and_says_so(imported, django_assert_num_queries):
    before = list(Mairie.objects.order_by("pk").values())
    # The transaction's savepoint, the lock, what is there.
    with django_assert_num_queries(4):
        output = run()
    assert output == (
        "Rien à changer : 0 créées, 0 modifiées, 374 inchangées (374 collectivités).\n"
    )
    assert list(Mairie.objects.order_by("pk").values()) == before


def test_it_takes_few_queries(db, django_assert_max_num_queries):
    with django_assert_max_num_queries(10):
        importer_collectivites()


def test_what_the_file_says_otherwise_is_changed_and_nothing_else(imported):
    douala = Mairie.objects.get(slug="douala-1er")
    Mairie.objects.filter(pk=douala.pk).update(
        nom="Douala I",
        departement="moungo",
        statut=StatutMairie.ACTIVE,
        date_activation=timezone.now(),
        slogan="Au bord du Wouri",
        horaires={"lundi": [["07:30", "15:30"]]},
    )
    written = Mairie.objects.filter(pk=douala.pk).values().get()
    assert importer_collectivites() == Bilan(creees=0, modifiees=1, inchangees=373)

    after = Mairie.objects.filter(pk=douala.pk).values().get()
    assert after.pop("date_modification") > written.pop("date_modification")
    assert after == written | {"nom": "Douala 1er", "departement": "wouri"}


def test_a_missing_mairie_comes_back_beside_the_others(imported):
    Mairie.objects.get(slug="buea").delete()
    assert importer_collectivites() == Bilan(creees=1, modifiees=0, inchangees=373)


def test_a_mairie_outside_the_file_is_left_alone(imported, yaounde):
    assert importer_collectivites().inchangees == 374
    assert Mairie.objects.filter(pk=yaounde.pk).exists()


def test_a_dry_run_writes_nothing(db):
    assert run("--dry-run").startswith("Simulation, rien n'est écrit : 374 créées")
    assert not Mairie.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_at_once_end_with_374_rows():
    results = together(importer_collectivites, importer_collectivites)

    assert sorted(results, key=str) == [Bilan(0, 0, 374), Bilan(374, 0, 0)]
    assert Mairie.objects.count() == 374


def test_no_progress_bar_off_a_terminal(db, capfd):
    run("--dry-run")
    assert capfd.readouterr().err == ""


def test_a_progress_bar_on_a_terminal(db, monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    monkeypatch.setattr("sys.stderr", Terminal())
    run("--dry-run")
    assert "Collectivités: 100%" in sys.stderr.getvalue()
