import pytest
from django.utils import timezone

from ecms.exceptions import TransitionInterdite
from ecms.models import Courriel
from ecms.tests.together import together
from mairies import services
from mairies.models import DemandeCreationSite, Mairie
from mairies.tests.factories import DemandeCreationSiteFactory, MairieFactory
from mairies.workflow import TRANSITIONS_DEMANDE, StatutDemande
from users.models import ProfilAgentCommunal, Utilisateur
from users.tests.factories import UtilisateurFactory, agent_of

URL = "/api/v1/demandes-creation-site"

pytestmark = pytest.mark.django_db


@pytest.fixture
def demande(db):
    return DemandeCreationSiteFactory(mairie__nom="Bana", email="Jeanne@Bana.cm")


def act(client, demande, action, **body):
    return client.post(f"{URL}/{demande.pk}/{action}", body)


def test_approving_opens_the_space_and_invites_its_first_agent(api, nadege, demande, mailbox):
    response = act(api(nadege), demande, "valider")
    assert response.status_code == 200, response.json()
    assert (response.json()["statut"], response.json()["statut_display"]) == ("validee", "Validée")
    demande.refresh_from_db()
    assert (demande.statut, demande.traite_par) == ("validee", nadege)
    assert abs((timezone.now() - demande.date_traitement).total_seconds()) < 10
    assert demande.mairie.est_active
    assert demande.mairie.date_activation is not None
    profil = ProfilAgentCommunal.objects.get()
    agent = profil.utilisateur
    assert (profil.mairie, profil.fonction) == (demande.mairie, "Secrétaire générale")
    assert (agent.email, agent.first_name, agent.last_name) == (
        "jeanne@bana.cm",
        "Jeanne",
        "Mballa",
    )
    assert [group.name for group in agent.groups.all()] == ["Administration de la mairie"]
    assert not agent.has_usable_password()
    (message,) = mailbox()
    assert message.to == ["jeanne@bana.cm"]


def test_rejecting_mails_the_reason(api, nadege, demande, mailbox):
    response = act(api(nadege), demande, "rejeter", motif_rejet="L'arrêté n'est pas signé.")
    assert response.status_code == 200, response.json()
    demande.refresh_from_db()
    assert (demande.statut, demande.traite_par) == ("rejetee", nadege)
    assert demande.motif_rejet == "L'arrêté n'est pas signé."
    assert demande.mairie.statut == "non_activee"
    assert not ProfilAgentCommunal.objects.exists()
    (message,) = mailbox()
    assert "L'arrêté n'est pas signé." in message.body


@pytest.mark.parametrize("motif", ["", "   ", None, "x" * 2001])
def test_rejecting_needs_a_reason(api, nadege, demande, motif):
    response = act(api(nadege), demande, "rejeter", motif_rejet=motif)
    assert response.status_code == 400
    assert list(response.json()["fields"]) == ["motif_rejet"]
    assert act(api(nadege), demande, "rejeter").status_code == 400
    demande.refresh_from_db()
    assert demande.statut == "en_attente"
    assert not Courriel.objects.exists()


def decide(demande, statut, par):
    if statut == StatutDemande.VALIDEE:
        return services.valider_demande(demande, par=par)
    return services.rejeter_demande(demande, motif="non", par=par)


@pytest.mark.parametrize("new", [StatutDemande.VALIDEE, StatutDemande.REJETEE])
@pytest.mark.parametrize("old", StatutDemande)
def test_decisions_follow_the_table(nadege, old, new):
    demande = DemandeCreationSiteFactory()
    if old != StatutDemande.EN_ATTENTE:
        decide(demande, old, nadege)
    before = DemandeCreationSite.objects.values().get(pk=demande.pk)
    if new in TRANSITIONS_DEMANDE[old]:
        assert decide(demande, new, nadege).statut == new
        return
    with pytest.raises(TransitionInterdite):
        decide(demande, new, nadege)
    assert DemandeCreationSite.objects.values().get(pk=demande.pk) == before


