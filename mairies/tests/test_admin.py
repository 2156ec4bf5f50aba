import pytest

from ecms.tests.files import small_pdf
from mairies.models import DemandeCreationSite, Mairie, ServiceMunicipal
from mairies.tests.factories import (
    DemandeCreationSiteFactory,
    MairieFactory,
    ServiceMunicipalFactory,
)
from mairies.tests.horaires import lignes, rangees
from users.models import ProfilAgentCommunal
from users.tests.factories import agent_of

MAIRIES = "/admin/mairies/mairie/"
SERVICES = "/admin/mairies/servicemunicipal/"
DEMANDES = "/admin/mairies/demandecreationsite/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(client):
    def sign_in(user):
        client.force_login(user)
        return client

    return sign_in


def errors_of(response):
    assert response.status_code == 200
    return str(response.context["errors"])


def said(response):
    return [str(message) for message in response.context["messages"]]


def mairie_form(**changes):
    texts = (
        "adresse telephone email site_web latitude longitude population nom_maire photo_maire"
        " mot_du_maire slogan description historique logo banniere couleur_primaire"
        " couleur_secondaire bandeau bandeau_fin_0 bandeau_fin_1"
    )
    empty = dict.fromkeys(texts.split(), "")
    return {**empty, **rangees(), **lignes("jours_fermes"), **changes}


def service_form(**changes):
    return {
        "nom": "État civil",
        "description": "",
        "icone": "",
        "ordre": "0",
        "est_actif": "on",
        "responsable": "",
        "telephone": "",
        "email": "",
        "localisation": "",
        "annulation_heures": "4",
        "deplacement_heures": "24",
        **rangees(),
        **lignes("fermetures"),
        "duree_rdv": "30",
        "guichets": "1",
        "preavis_heures": "24",
        "horizon_jours": "60",
        **changes,
    }


def act(client, url, action, *rows, **fields):
    """Choose `action` for the rows of a list, and answer what it asks."""
    sent = {"action": action, "_selected_action": [row.pk for row in rows], "_step": "1", **fields}
    return client.post(url, sent, follow=True)


# One's own mairie


def test_an_agent_keeps_their_mairie_up_to_date(signed_in, awa, yaounde, douala):
    client = signed_in(awa)
    page = client.get(MAIRIES).content.decode()
    assert "Yaoundé" in page
    assert "Douala" not in page
    sent = mairie_form(slogan="Notre commune", mot_du_maire="<p onclick='x'>Bonjour</p>")
    assert client.post(f"{MAIRIES}{yaounde.pk}/change/", sent).status_code == 302
    yaounde.refresh_from_db()
    assert (yaounde.slogan, yaounde.mot_du_maire) == ("Notre commune", "<p>Bonjour</p>")
    assert client.post(f"{MAIRIES}{douala.pk}/change/", sent).status_code == 302
    douala.refresh_from_db()
    assert douala.slogan == ""


def test_the_identity_and_the_statut_are_not_theirs_to_write(signed_in, awa, yaounde):
    stolen = {"nom": "Paris", "slug": "paris", "region": "est", "statut": "suspendue"}
    stolen |= {"type": "communaute_urbaine", "departement": "kadey"}
    url = f"{MAIRIES}{yaounde.pk}/change/"
    assert signed_in(awa).post(url, mairie_form(**stolen)).status_code == 302
    row = Mairie.objects.values(*stolen).get()
    assert not set(stolen.items()) & set(row.items())


def test_the_statut_is_nobodys_to_type(signed_in, nadege, yaounde):
    identity = {name: getattr(yaounde, name) for name in ("nom", "slug", "type")}
    place = {"region": "centre", "departement": "mfoundi", "statut": "suspendue"}
    url = f"{MAIRIES}{yaounde.pk}/change/"
    sent = mairie_form(**identity, **place, slogan="x")
    assert signed_in(nadege).post(url, sent).status_code == 302
    yaounde.refresh_from_db()
    assert (yaounde.slogan, yaounde.statut) == ("x", "active")


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        (rangees(lundi=[("15:30", "07:30")]), "le début doit précéder"),
        (lignes("jours_fermes", "2026-02-30"), "n&#x27;existe pas"),
        ({"latitude": "3.8"}, "vont ensemble"),
        ({"couleur_primaire": "vert"}, "#0a6b3d"),
    ],
)
def test_what_cannot_be_is_said_in_the_form(signed_in, awa, yaounde, sent, message):
    url = f"{MAIRIES}{yaounde.pk}/change/"
    assert message in errors_of(signed_in(awa).post(url, mairie_form(**sent)))


