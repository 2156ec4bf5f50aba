import io

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command

from demarches.models import DemarcheAdministrative, Formulaire, RendezVous, Signalement
from documents.models import FAQ, Actualite, PageCMS
from ecms.management.demo.accounts import COMPTES, tableau
from ecms.management.demo.actualites import ACTUALITES
from ecms.management.demo.chargement import ETAPES, charger_demo
from ecms.management.demo.dossiers import DOSSIERS
from ecms.management.demo.evenements import EVENEMENTS
from ecms.management.demo.formulaires import FORMULAIRES
from ecms.management.demo.mairies import MAIRIES, SERVICES
from ecms.management.demo.newsletters import ABONNES, LETTRES
from ecms.management.demo.pages import QUESTIONS, toutes
from ecms.management.demo.projets import PROJETS
from ecms.management.demo.signalements import SIGNALEMENTS
from ecms.models import Courriel
from ecms.tests.together import together
from evenements.models import (
    AbonneNewsletter,
    EnvoiNewsletter,
    Evenement,
    InscriptionEvenement,
    Newsletter,
)
from mairies.models import DemandeCreationSite, Mairie, ServiceMunicipal
from projets.models import DocumentProjet, MiseAJourProjet, Projet
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
    Formulaire,
    RendezVous,
    Projet,
    MiseAJourProjet,
    DocumentProjet,
    Signalement,
    DemarcheAdministrative,
    Newsletter,
    AbonneNewsletter,
    EnvoiNewsletter,
    Evenement,
    InscriptionEvenement,
    Courriel,
]

INSCRITS = sum(len(demo.inscrits) for demo in EVENEMENTS)


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
        Formulaire: len(MAIRIES) * len(FORMULAIRES),
        Projet: len(MAIRIES) * len(PROJETS),
        MiseAJourProjet: len(MAIRIES) * sum(len(projet.etapes) for projet in PROJETS),
        DocumentProjet: len(MAIRIES),
        RendezVous: 4 * len(MAIRIES),
        Signalement: len(MAIRIES) * len(SIGNALEMENTS),
        DemarcheAdministrative: len(MAIRIES) * len(DOSSIERS),
        Newsletter: len(MAIRIES) * len(LETTRES),
        AbonneNewsletter: len(MAIRIES) * len(ABONNES),
        EnvoiNewsletter: len(MAIRIES) * len(ABONNES),
        Evenement: len(MAIRIES) * sum(demo.retour[1] if demo.retour else 1 for demo in EVENEMENTS),
        InscriptionEvenement: len(MAIRIES) * INSCRITS,
        # Nobody is mailed of a past that is only told.
        Courriel: 0,
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