def test_a_decision_is_final(api, nadege, demande):
    client = api(nadege)
    assert act(client, demande, "rejeter", motif_rejet="non").status_code == 200
    refused = act(client, demande, "valider")
    assert (refused.status_code, refused.json()["code"]) == (409, "transition_interdite")
    assert "Rejetée" in refused.json()["detail"]
    assert not Mairie.objects.filter(statut="active").exists()


def test_whoever_was_refused_asks_again(api, nadege, demande):
    act(api(nadege), demande, "rejeter", motif_rejet="non")
    again = DemandeCreationSiteFactory(mairie=demande.mairie)
    assert act(api(nadege), again, "valider").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_of_two_approvals_at_once_one_counts(api, nadege, demande):
    client = api(nadege)
    answers = together(*[lambda: act(client, demande, "valider").status_code] * 2)
    assert sorted(answers) == [200, 409]
    assert ProfilAgentCommunal.objects.count() == 1
    assert Utilisateur.objects.exclude(pk=nadege.pk).count() == 1
    assert Courriel.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_an_approval_and_a_refusal_at_once_one_counts(api, nadege, demande):
    client = api(nadege)
    answers = together(
        lambda: act(client, demande, "valider").status_code,
        lambda: act(client, demande, "rejeter", motif_rejet="non").status_code,
    )
    assert sorted(answers) == [200, 409]
    demande.refresh_from_db()
    assert ProfilAgentCommunal.objects.exists() == (demande.statut == "validee")
    assert demande.mairie.est_active == (demande.statut == "validee")


@pytest.mark.django_db(transaction=True)
def test_one_address_becomes_the_agent_of_one_mairie(api, nadege):
    client = api(nadege)
    two = DemandeCreationSiteFactory.create_batch(2, email="jeanne@bana.cm")
    answers = together(*[lambda d=d: act(client, d, "valider").status_code for d in two])
    assert sorted(answers) == [200, 409]
    assert ProfilAgentCommunal.objects.count() == 1
    assert Mairie.objects.filter(statut="active").count() == 1


def untouched(demande):
    demande.refresh_from_db()
    assert (demande.statut, demande.traite_par, demande.date_traitement) == (
        "en_attente",
        None,
        None,
    )
    assert (demande.mairie.statut, demande.mairie.date_activation) == ("non_activee", None)
    assert not Courriel.objects.exists()


def test_nothing_is_done_when_the_address_is_an_agents(api, nadege, demande):
    agent_of(MairieFactory(), email="jeanne@bana.cm")
    response = act(api(nadege), demande, "valider")
    assert (response.status_code, response.json()["code"]) == (409, "deja_agent")
    untouched(demande)


def test_nothing_is_done_when_the_account_is_closed(api, nadege, demande):
    UtilisateurFactory(email="jeanne@bana.cm", is_active=False)
    response = act(api(nadege), demande, "valider")
    assert (response.status_code, response.json()["code"]) == (409, "compte_desactive")
    untouched(demande)


def test_nothing_is_done_when_the_space_is_open_already(api, nadege, demande):
    Mairie.objects.update(statut="active", date_activation=timezone.now())
    response = act(api(nadege), demande, "valider")
    assert (response.status_code, response.json()["code"]) == (409, "transition_interdite")
    demande.refresh_from_db()
    assert demande.statut == "en_attente"
    assert not ProfilAgentCommunal.objects.exists()


def test_a_citizen_who_verified_the_address_keeps_their_account(api, nadege, demande):
    jeanne = UtilisateurFactory(email="jeanne@bana.cm", first_name="J.")
    assert act(api(nadege), demande, "valider").status_code == 200
    jeanne.refresh_from_db()
    assert (jeanne.role_user, jeanne.first_name) == ("AGENT", "J.")
    assert jeanne.profilagentcommunal.mairie == demande.mairie


@pytest.mark.parametrize("name", ["Mballa", "  Mballa ", "Jeanne  Ngo Mballa"])
def test_names_of_any_number_of_words(nadege, name):
    services.valider_demande(DemandeCreationSiteFactory(nom_demandeur=name), par=nadege)
    agent = ProfilAgentCommunal.objects.get().utilisateur
    assert agent.get_full_name() == " ".join(name.split())


def test_an_unknown_request_is_not_found(api, nadege):
    assert api(nadege).post(f"{URL}/987654/valider").status_code == 404