def test_nobody_makes_or_deletes_a_mairie(signed_in, nadege, yaounde):
    client = signed_in(nadege)
    assert client.get(f"{MAIRIES}add/").status_code == 403
    assert client.post(f"{MAIRIES}{yaounde.pk}/delete/", {"post": "yes"}).status_code == 403


def test_suspending_and_opening_again(signed_in, nadege, yaounde):
    client = signed_in(nadege)
    assert said(act(client, MAIRIES, "suspendre", yaounde)) == ["1 espace suspendu."]
    yaounde.refresh_from_db()
    assert yaounde.statut == "suspendue"
    (refused,) = said(act(client, MAIRIES, "suspendre", yaounde))
    assert "ne peut pas devenir" in refused
    act(client, MAIRIES, "activer", yaounde)
    yaounde.refresh_from_db()
    assert yaounde.statut == "active"


def test_an_agent_does_not_suspend(signed_in, awa, yaounde, douala):
    act(signed_in(awa), MAIRIES, "suspendre", yaounde, douala)
    assert set(Mairie.objects.values_list("statut", flat=True)) == {"active"}


# Its services


def test_an_agent_makes_a_service(signed_in, awa, yaounde, douala):
    client = signed_in(awa)
    sent = service_form(mairie=douala.pk, **rangees(lundi=[("07:30", "15:30")]))
    response = client.post(f"{SERVICES}add/", sent)
    assert response.status_code == 302, errors_of(response)
    service = ServiceMunicipal.objects.get()
    assert (service.mairie, service.nom) == (yaounde, "État civil")
    assert (
        client.post(f"{SERVICES}{service.pk}/change/", service_form(nom="Voirie")).status_code
        == 302
    )
    service.refresh_from_db()
    assert (service.mairie, service.nom) == (yaounde, "Voirie")


def test_a_name_that_is_taken_is_said_in_the_form(signed_in, awa, nadege, yaounde):
    ServiceMunicipalFactory(mairie=yaounde, nom="État civil")
    for user, mairie in ((awa, {}), (nadege, {"mairie": yaounde.pk})):
        response = signed_in(user).post(f"{SERVICES}add/", service_form(**mairie))
        assert "déjà un service de ce nom" in errors_of(response)
    assert ServiceMunicipal.objects.count() == 1


def test_the_services_of_others_are_out_of_reach(signed_in, awa, douala):
    service = ServiceMunicipalFactory(mairie=douala, nom="CANARI")
    client = signed_in(awa)
    assert b"CANARI" not in client.get(SERVICES).content
    for page in ("change", "delete", "history"):
        url = f"{SERVICES}{service.pk}/{page}/"
        assert client.get(url).status_code == 302
        assert client.post(url, service_form(post="yes")).status_code == 302
    act(client, SERVICES, "delete_selected", service, post="yes")
    service.refresh_from_db()
    assert service.nom == "CANARI"


def test_pickers_offer_ones_own(signed_in, awa, brice, yaounde, douala):
    ServiceMunicipalFactory(mairie=yaounde, nom="À moi")
    ServiceMunicipalFactory(mairie=douala, nom="CANARI")
    asked = {"app_label": "users", "model_name": "profilagentcommunal", "field_name": "service"}
    for user, own in ((awa, "À moi"), (brice, "CANARI")):
        offered = signed_in(user).get("/admin/autocomplete/", asked).json()["results"]
        assert [row["text"] for row in offered] == [own]
    page = signed_in(awa).get("/admin/users/utilisateur/add/").content.decode()
    assert "CANARI" not in page
    assert "Douala" not in page


def test_wrong_hours_are_said_in_the_form(signed_in, awa):
    sent = service_form(**rangees(lundi=[("07:30", "")]))
    response = signed_in(awa).post(f"{SERVICES}add/", sent)
    assert "une heure de début et une de fin" in errors_of(response)


def test_a_role_without_the_permission_may_not(signed_in, yaounde):
    client = signed_in(agent_of(yaounde, groups=["Lecture"]))
    assert client.get(SERVICES).status_code == 200
    assert client.post(f"{SERVICES}add/", service_form()).status_code == 403


# The requests


def test_approving(signed_in, nadege, mailbox):
    demande = DemandeCreationSiteFactory()
    response = act(signed_in(nadege), DEMANDES, "valider", demande)
    assert said(response) == ["1 demande validée."]
    demande.refresh_from_db()
    assert (demande.statut, demande.traite_par) == ("validee", nadege)
    assert ProfilAgentCommunal.objects.get().mairie == demande.mairie
    assert len(mailbox()) == 1


