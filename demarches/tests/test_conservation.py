"""What is forgotten when, what is left of it, and that a purge may be run at any time."""

import io
import uuid
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from demarches import tasks
from demarches.models import DemarcheAdministrative, PieceJointe, RendezVous, Signalement, Suivi
from demarches.services import conservation
from demarches.services.historique import effacement
from demarches.tests.factories import (
    DemarcheAdministrativeFactory,
    FormulaireFactory,
    PieceJointeFactory,
    RendezVousFactory,
    SignalementFactory,
    SuiviFactory,
)
from demarches.workflow import StatutDemarche, StatutSignalement
from ecms import retention
from ecms.tests.files import files_in

pytestmark = pytest.mark.django_db
CANARY = "canari"


def ago(**duration):
    return timezone.now() - timedelta(**duration)


@pytest.fixture
def formulaire(yaounde):
    return FormulaireFactory(mairie=yaounde, duree_conservation_jours=100)


def close(formulaire, *, days: int, **facts) -> DemarcheAdministrative:
    values = {
        "statut": StatutDemarche.REJETEE,
        "motif_rejet": CANARY,
        "date_cloture": ago(days=days),
        "donnees": {"nom": CANARY},
        "definition": [{"cle": "nom", "type": "texte", "libelle": {"fr": CANARY}}],
        "nom_demandeur": CANARY,
        "email_demandeur": f"{CANARY}@exemple.cm",
        "telephone_demandeur": "+237699001122",
        **facts,
    }
    return DemarcheAdministrativeFactory(mairie=formulaire.mairie, formulaire=formulaire, **values)


def purge() -> dict[str, int]:
    return {name: count for name, count in retention.run(apply=True).items() if count}


def dump() -> str:
    """All that the database holds about what was filed, as text."""
    tables = ["demarcheadministrative", "piecejointe", "suivi", "signalement", "rendezvous"]
    with connection.cursor() as cursor:
        found = []
        for table in tables:
            cursor.execute(f"SELECT t::text FROM demarches_{table} t")
            found += [row[0] for row in cursor.fetchall()]
    return "\n".join(found)


@pytest.mark.django_db(transaction=True)
def test_a_closed_dossier_leaves_a_tombstone(formulaire, chantal, awa, settings):
    demarche = close(formulaire, days=101, demandeur=chantal, agent_traitant=awa)
    tasks.faire_recepisse(demarche.pk)
    PieceJointeFactory(demarche=demarche, mairie=demarche.mairie, nom_original=f"{CANARY}.pdf")
    SuiviFactory(demarche=demarche, mairie=demarche.mairie, message=CANARY, auteur=chantal)
    assert len(files_in(settings.PRIVATE_ROOT)) == 2
    assert purge() == {"dossiers clos": 1}
    assert CANARY not in dump()
    assert "699001122" not in dump()
    assert files_in(settings.PRIVATE_ROOT) == []
    left = DemarcheAdministrative.objects.get()
    kept = ("numero_suivi", "statut", "date_depot", "date_cloture", "mairie_id", "formulaire_id")
    assert [getattr(left, name) for name in kept] == [getattr(demarche, name) for name in kept]
    assert (left.demandeur, left.agent_traitant, left.recepisse.name) == (None, None, "")
    assert left.est_anonymisee
    assert left.code_suivi != demarche.code_suivi
    line = Suivi.objects.get()
    assert (line.message, line.auteur, line.nature) == ("", None, "message")


def test_each_procedure_has_its_own_limit(formulaire, yaounde):
    longer = FormulaireFactory(mairie=yaounde, duree_conservation_jours=1000)
    past = close(formulaire, days=101)
    for kept in (close(formulaire, days=99), close(longer, days=999)):
        assert kept not in conservation.dossiers_clos()
    assert list(conservation.dossiers_clos()) == [past]
    assert purge() == {"dossiers clos": 1}
    assert purge() == {}
    assert DemarcheAdministrative.objects.filter(donnees__nom=CANARY).count() == 2


def test_what_is_open_is_kept_whatever_its_age(formulaire):
    old = DemarcheAdministrativeFactory(mairie=formulaire.mairie, formulaire=formulaire)
    DemarcheAdministrative.objects.update(date_depot=ago(days=9000), date_modification=ago(days=9))
    assert purge() == {}
    assert not DemarcheAdministrative.objects.get(pk=old.pk).est_anonymisee


@pytest.mark.django_db(transaction=True)
def test_an_abandoned_draft_is_deleted_with_its_files(formulaire, settings):
    made = {"mairie": formulaire.mairie, "formulaire": formulaire, "brouillon": True}
    old, fed, fresh = (DemarcheAdministrativeFactory(**made) for _n in range(3))
    given_up = close(formulaire, days=40, statut=StatutDemarche.ANNULEE, date_depot=None)
    for demarche in (old, fed):
        PieceJointeFactory(demarche=demarche, mairie=demarche.mairie)
    past = DemarcheAdministrative.objects.exclude(pk=fresh.pk)
    past.update(date_modification=ago(days=31))
    PieceJointe.objects.filter(demarche=old).update(date_creation=ago(days=31))
    SuiviFactory(demarche=given_up, mairie=given_up.mairie)
    assert purge() == {"brouillons abandonnés": 2}
    assert set(DemarcheAdministrative.objects.all()) == {fed, fresh}
    assert len(files_in(settings.PRIVATE_ROOT)) == PieceJointe.objects.count() == 1


