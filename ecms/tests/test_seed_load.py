"""The load: what it makes, tops up, and takes away again."""

import io
from dataclasses import astuple
from datetime import timedelta
from decimal import Decimal

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.db.models import Count, F
from django.utils import timezone

from demarches.models import (
    DemarcheAdministrative,
    Formulaire,
    PieceJointe,
    RendezVous,
    Signalement,
    Suivi,
)
from demarches.services.historique import effacement
from demarches.tests.factories import (
    DemarcheAdministrativeFactory,
    SignalementFactory,
    SuiviFactory,
)
from demarches.workflow import StatutDemarche, StatutSignalement
from documents.models import Actualite, DocumentOfficiel
from documents.tests.factories import ActualiteFactory, DocumentOfficielFactory
from ecms.management.commands.seed_load import NATIONAL, tailles_de
from ecms.management.load.lignes.communs import nom_court
from ecms.management.load.lignes.dossiers import numero_de_dossier
from ecms.management.load.lignes.rendez_vous import code_de_rendez_vous
from ecms.management.load.lignes.signalements import numero_de_signalement
from ecms.tests.files import files_in
from evenements.models import Evenement
from mairies.models import Mairie, ServiceMunicipal
from mairies.territoire import collectivites
from mairies.tests.factories import MairieFactory
from projets.models import MiseAJourProjet, Projet
from projets.tests.factories import ProjetFactory
from users.models import Utilisateur
from users.tests.factories import UtilisateurFactory

# As many as `SMALL` makes of each.
KINDS = {
    Mairie: 4,
    ServiceMunicipal: 12,
    Formulaire: 16,
    Utilisateur: 200,
    Actualite: 200,
    DocumentOfficiel: 50,
    Projet: 20,
    Evenement: 50,
    DemarcheAdministrative: 500,
    Signalement: 500,
    RendezVous: 50,
}
MODELS = [*KINDS, MiseAJourProjet, PieceJointe, Suivi]
SMALL = ("--scale", "0.01", "--mairies", "4")
ADDED = (
    "Ajouté : 4 mairies, 12 services, 16 formulaires, 200 citoyens, 200 actualités, "
    "50 documents, 20 projets, 50 événements, 500 dossiers, 490 signalements, 10 doublons, "
    "50 rendez-vous."
)


def run(*arguments):
    output = io.StringIO()
    call_command("seed_load", *arguments, stdout=output)
    return output.getvalue().strip()


def counts():
    return {model: model.objects.count() for model in KINDS}


@pytest.fixture
def loaded(db):
    return run(*SMALL)


def test_it_works(loaded):
    assert loaded == ADDED
    assert counts() == KINDS
    assert MiseAJourProjet.objects.count() == sum(n % 5 for n in range(1, 21))


def test_a_row_is_what_a_form_would_accept(loaded):
    for model in MODELS:
        # Every seventh: rows of one fate come every hundred, or twenty.
        for row in model.objects.order_by("pk")[::7]:
            row.full_clean()


def test_a_text_is_about_two_kilobytes(loaded):
    sizes = [len(a.contenu.encode()) for a in Actualite.objects.all()]
    assert 1800 < sum(sizes) / len(sizes) < 3500
    assert Actualite.objects.values("contenu").distinct().count() == 200


def test_every_mairie_has_its_share(loaded):
    for model in (Actualite, DocumentOfficiel, Projet, DemarcheAdministrative, Signalement):
        shares = model.objects.order_by().values("mairie").annotate(n=Count("pk"))
        assert len(shares) == 4
        assert max(s["n"] for s in shares) <= 2 * min(s["n"] for s in shares) + 2


def test_most_is_public_and_some_is_not(loaded):
    for model in (Actualite, DocumentOfficiel, Projet, Evenement, Signalement):
        public = model.objects.visible_to_public().count()
        assert 0.8 * model.objects.count() < public < model.objects.count()


def test_a_project_is_where_its_last_update_left_it(loaded):
    for projet in Projet.objects.prefetch_related("mises_a_jour"):
        last = projet.mises_a_jour.first()
        said = (projet.avancement, projet.depense_xaf)
        assert said == ((last.avancement, last.depense_xaf) if last else (0, 0))


def test_each_document_has_a_file_of_its_own(loaded):
    names = {document.fichier.name for document in DocumentOfficiel.objects.all()}
    papers = {piece.fichier.name for piece in PieceJointe.objects.exclude(fichier="")}
    assert (len(names), len(papers)) == (50, 10)
    assert len(files_in(django_settings.PRIVATE_ROOT)) == 60
    document = DocumentOfficiel.objects.first()
    with document.fichier.open() as file:
        content = file.read()
    assert content.startswith(b"%PDF-")
    assert len(content) == document.taille


def test_dossiers_are_at_every_stage(loaded):
    filed = DemarcheAdministrative.objects.exclude(statut=StatutDemarche.BROUILLON)
    assert set(DemarcheAdministrative.objects.values_list("statut", flat=True)) == set(
        StatutDemarche.values
    )
    waiting = list(filed.filter(statut__in=StatutDemarche.en_attente()))
    late = sum(dossier.est_en_retard for dossier in waiting)
    assert 0 < late < len(waiting) / 2
    assert filed.filter(demandeur=None).exists()
    assert filed.dates("date_creation", "year").count() >= 3
    assert list(filed.exclude(date_creation=F("date_depot"))) == []