def test_what_is_refused_is_said_row_by_row_and_the_rest_is_done(signed_in, nadege, yaounde):
    taken = DemandeCreationSiteFactory(email="prise@exemple.cm")
    agent_of(yaounde, email="prise@exemple.cm")
    other = DemandeCreationSiteFactory()
    messages = said(act(signed_in(nadege), DEMANDES, "valider", taken, other))
    assert len(messages) == 2
    assert any("déjà celle d'un agent" in message for message in messages)
    taken.refresh_from_db()
    other.refresh_from_db()
    assert (taken.statut, other.statut) == ("en_attente", "validee")
    assert not taken.mairie.est_active


def test_rejecting_needs_a_reason(signed_in, nadege, mailbox):
    demande = DemandeCreationSiteFactory()
    client = signed_in(nadege)
    assert "motif" in act(client, DEMANDES, "rejeter", demande).context["form"].errors
    demande.refresh_from_db()
    assert demande.statut == "en_attente"
    act(client, DEMANDES, "rejeter", demande, motif="Pas signé.")
    demande.refresh_from_db()
    assert (demande.statut, demande.motif_rejet) == ("rejetee", "Pas signé.")
    assert "Pas signé." in mailbox()[0].body


def test_a_reason_that_is_too_long_is_refused(signed_in, nadege):
    demande = DemandeCreationSiteFactory()
    act(signed_in(nadege), DEMANDES, "rejeter", demande, motif="x" * 2001)
    demande.refresh_from_db()
    assert demande.statut == "en_attente"


def test_a_decision_is_final(signed_in, nadege):
    demande = DemandeCreationSiteFactory()
    client = signed_in(nadege)
    act(client, DEMANDES, "rejeter", demande, motif="non")
    (refused,) = said(act(client, DEMANDES, "valider", demande))
    assert "ne peut pas devenir" in refused


def test_the_proof_is_for_the_national_administrator(signed_in, client, awa, chantal, nadege):
    demande = DemandeCreationSiteFactory()
    url = f"{DEMANDES}{demande.pk}/justificatif/"
    assert client.get(url).status_code == 302
    for user in (awa, chantal):
        response = signed_in(user).get(url)
        assert response.status_code in {302, 403}
    page = signed_in(nadege).get(f"{DEMANDES}{demande.pk}/change/")
    assert url in page.content.decode()
    response = signed_in(nadege).get(url)
    assert b"".join(response.streaming_content) == small_pdf()
    assert "attachment" in response["Content-Disposition"]
    assert signed_in(nadege).get(f"{DEMANDES}987654/justificatif/").status_code == 302


def test_an_agent_sees_no_request(signed_in, awa):
    demande = DemandeCreationSiteFactory(nom_demandeur="CANARI")
    client = signed_in(awa)
    assert client.get(DEMANDES).status_code == 403
    assert b"CANARI" not in client.get(f"{DEMANDES}{demande.pk}/change/", follow=True).content
    act(client, DEMANDES, "valider", demande)
    assert DemandeCreationSite.objects.get().statut == "en_attente"


def test_nobody_writes_a_request_by_hand(signed_in, nadege):
    demande = DemandeCreationSiteFactory()
    client = signed_in(nadege)
    assert client.get(f"{DEMANDES}add/").status_code == 403
    posted = client.post(f"{DEMANDES}{demande.pk}/change/", {"statut": "validee"})
    assert posted.status_code == 403
    assert client.post(f"{DEMANDES}{demande.pk}/delete/", {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_pages_open_in_both_languages(signed_in, nadege, yaounde, language):
    service = ServiceMunicipalFactory(mairie=yaounde)
    demande = DemandeCreationSiteFactory()
    client = signed_in(nadege)
    for url in (
        "/admin/",
        MAIRIES,
        f"{MAIRIES}{yaounde.pk}/change/",
        SERVICES,
        f"{SERVICES}add/",
        f"{SERVICES}{service.pk}/change/",
        DEMANDES,
        f"{DEMANDES}{demande.pk}/change/",
    ):
        page = client.get(url, headers={"accept-language": language})
        assert page.status_code == 200
        assert f'<html lang="{language}"' in page.content.decode()


@pytest.mark.parametrize("rows", [1, 12])
def test_the_number_of_queries_is_fixed(signed_in, nadege, django_assert_num_queries, rows):
    client = signed_in(nadege)
    # The first page opens the session that the others use.
    client.get("/admin/")
    ServiceMunicipalFactory.create_batch(rows, mairie=MairieFactory())
    DemandeCreationSiteFactory.create_batch(rows)
    for url in (MAIRIES, SERVICES, DEMANDES):
        with django_assert_num_queries(5):
            client.get(url)
