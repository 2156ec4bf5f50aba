"""The latest acts of a mairie, without a word or a name of a citizen."""

from datetime import timedelta

import pytest
from django.utils import timezone

from demarches.models import Suivi
from demarches.tests.factories import (
    DemarcheAdministrativeFactory,
    RendezVousFactory,
    SignalementFactory,
    SuiviFactory,
)
from documents.tests.factories import ActualiteFactory, DocumentOfficielFactory
from evenements.tests.factories import NewsletterFactory
from evenements.workflow import StatutNewsletter
from projets.tests.factories import MiseAJourProjetFactory, ProjetFactory
from users.tests.factories import UtilisateurFactory, agent_of

URL = "/api/v1/dashboard/activites"
SECRETS = ["Zénobie", "zenobie", "Mbarga", "SECRET", "+23767"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def zenobie(db):
    """A citizen whose name must not come out."""
    return UtilisateurFactory(
        username="zenobie", first_name="Zénobie", last_name="Mbarga", email="zenobie@example.cm"
    )


@pytest.fixture
def dossier(yaounde, zenobie):
    return DemarcheAdministrativeFactory(
        mairie=yaounde, demandeur=zenobie, nom_demandeur="Zénobie Mbarga"
    )


def acts(client, **query) -> list[dict]:
    answer = client.get(URL, query)
    assert answer.status_code == 200, answer.content
    return answer.json()["results"]


def test_each_kind_is_told(api, awa, yaounde, dossier):
    signalement = SignalementFactory(mairie=yaounde)
    rendez_vous = RendezVousFactory(mairie=yaounde)
    SuiviFactory(mairie=yaounde, demarche=dossier)
    SuiviFactory(mairie=yaounde, demarche=None, signalement=signalement)
    SuiviFactory(mairie=yaounde, demarche=None, rendez_vous=rendez_vous)
    ActualiteFactory(mairie=yaounde, publiee=True)
    DocumentOfficielFactory(mairie=yaounde, publie=True)
    NewsletterFactory(
        mairie=yaounde, statut=StatutNewsletter.ENVOYEE, date_envoi=timezone.now(), auteur=awa
    )
    MiseAJourProjetFactory(projet=ProjetFactory(mairie=yaounde))
    found = {act["type"]: act for act in acts(api(awa))}
    assert set(found) == {
        "demarche", "signalement", "rendez_vous", "actualite", "document", "newsletter",
        "mise_a_jour",
    }  # fmt: skip
    assert found["demarche"]["numero"] == dossier.numero_suivi
    assert found["demarche"]["titre"] == dossier.formulaire.nom
    assert found["signalement"]["titre"] == signalement.get_categorie_display()
    assert found["rendez_vous"]["id"] == rendez_vous.pk
    assert found["newsletter"]["auteur_nom"] == "awa"


def test_no_personal_data_of_a_citizen_comes_out(api, awa, yaounde, zenobie, dossier):
    words = {"message": "Mbarga, Zénobie, +237677000000"}
    report = SignalementFactory(mairie=yaounde, signaleur=zenobie, titre="Chez Zénobie Mbarga")
    rendez_vous = RendezVousFactory(mairie=yaounde, nom="Mbarga", motif="Zénobie")
    objects = [{"demarche": dossier}, {"signalement": report}, {"rendez_vous": rendez_vous}]
    for about in objects:
        for origine in Suivi.Origine:
            author = awa if origine == Suivi.Origine.AGENT else zenobie
            fields = {"demarche": None} | about
            SuiviFactory(mairie=yaounde, auteur=author, origine=origine, **fields, **words)
    text = api(awa).get(URL).content.decode()
    assert [secret for secret in SECRETS if secret in text] == []
    named = {(act["origine"], act["auteur_nom"]) for act in acts(api(awa))}
    assert named == {("agent", "awa"), ("demandeur", ""), ("systeme", "")}


def test_the_latest_twenty_the_latest_first(api, awa, yaounde, dossier):
    lines = [SuiviFactory(mairie=yaounde, demarche=dossier) for _n in range(25)]
    ActualiteFactory(
        mairie=yaounde, publiee=True, date_publication=timezone.now() - timedelta(days=9)
    )
    found = acts(api(awa))
    assert len(found) == 20
    assert found[0]["date"] == timezone.localtime(lines[-1].date_creation).isoformat()
    dates = [act["date"] for act in found]
    assert dates == sorted(dates, reverse=True)


def test_what_is_not_published_yet_is_no_act(api, awa, yaounde):
    ActualiteFactory(mairie=yaounde)
    ActualiteFactory(
        mairie=yaounde, publiee=True, date_publication=timezone.now() + timedelta(hours=1)
    )
    DocumentOfficielFactory(mairie=yaounde)
    NewsletterFactory(mairie=yaounde)
    assert acts(api(awa)) == []


def test_a_draft_given_up_stays_its_authors_affair(api, awa, nadege, yaounde):
    draft = DemarcheAdministrativeFactory(mairie=yaounde, brouillon=True)
    SuiviFactory(mairie=yaounde, demarche=draft)
    assert acts(api(awa)) == acts(api(nadege)) == []


def test_only_what_the_agent_may_see(api, yaounde, dossier):
    SuiviFactory(mairie=yaounde, demarche=dossier)
    report = SignalementFactory(mairie=yaounde)
    SuiviFactory(mairie=yaounde, demarche=None, signalement=report)
    found = acts(api(agent_of(yaounde, groups=["Technique"])))
    assert [act["type"] for act in found] == ["signalement"]


def test_nothing_of_another_mairie(api, awa, brice, dossier):
    SuiviFactory(mairie=dossier.mairie, demarche=dossier)
    assert acts(api(brice)) == []
    assert len(acts(api(awa))) == 1
