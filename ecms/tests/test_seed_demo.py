import io

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core.management import CommandError, call_command
from django.utils import timezone
from PIL import Image

from documents.menu import menu_de
from documents.models import FAQ, Actualite, PageCMS
from ecms.management.demo.accounts import COMPTES, DEMO_PASSWORD, tableau
from ecms.management.demo.actualites import ACTUALITES
from ecms.management.demo.chargement import ETAPES, charger_demo
from ecms.management.demo.mairies import MAIRIES, SERVICES, SUSPENDUE
from ecms.management.demo.pages import QUESTIONS, toutes
from ecms.management.demo.projets import PROJETS
from ecms.models import Courriel
from ecms.tests.together import together
from mairies.models import DemandeCreationSite, Mairie, ServiceMunicipal
from mairies.workflow import StatutMairie
from projets.models import DocumentProjet, MiseAJourProjet, Projet
from projets.workflow import FINIS
from users.models import ProfilAgentCommunal
from users.tests.factories import UtilisateurFactory

Utilisateur = get_user_model()
MODELS = [
    Mairie,
    ServiceMunicipal,
    DemandeCreationSite,
    Utilisateur,
    ProfilAgentCommunal,
    Actualite,
    PageCMS,
    FAQ,
    Projet,
    MiseAJourProjet,
    DocumentProjet,
    Courriel,
]


@pytest.fixture(autouse=True)
def _in_the_demo(settings):
    settings.DEMO = True


@pytest.fixture
def seeded(db):
    charger_demo()


def run(*arguments):
    output = io.StringIO()
    call_command("seed_demo", *arguments, stdout=output)
    return output.getvalue()


def counts():
    return {model: model.objects.count() for model in MODELS}


def test_it_works(db):
    output = run()
    assert output == f"Données de démonstration chargées.\n{tableau()}\n"
    assert counts() == {
        Mairie: 374,
        ServiceMunicipal: len(MAIRIES) * len(SERVICES),
        DemandeCreationSite: 2,
        Utilisateur: len(COMPTES),
        ProfilAgentCommunal: 2 * len(MAIRIES),
        Actualite: len(MAIRIES) * len(ACTUALITES) + 1,
        PageCMS: len(MAIRIES) * len(toutes()),
        FAQ: len(MAIRIES) * len(QUESTIONS),
        Projet: len(MAIRIES) * len(PROJETS),
        MiseAJourProjet: len(MAIRIES) * sum(len(projet.etapes) for projet in PROJETS),
        DocumentProjet: len(MAIRIES),
        Courriel: 2,
    }


def test_again_changes_nothing(seeded):
    before = counts()
    assert run().startswith("La démonstration est déjà là.")
    assert counts() == before


def test_what_newcomers_did_to_it_stays(seeded):
    UtilisateurFactory(username="curieuse")
    Actualite.objects.all().delete()
    run()
    assert not Actualite.objects.exists()


def test_three_towns_of_three_regions_are_open(seeded):
    active = Mairie.objects.filter(statut=StatutMairie.ACTIVE)
    assert set(active.values_list("slug", flat=True)) == {town.slug for town in MAIRIES}
    assert active.values("region").distinct().order_by().count() == 3
    assert Mairie.objects.get(slug=SUSPENDUE).statut == StatutMairie.SUSPENDUE
    # Two requests that the national administrator may decide.
    assert set(DemandeCreationSite.objects.values_list("mairie__statut", flat=True)) == {
        StatutMairie.NON_ACTIVEE
    }


def test_every_town_has_news_to_read_and_some_that_are_not_public(seeded):
    public = Actualite.objects.visible_to_public()
    for town in MAIRIES:
        shown = public.filter(mairie__slug=town.slug)
        assert shown.count() == len(ACTUALITES) - 3
        assert shown.filter(epinglee=True).count() == 2
        assert shown.exclude(image="").count() >= 5
    assert set(public.values_list("categorie", flat=True)) >= set(Actualite.Categorie.values) - {
        "nouvelle"
    }
    now = timezone.now()
    assert Actualite.objects.filter(statut="brouillon").count() == len(MAIRIES)
    assert Actualite.objects.filter(date_publication__gt=now).count() == len(MAIRIES)
    assert Actualite.objects.filter(date_expiration__lt=now).count() == len(MAIRIES)
    assert not public.filter(mairie__slug=SUSPENDUE).exists()


