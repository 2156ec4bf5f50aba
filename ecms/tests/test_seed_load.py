"""The load: what it makes, tops up, and takes away again."""

import io

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.db.models import Count

from documents.models import Actualite, DocumentOfficiel
from documents.tests.factories import ActualiteFactory, DocumentOfficielFactory
from ecms.management.load import lignes
from ecms.tests.files import files_in
from mairies.models import Mairie
from mairies.tests.factories import MairieFactory
from projets.models import MiseAJourProjet, Projet
from projets.tests.factories import ProjetFactory

MODELS = [Mairie, Actualite, DocumentOfficiel, Projet, MiseAJourProjet]
SMALL = ("--scale", "0.01", "--mairies", "4")


def run(*arguments):
    output = io.StringIO()
    call_command("seed_load", *arguments, stdout=output)
    return output.getvalue().strip()


def counts():
    return [model.objects.count() for model in MODELS[:-1]]


@pytest.fixture
def loaded(db):
    return run(*SMALL)


def test_it_works(loaded):
    assert loaded == "Ajouté : 4 mairies, 200 actualités, 50 documents, 20 projets."
    assert counts() == [4, 200, 50, 20]
    assert MiseAJourProjet.objects.count() == sum(n % 5 for n in range(1, 21))


def test_every_row_is_what_a_form_would_accept(loaded):
    for model in MODELS:
        for row in model.objects.all():
            row.full_clean()


def test_a_text_is_about_two_kilobytes(loaded):
    sizes = [len(a.contenu.encode()) for a in Actualite.objects.all()]
    assert 1800 < sum(sizes) / len(sizes) < 3500
    assert Actualite.objects.values("contenu").distinct().count() == 200


def test_every_mairie_has_its_share(loaded):
    for model in (Actualite, DocumentOfficiel, Projet):
        shares = model.objects.order_by().values("mairie").annotate(n=Count("pk"))
        assert len(shares) == 4
        assert max(s["n"] for s in shares) <= 2 * min(s["n"] for s in shares) + 2


def test_most_is_public_and_some_is_not(loaded):
    for model in (Actualite, DocumentOfficiel, Projet):
        public = model.objects.visible_to_public().count()
        assert 0.8 * model.objects.count() < public < model.objects.count()


def test_a_project_is_where_its_last_update_left_it(loaded):
    for projet in Projet.objects.prefetch_related("mises_a_jour"):
        last = projet.mises_a_jour.first()
        said = (projet.avancement, projet.depense_xaf)
        assert said == ((last.avancement, last.depense_xaf) if last else (0, 0))


def test_each_document_has_a_file_of_its_own(loaded):
    names = {document.fichier.name for document in DocumentOfficiel.objects.all()}
    assert len(names) == len(files_in(django_settings.PRIVATE_ROOT)) == 50
    document = DocumentOfficiel.objects.first()
    with document.fichier.open() as file:
        content = file.read()
    assert content.startswith(b"%PDF-")
    assert len(content) == document.taille


def test_again_changes_nothing(loaded):
    before = [list(model.objects.order_by("pk").values()) for model in MODELS]
    assert run(*SMALL) == "La charge est déjà là."
    assert [list(model.objects.order_by("pk").values()) for model in MODELS] == before


def test_it_tops_up(loaded):
    Actualite.objects.filter(slug=lignes.nom_court(7)).delete()
    added = run("--scale", "0.02", "--mairies", "5")
    assert added == "Ajouté : 1 mairies, 201 actualités, 50 documents, 20 projets."
    assert counts() == [5, 400, 100, 40]
    assert run("--scale", "0.005") == "La charge est déjà là."


def test_what_is_not_its_own_is_no_part_of_it(db):
    real = MairieFactory(slug="yaounde")
    ActualiteFactory(mairie=real, slug="charge-000001")
    DocumentOfficielFactory(mairie=real, numero_reference="charge-000001")
    ProjetFactory(mairie=real, slug="charge-000001")
    run(*SMALL)
    assert counts() == [5, 201, 51, 21]
    run("--purge")
    assert counts() == [1, 1, 1, 1]


@pytest.mark.django_db(transaction=True)
def test_purged_nothing_is_left(tmp_path):
    run(*SMALL)
    assert run("--purge") == "Ôté : 200 actualités, 50 documents, 20 projets, 4 mairies."
    assert [model.objects.count() for model in MODELS] == [0] * len(MODELS)
    assert files_in(django_settings.PRIVATE_ROOT) == []
    assert run("--purge") == "Il n'y a pas de charge."


def test_what_others_wrote_in_a_mairie_of_the_load_stays(loaded):
    theirs = ActualiteFactory(mairie=Mairie.objects.first(), slug="a-moi")
    with pytest.raises(CommandError, match="actualités"):
        run("--purge")
    assert list(Actualite.objects.all()) == [theirs]


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
