"""The history is appended and nothing else: the database sees to it."""

import pytest
from django.db import IntegrityError, connection, transaction

from demarches.models import Suivi
from demarches.services.historique import Nature, Origine, effacement, noter, origine_de
from demarches.tests.factories import (
    DemarcheAdministrativeFactory,
    RendezVousFactory,
    SignalementFactory,
    SuiviFactory,
)

REFUSED = "append-only"


@pytest.fixture
def line(db):
    return SuiviFactory()


def run(sql: str, *values) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


def message_of(line) -> str:
    return Suivi.objects.values_list("message", flat=True).get(pk=line.pk)


@pytest.mark.parametrize(
    "make", [DemarcheAdministrativeFactory, SignalementFactory, RendezVousFactory]
)
def test_it_works(make, db):
    about = make()
    line = noter(about, nature=Nature.MESSAGE, origine=Origine.SYSTEME, message="Reçu.")
    assert list(about.suivis.all()) == [line]
    assert line.mairie_id == about.mairie_id


@pytest.mark.parametrize(
    "change",
    [
        {"message": "Autre."},
        {"est_visible": False},
        {"origine": "demandeur"},
        {"nouveau_statut": "rejetee"},
        {"auteur": None, "message": "Autre."},
    ],
)
def test_no_line_is_changed(line, change):
    with pytest.raises(IntegrityError, match=REFUSED), transaction.atomic():
        Suivi.objects.filter(pk=line.pk).update(**change)
    assert message_of(line) == line.message


def test_no_line_is_saved_again(line):
    line.message = "Autre."
    with pytest.raises(IntegrityError, match=REFUSED), transaction.atomic():
        line.save()
    with pytest.raises(IntegrityError, match=REFUSED), transaction.atomic():
        Suivi.objects.bulk_update([line], ["message"])


def test_no_line_is_deleted(line):
    with pytest.raises(IntegrityError, match=REFUSED), transaction.atomic():
        line.delete()
    with pytest.raises(IntegrityError, match=REFUSED), transaction.atomic():
        Suivi.objects.filter(pk=line.pk)._raw_delete(using="default")
    assert Suivi.objects.filter(pk=line.pk).exists()


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE demarches_suivi SET message = 'Autre.'",
        "UPDATE demarches_suivi SET id = id + 1000",
        "UPDATE demarches_suivi SET date_creation = now() - interval '1 year'",
        "DELETE FROM demarches_suivi",
        "WITH gone AS (DELETE FROM demarches_suivi RETURNING 1) SELECT * FROM gone",
    ],
)
def test_whoever_connects_is_refused(line, sql):
    with pytest.raises(IntegrityError, match=REFUSED):
        run(sql)
    assert message_of(line) == line.message


def test_what_hangs_on_it_keeps_it(line):
    """Not even with its dossier does a line go by accident."""
    deletion = "DELETE FROM demarches_demarcheadministrative WHERE id = %s"
    with pytest.raises(IntegrityError):
        run(f"{deletion}; SET CONSTRAINTS ALL IMMEDIATE", line.demarche_id)
    assert Suivi.objects.filter(pk=line.pk).exists()


def test_the_law_may_make_it_forgotten(line):
    with effacement():
        Suivi.objects.filter(pk=line.pk).update(message="", auteur=None)
    assert message_of(line) == ""
    with effacement():
        line.delete()
    assert not Suivi.objects.exists()


def test_it_ends_with_its_transaction(line):
    with effacement():
        pass
    with pytest.raises(IntegrityError, match=REFUSED):
        run("DELETE FROM demarches_suivi")


def test_it_ends_with_its_failure(line):
    with pytest.raises(RuntimeError), effacement():
        raise RuntimeError
    with pytest.raises(IntegrityError, match=REFUSED):
        run("DELETE FROM demarches_suivi")


@pytest.mark.django_db(transaction=True)
def test_a_connection_does_not_keep_it():
    """Workers use theirs again for other requests."""
    SuiviFactory()
    with effacement():
        Suivi.objects.update(message="")
    with pytest.raises(IntegrityError, match=REFUSED):
        run("DELETE FROM demarches_suivi")


def test_one_erasure_within_another(line):
    with effacement():
        with effacement():
            Suivi.objects.filter(pk=line.pk).update(message="")
        Suivi.objects.filter(pk=line.pk).delete()
    assert not Suivi.objects.exists()


def test_the_author_goes_and_the_line_stays(awa, yaounde):
    line = SuiviFactory(mairie=yaounde, auteur=awa)
    before = Suivi.objects.filter(pk=line.pk).values().get()
    awa.delete()
    after = Suivi.objects.filter(pk=line.pk).values().get()
    assert after == {**before, "auteur_id": None}


def test_the_author_is_never_another(line, awa, chantal):
    signed = SuiviFactory(auteur=awa)
    for row in (line, signed):
        with pytest.raises(IntegrityError, match=REFUSED), transaction.atomic():
            Suivi.objects.filter(pk=row.pk).update(auteur=chantal)


def test_on_which_side_somebody_acts(awa, chantal, yaounde):
    dossier = DemarcheAdministrativeFactory(mairie=yaounde, demandeur=chantal)
    assert origine_de(dossier, None) == Origine.DEMANDEUR
    assert origine_de(dossier, chantal) == Origine.DEMANDEUR
    assert origine_de(dossier, awa) == Origine.AGENT
    own = SignalementFactory(mairie=yaounde, signaleur=awa)
    assert origine_de(own, awa) == Origine.DEMANDEUR