def test_every_mairie_has_its_menu_and_its_questions(seeded):
    for town in MAIRIES:
        mairie = Mairie.objects.get(slug=town.slug)
        menu = {entry.titre: len(entry.enfants) for entry in menu_de(mairie)}
        assert menu == {"Présentation de la commune": 0, "État civil": 3, "Contact": 0}
        assert mairie.faqs.filter(est_active=True).count() == 6
        assert not any(set("{}") & set(page.contenu) for page in mairie.pages.all())
    assert PageCMS.objects.filter(statut="brouillon").count() == len(MAIRIES)


def test_every_town_has_projects_at_every_stage(seeded):
    for town in MAIRIES:
        own = Projet.objects.filter(mairie__slug=town.slug)
        assert set(own.values_list("statut", flat=True)) == {"planifie", "en_cours", "termine"}
        assert own.filter(est_public=False).count() == 1
        late = own.get(statut="en_cours")
        assert late.en_retard
        assert late.depassement_xaf > 0
    for projet in Projet.objects.all():
        latest = projet.mises_a_jour.first()
        told = (latest.avancement, latest.depense_xaf) if latest else (0, 0)
        assert (projet.avancement, projet.depense_xaf) == told
        assert (projet.date_fin_reelle is not None) == (projet.statut in FINIS)
        assert not set("{}") & set(projet.titre + projet.description + projet.lieu)


def test_every_row_is_what_a_form_would_accept(seeded):
    for model in MODELS:
        for row in model.objects.all():
            row.full_clean()
    for news in Actualite.objects.all():
        assert not set("{}") & set(news.titre + news.resume + news.contenu)


def test_pictures_are_re_encoded_in_two_widths(seeded):
    file = Actualite.objects.exclude(image="").first().image
    with file.storage.open(file.name) as large, file.storage.open(file.small_name) as small:
        assert (Image.open(large).format, Image.open(small).width) == ("WEBP", 480)


def test_proofs_are_real_and_small_pdfs(seeded):
    for request in DemandeCreationSite.objects.all():
        with request.justificatif.open() as file:
            content = file.read()
        assert content.startswith(b"%PDF-")
        assert content.rstrip().endswith(b"%%EOF")
        assert len(content) < 100_000


# Accounts


def test_accounts_work_at_once_and_reach_no_mailbox(seeded):
    for account in Utilisateur.objects.all():
        assert account.check_password(DEMO_PASSWORD)
        validate_password(DEMO_PASSWORD, account)
        assert account.is_verified
        assert account.email.endswith(".example")
    assert Utilisateur.objects.get(is_superuser=True).username == "admin"
    assert all(mail.destinataire.endswith(".example") for mail in Courriel.objects.all())


def test_agents_hold_the_rights_of_their_groups(seeded):
    agent = Utilisateur.objects.get(username="agent.yaounde-1er")
    writer = Utilisateur.objects.get(username="contenu.yaounde-1er")
    assert agent.mairie_agent.slug == writer.mairie_agent.slug == "yaounde-1er"
    assert agent.has_perm("mairies.change_mairie")
    assert not writer.has_perm("mairies.change_mairie")
    assert writer.has_perm("documents.add_actualite")


def test_the_printed_accounts_are_those_that_exist(seeded):
    assert DEMO_PASSWORD in tableau()
    for username in Utilisateur.objects.values_list("username", flat=True):
        assert f"  {username} " in tableau()


# Where it must not run


def test_it_refuses_outside_the_demo(db, settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="n'est pas la démonstration"):
        run()
    assert not Mairie.objects.exists()
    assert run("--force").startswith("Données de démonstration chargées.")


def test_it_refuses_where_somebody_has_an_account(db):
    UtilisateurFactory()
    with pytest.raises(CommandError, match="déjà des comptes"):
        run()
    assert not Mairie.objects.exists()
    assert run("--force").startswith("Données de démonstration chargées.")


def test_even_forced_it_takes_over_no_name(db):
    UtilisateurFactory(username="Admin", email="chef@exemple.cm")
    with pytest.raises(CommandError, match="Noms d'utilisateur déjà pris : Admin"):
        run("--force")
    assert Utilisateur.objects.count() == 1


def test_even_forced_it_takes_over_no_open_mairie(seeded):
    Actualite.objects.all().delete()
    Utilisateur.objects.all().delete()
    with pytest.raises(CommandError, match="Active"):
        run("--force")
    assert not Utilisateur.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_at_once_load_it_once():
    assert sorted(together(charger_demo, charger_demo)) == [False, True]
    assert Utilisateur.objects.count() == len(COMPTES)


def test_every_step_is_told_to_the_progress_bar(db):
    steps = []
    charger_demo(avancer=lambda: steps.append(1))
    assert len(steps) == ETAPES