def test_history_leads_to_where_a_row_is(loaded):
    dossiers = DemarcheAdministrative.objects.exclude(statut=StatutDemarche.BROUILLON)
    for row in [*dossiers.prefetch_related("suivis"), *RendezVous.objects.exclude(suivis=None)]:
        assert row.suivis.last().nouveau_statut == row.statut
    moved = Signalement.objects.exclude(statut=StatutSignalement.SIGNALE)
    for row in moved.prefetch_related("suivis"):
        assert row.suivis.last().nouveau_statut == row.statut


def test_reports_are_around_their_town_hall(loaded):
    assert set(Signalement.objects.values_list("statut", flat=True)) == set(
        StatutSignalement.values
    )
    placed = Signalement.objects.exclude(latitude=None).select_related("mairie")
    assert 400 < len(placed) < 500
    assert len({(row.latitude, row.longitude) for row in placed}) > 400
    for row in placed:
        assert abs(row.latitude - row.mairie.latitude) <= Decimal("0.05")
        assert abs(row.longitude - row.mairie.longitude) <= Decimal("0.05")


def test_a_photo_has_a_file_of_its_own(loaded):
    photos = PieceJointe.objects.exclude(photo="")
    assert len({piece.photo.name for piece in photos}) == 20
    assert len(files_in(django_settings.MEDIA_ROOT)) == 2 * 20


def test_again_changes_nothing(loaded):
    before = [list(model.objects.order_by("pk").values()) for model in MODELS]
    assert run(*SMALL) == "La charge est déjà là."
    assert [list(model.objects.order_by("pk").values()) for model in MODELS] == before


def test_it_tops_up(loaded):
    Actualite.objects.filter(slug=nom_court(7)).delete()
    added = run("--scale", "0.02", "--mairies", "5")
    assert added == (
        "Ajouté : 1 mairies, 3 services, 4 formulaires, 200 citoyens, 201 actualités, "
        "50 documents, 20 projets, 50 événements, 500 dossiers, 490 signalements, 10 doublons, "
        "50 rendez-vous."
    )
    doubled = {model: 2 * count for model, count in KINDS.items()}
    assert counts() == doubled | {Mairie: 5, ServiceMunicipal: 15, Formulaire: 20}
    assert run("--scale", "0.005") == "La charge est déjà là."


def test_on_another_day_the_appointments_that_are_missing_find_their_places(loaded, time_machine):
    with effacement():
        Suivi.objects.exclude(rendez_vous=None).delete()
    RendezVous.objects.filter(code__lte=code_de_rendez_vous(25)).delete()
    time_machine.move_to(timezone.now() + timedelta(days=3))
    assert "25 rendez-vous" in run(*SMALL)


def test_what_is_not_its_own_is_no_part_of_it(db):
    real = MairieFactory(slug="yaounde")
    ActualiteFactory(mairie=real, slug="charge-000001")
    DocumentOfficielFactory(mairie=real, numero_reference="charge-000001")
    ProjetFactory(mairie=real, slug="charge-000001")
    SuiviFactory(mairie=real, demarche__numero_suivi=numero_de_dossier(1_000_001))
    SignalementFactory(mairie=real, numero_suivi=numero_de_signalement(1_000_001))
    UtilisateurFactory(username="charge-1000001")
    before = counts()
    run(*SMALL)
    assert counts() == {model: KINDS[model] + before[model] for model in KINDS}
    run("--purge")
    assert counts() == before
    assert Suivi.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_purged_nothing_is_left(tmp_path):
    run(*SMALL)
    assert run("--purge") == (
        "Ôté : 50 rendez-vous, 10 doublons, 490 signalements, 500 dossiers, 50 événements, "
        "20 projets, 50 documents, 200 actualités, 200 citoyens, 16 formulaires, 12 services, "
        "4 mairies."
    )
    assert [model.objects.count() for model in MODELS] == [0] * len(MODELS)
    assert files_in(django_settings.PRIVATE_ROOT) == []
    assert files_in(django_settings.MEDIA_ROOT) == []
    assert run("--purge") == "Il n'y a pas de charge."


def test_what_others_wrote_in_a_mairie_of_the_load_stays(loaded):
    theirs = ActualiteFactory(mairie=Mairie.objects.first(), slug="a-moi")
    with pytest.raises(CommandError, match="actualités"):
        run("--purge")
    assert list(Actualite.objects.all()) == [theirs]


def test_what_citizens_filed_in_a_mairie_of_the_load_stays(loaded):
    theirs = DemarcheAdministrativeFactory(
        mairie=Mairie.objects.first(), formulaire=Formulaire.objects.first()
    )
    with pytest.raises(CommandError, match="démarches"):
        run("--purge")
    assert list(DemarcheAdministrative.objects.all()) == [theirs]
    assert not Signalement.objects.exists()


def test_the_whole_country_is_a_million_rows():
    assert sum(astuple(tailles_de(NATIONAL, None))) > 1_000_000
    assert tailles_de(NATIONAL, None).mairies == len(collectivites())


def test_it_refuses_in_production(db, settings):
    settings.PRODUCTION = True
    for arguments in (SMALL, ("--purge",)):
        with pytest.raises(CommandError, match="en production"):
            run(*arguments)
    assert not Mairie.objects.exists()
    run(*SMALL, "--force")
    assert Mairie.objects.exists()


@pytest.mark.parametrize(
    "arguments",
    [("--scale", "0"), ("--scale", "-1"), ("--scale", "nan"), ("--scale", "1000"),
     ("--scale", "beaucoup"), ("--mairies", "0"), ("--mairies", "-3"), ("--mairies", "x")],
)  # fmt: skip
def test_numbers_that_make_no_sense(db, arguments):
    with pytest.raises(CommandError):
        run(*arguments)
    assert not Mairie.objects.exists()