def test_a_settled_report_forgets_who_reported_it(yaounde, chantal, awa):
    facts = {"mairie": yaounde, "signaleur": chantal, "email": f"{CANARY}@exemple.cm"}
    settled, recent, running = (
        SignalementFactory(**facts, telephone="+237699001122") for _n in range(3)
    )
    done = {"statut": StatutSignalement.RESOLU, "date_resolution": ago(days=400)}
    Signalement.objects.filter(pk__in=[settled.pk, recent.pk]).update(**done)
    Signalement.objects.exclude(pk=recent.pk).update(date_modification=ago(days=366))
    theirs = {"signalement": settled, "demarche": None, "mairie": yaounde}
    said = SuiviFactory(**theirs, message="Toujours là", origine="demandeur", auteur=chantal)
    answered = SuiviFactory(**theirs, message="Rebouché", origine="agent", auteur=awa)
    note = SuiviFactory(**theirs, message=CANARY, nature="note", est_visible=False, auteur=awa)
    assert purge() == {"signalements clos": 1}
    left = Signalement.objects.get(pk=settled.pk)
    assert (left.signaleur, left.email, str(left.telephone)) == (None, "", "")
    assert (left.titre, left.description) == (settled.titre, settled.description)
    assert left.code_suivi != settled.code_suivi
    assert Signalement.objects.filter(signaleur=chantal).count() == 2
    for line in (said, answered, note):
        line.refresh_from_db()
    assert (said.auteur, said.message) == (None, "Toujours là")
    assert (answered.auteur, answered.message) == (awa, "Rebouché")
    assert note.message == ""
    assert purge() == {}


def test_an_appointment_of_two_years_ago_has_no_name(yaounde):
    facts = {"mairie": yaounde, "nom": CANARY, "motif": CANARY, "email": f"{CANARY}@exemple.cm"}
    old, recent = RendezVousFactory(**facts), RendezVousFactory(**facts)
    for row, days in ((old, 731), (recent, 729)):
        debut = ago(days=days)
        moved = RendezVous.objects.filter(pk=row.pk)
        moved.update(debut=debut - timedelta(minutes=30), fin=debut)
    SuiviFactory(rendez_vous=old, demarche=None, mairie=yaounde, message=CANARY)
    assert purge() == {"rendez-vous passés": 1}
    left = RendezVous.objects.get(pk=old.pk)
    assert (left.nom, left.motif, left.email, left.citoyen) == ("Anonyme", "", "", None)
    assert left.code != old.code
    assert RendezVous.objects.get(pk=recent.pk).nom == CANARY
    assert Suivi.objects.get().message == ""
    left.full_clean()


def test_a_dry_run_counts_exactly_and_changes_nothing(formulaire):
    for days in (101, 102, 99):
        close(formulaire, days=days)
    before, out = dump(), io.StringIO()
    call_command("purge", "--dry-run", stdout=out)
    assert "dossiers clos : 2" in out.getvalue()
    assert dump() == before
    out = io.StringIO()
    call_command("purge", stdout=out)
    assert "dossiers clos : 2" in out.getvalue()
    call_command("purge", stdout=(again := io.StringIO()))
    assert "dossiers clos : 0" in again.getvalue()


@pytest.mark.django_db(transaction=True)
def test_it_goes_in_batches_that_stay_done(formulaire, monkeypatch):
    """A purge that is killed has lost nothing but its last batch."""
    monkeypatch.setattr(conservation, "LOT", 2)
    for _n in range(5):
        close(formulaire, days=101)
    real, seen = conservation.anonymiser_dossiers, []

    def killed(lot):
        real(lot)
        seen.append(len(lot))
        if len(seen) == 2:
            raise KeyboardInterrupt

    regle = conservation.par_lots(conservation.dossiers_clos, killed)
    with pytest.raises(KeyboardInterrupt):
        regle(True)
    assert DemarcheAdministrative.objects.filter(date_anonymisation__isnull=False).count() == 2
    assert purge() == {"dossiers clos": 3}


@pytest.mark.django_db(transaction=True)
def test_what_somebody_holds_is_left_to_the_next(formulaire):
    held, free = close(formulaire, days=101), close(formulaire, days=101)
    other = connection.copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute(
                "SELECT 1 FROM demarches_demarcheadministrative WHERE id = %s FOR UPDATE", [held.pk]
            )
        assert purge() == {"dossiers clos": 1}
        free.refresh_from_db()
        assert free.est_anonymisee
    finally:
        other.rollback()
        other.close()
    assert purge() == {"dossiers clos": 1}


def test_history_is_closed_again_afterwards(formulaire):
    line = SuiviFactory(mairie=formulaire.mairie)
    close(formulaire, days=101)
    purge()
    with effacement():
        pass
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Suivi.objects.filter(pk=line.pk).update(message=str(uuid.uuid4()))
