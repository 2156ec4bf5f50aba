"""Registering and cancelling, with and without an account, and what agents see of it."""

from datetime import timedelta
from itertools import product
from uuid import uuid4

import pytest
from django.utils import timezone

from ecms.exceptions import DomainError
from ecms.portability import Person
from ecms.tests import walking
from evenements.models import Evenement, InscriptionEvenement
from evenements.services import inscriptions as services
from evenements.services.conservation import oublier_les_passees
from evenements.services.oubli import oublier
from evenements.tests.agenda import MIENNES, URL, a, annuler, dans, demande, inscrire, ouvert
from evenements.tests.factories import EvenementFactory, InscriptionEvenementFactory
from evenements.workflow import TRANSITIONS_INSCRIPTION, StatutInscription
from users.tests.factories import UtilisateurFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def awa(awa):
    awa.user_permissions.set(walking.all_permissions())
    return awa


@pytest.fixture
def evenement(yaounde):
    return ouvert(yaounde, capacite=3)


def prises(evenement) -> int:
    return Evenement.objects.get(pk=evenement.pk).places_prises


def statuts(evenement) -> list[str]:
    rows = evenement.inscriptions.order_by("pk")
    return list(rows.values_list("statut", flat=True))


# Registering --------------------------------------------------------------------------------------


def test_anyone_registers_and_gets_the_code_once(api, evenement):
    prise = inscrire(api(), evenement, nombre_personnes=2, telephone="+237677000001")
    assert (prise["statut"], prise["rang"], prises(evenement)) == ("confirmee", None, 2)
    assert prise["evenement"]["titre"] == evenement.titre
    body = {"code": prise["code"].lower()}
    seen = api().post(f"{MIENNES}/{prise['id']}/suivi", body).json()
    assert seen == {k: v for k, v in prise.items() if k != "code"}


def test_an_account_registers_at_its_own_address(api, chantal, evenement):
    answer = api(chantal).post(f"{URL}/{evenement.pk}/inscriptions", {"nom": "Chantal"})
    assert (answer.status_code, answer.json()["email"]) == (201, "chantal@exemple.cm")
    location = answer.headers["Location"]
    assert api(chantal).get(location).json()["id"] == answer.json()["id"]
    (mine,) = api(chantal).get(MIENNES).json()["results"]
    assert mine["evenement"]["id"] == evenement.pk
    assert api().get(MIENNES).status_code == 401
    assert api().get(location).status_code in {401, 404}
    assert api(UtilisateurFactory()).get(location).status_code == 404


def test_an_address_that_is_not_verified_registers_nowhere(api, evenement):
    client = api(UtilisateurFactory(is_verified=False))
    answer = client.post(f"{URL}/{evenement.pk}/inscriptions", demande())
    assert (answer.status_code, answer.json()["code"]) == (403, "adresse_non_verifiee")


def test_a_visitor_gives_an_address(api, evenement):
    answer = api().post(f"{URL}/{evenement.pk}/inscriptions", {"nom": "X"})
    assert answer.json()["fields"].keys() == {"email"}


@pytest.mark.parametrize("nombre", [0, -1, 6, 40_000, "deux"])
def test_a_group_that_is_too_large(api, yaounde, nombre):
    row = ouvert(yaounde, capacite=None)
    answer = inscrire(api(), row, attendu=400, nombre_personnes=nombre)
    assert answer["fields"].keys() == {"nombre_personnes"}


def test_a_group_that_the_room_never_holds_does_not_wait_for_ever(api, evenement):
    assert (
        "nombre_personnes" in inscrire(api(), evenement, attendu=400, nombre_personnes=4)["fields"]
    )


def test_a_room_made_smaller_than_a_waiting_group_lets_the_others_in(api, awa, evenement):
    premier = inscrire(api(), evenement, 0)
    inscrire(api(), evenement, 1, nombre_personnes=3)
    inscrire(api(), evenement, 2)
    api(awa).patch(f"{URL}/{evenement.pk}", {"capacite": 2})
    assert statuts(evenement) == ["confirmee", "en_attente", "confirmee"]
    annuler(api(), premier)
    inscrire(api(), evenement, 3)
    assert statuts(evenement) == ["annulee", "en_attente", "confirmee", "confirmee"]
    api(awa).patch(f"{URL}/{evenement.pk}", {"capacite": 5})
    assert statuts(evenement)[1] == "confirmee"


def test_a_name_is_one_line(api, evenement):
    prise = inscrire(api(), evenement, nom="Awa\r\nBcc: pirate@exemple.cm")
    assert prise["nom"] == "Awa Bcc: pirate@exemple.cm"


MAINTENANT = timezone.now()
HEURE = timedelta(hours=1)


@pytest.mark.parametrize(
    ("champs", "code"),
    [
        ({"statut": "annule"}, "evenement_annule"),
        ({"inscription_requise": False}, "sans_inscription"),
        ({"debut": MAINTENANT - HEURE}, "inscriptions_fermees"),
        ({"inscription_debut": MAINTENANT + HEURE * 5}, "inscriptions_pas_ouvertes"),
        ({"inscription_fin": MAINTENANT - HEURE}, "inscriptions_fermees"),
        ({"statut": "reporte", "date_a_confirmer": True}, "inscriptions_fermees"),
    ],
)
def test_when_nobody_may_register(api, yaounde, champs, code):
    row = ouvert(yaounde, **champs)
    assert inscrire(api(), row, attendu=409)["code"] == code
    assert api().get(f"{URL}/{row.pk}").json()["inscriptions_ouvertes"] is False
    assert not row.inscriptions.exists()


def test_a_draft_and_a_closed_mairie_are_not_there(api, yaounde):
    brouillon = EvenementFactory(mairie=yaounde, inscription_requise=True)
    inscrire(api(), brouillon, attendu=404)
    row = ouvert(yaounde)
    yaounde.statut = "suspendue"
    yaounde.save()
    inscrire(api(), row, attendu=404)


def test_twice_is_once_whatever_the_case(api, evenement):
    prise = inscrire(api(), evenement)
    answer = inscrire(api(), evenement, attendu=409, email="Personne0@EXEMPLE.cm")
    assert answer["code"] == "deja_inscrit"
    annuler(api(), prise)
    inscrire(api(), evenement)
    assert prises(evenement) == 1


def test_the_trap_answers_alike_and_writes_nothing(api, evenement, mailbox):
    piege = inscrire(api(), evenement, site_web="http://spam.example")
    vrai = inscrire(api(), evenement)
    assert piege.keys() == vrai.keys()
    assert len(piege["code"]) == len(vrai["code"])
    assert InscriptionEvenement.objects.count() == len(mailbox()) == 1


def test_the_same_key_registers_once(api, evenement):
    key = {"Idempotency-Key": str(uuid4())}
    url = f"{URL}/{evenement.pk}/inscriptions"
    first, second = (api().post(url, demande(), headers=key) for _n in range(2))
    assert first.json() == second.json()
    assert second.headers["Idempotent-Replayed"] == "true"
    other = api().post(url, demande(1), headers=key)
    assert (other.status_code, other.json()["code"]) == (409, "cle_reutilisee")
    assert prises(evenement) == 1


def test_registering_is_limited(api, evenement, settings):
    settings.RATES = {**settings.RATES, "inscription": (2, 3600)}
    for n in range(2):
        inscrire(api(), evenement, n)
    inscrire(api(), evenement, 3, attendu=429)


# Places and the waiting list ----------------------------------------------------------------------


def test_full_without_a_waiting_list(api, yaounde):
    row = ouvert(yaounde, capacite=3, liste_attente=False)
    inscrire(api(), row, nombre_personnes=2)
    answer = inscrire(api(), row, 1, attendu=409, nombre_personnes=2)
    assert (answer["code"], answer["places_libres"]) == ("complet", 1)
    inscrire(api(), row, 2)
    assert prises(row) == 3


def test_nobody_overtakes_who_waits(api, evenement):
    premier = inscrire(api(), evenement, 0, nombre_personnes=2)
    groupe = inscrire(api(), evenement, 1, nombre_personnes=3)
    seul = inscrire(api(), evenement, 2)
    assert [groupe["rang"], seul["rang"]] == [1, 2]
    assert statuts(evenement) == ["confirmee", "en_attente", "en_attente"]
    annuler(api(), premier)
    assert statuts(evenement) == ["annulee", "confirmee", "en_attente"]
    assert prises(evenement) == 3
    suivi = api().post(f"{MIENNES}/{seul['id']}/suivi", {"code": seul["code"]}).json()
    assert suivi["rang"] == 1


def test_a_large_group_that_leaves_the_list_lets_others_through(api, evenement):
    inscrire(api(), evenement, 0, nombre_personnes=2)
    groupe = inscrire(api(), evenement, 1, nombre_personnes=3)
    inscrire(api(), evenement, 2)
    annuler(api(), groupe)
    assert statuts(evenement) == ["confirmee", "annulee", "confirmee"]


def test_a_larger_room_promotes_and_a_smaller_one_throws_nobody_out(api, awa, evenement):
    for n in range(6):
        inscrire(api(), evenement, n)
    answer = api(awa).patch(f"{URL}/{evenement.pk}", {"capacite": 5})
    assert (answer.status_code, answer.json()["places_libres"]) == (200, 0)
    assert statuts(evenement) == ["confirmee"] * 5 + ["en_attente"]
    answer = api(awa).patch(f"{URL}/{evenement.pk}", {"capacite": 4})
    assert (answer.status_code, answer.json()["code"]) == (409, "capacite_insuffisante")
    assert answer.json()["places_prises"] == 5
    api(awa).patch(f"{URL}/{evenement.pk}", {"capacite": None}, format="json")
    assert statuts(evenement) == ["confirmee"] * 6


def test_nobody_moves_up_at_an_event_that_is_cancelled_or_has_begun(api, awa, evenement):
    tenue = inscrire(api(), evenement, 0, nombre_personnes=3)
    inscrire(api(), evenement, 1)
    Evenement.objects.filter(pk=evenement.pk).update(debut=timezone.now() - HEURE)
    assert annuler(api(), tenue).json()["code"] == "trop_tard"
    assert api(awa).post(f"{MIENNES}/{tenue['id']}/annuler").status_code == 200
    assert statuts(evenement) == ["annulee", "en_attente"]
    assert prises(evenement) == 0


# Cancelling, and attendance -----------------------------------------------------------------------


def test_who_may_cancel(api, chantal, brice, evenement):
    prise = inscrire(api(chantal), evenement)
    url = f"{MIENNES}/{prise['id']}/annuler"
    brice.user_permissions.set(walking.all_permissions())
    for client in (api(), api(UtilisateurFactory()), api(brice)):
        assert client.post(url, {"code": "AAAA-BBBB-CCCC-DDDD"}).status_code == 404
    assert api(chantal).post(url).json()["statut"] == "annulee"
    assert api(chantal).post(url).json()["code"] == "transition_interdite"


def test_attendance_is_marked_on_the_day(api, awa, chantal, evenement):
    prise = inscrire(api(chantal), evenement)
    url = f"{MIENNES}/{prise['id']}"
    assert api(awa).post(f"{url}/presente").json()["code"] == "trop_tot"
    Evenement.objects.filter(pk=evenement.pk).update(
        debut=a(dans(0), "23:58"), fin=a(dans(0), "23:59")
    )
    assert api(chantal).post(f"{url}/presente").status_code in {403, 404}
    assert api(awa).post(f"{url}/presente").json()["statut"] == "presente"
    assert api(awa).post(f"{url}/absente").json()["statut"] == "absente"
    assert prises(evenement) == 1


GESTES = {
    StatutInscription.CONFIRMEE: lambda row: services.promouvoir(row.evenement),
    StatutInscription.ANNULEE: lambda row: services.annuler(row, par=None),
    StatutInscription.PRESENTE: services.presente,
    StatutInscription.ABSENTE: services.absente,
}


@pytest.mark.parametrize(("ancien", "nouveau"), list(product(StatutInscription, list(GESTES))))
def test_every_pair_of_the_table(yaounde, ancien, nouveau):
    # Later today, so that it can be both given back and ticked.
    row = ouvert(yaounde, debut=timezone.now() + timedelta(seconds=5), places_prises=1)
    Evenement.objects.filter(pk=row.pk).update(debut=timezone.now() + timedelta(seconds=5))
    if timezone.localdate(row.debut) != timezone.localdate():
        pytest.skip("midnight")
    prise = InscriptionEvenementFactory(
        evenement=row, statut=ancien, rang=1 if ancien == "en_attente" else None
    )
    if nouveau in TRANSITIONS_INSCRIPTION[ancien]:
        GESTES[nouveau](prise)
    elif nouveau == StatutInscription.CONFIRMEE:
        assert GESTES[nouveau](prise) == []
    else:
        with pytest.raises(DomainError) as refused:
            GESTES[nouveau](prise)
        assert refused.value.code == "transition_interdite"
    prise.refresh_from_db()
    assert prise.statut == (nouveau if nouveau in TRANSITIONS_INSCRIPTION[ancien] else ancien)


# What agents see, and nobody else -----------------------------------------------------------------

CANARI = "canari"


def test_the_list_for_agents(api, awa, evenement):
    for n in range(4):
        inscrire(api(), evenement, n)
    url = f"{URL}/{evenement.pk}/inscriptions"
    client = api(awa)
    assert client.get(url).json()["count"] == 4
    assert [r["rang"] for r in client.get(url, {"statut": "en_attente"}).json()["results"]] == [1]
    assert client.get(url, {"search": "personne2@"}).json()["count"] == 1
    assert client.get(url, {"statut": "x"}).status_code == 400
    lines = b"".join(client.get(f"{url}.csv")).decode().strip().splitlines()
    assert (len(lines), "personne3@exemple.cm" in lines[1]) == (5, True)


def test_the_csv_runs_no_formula(api, awa, evenement):
    inscrire(api(), evenement, nom="=HYPERLINK(1)")
    content = b"".join(api(awa).get(f"{URL}/{evenement.pk}/inscriptions.csv")).decode()
    assert "'=HYPERLINK(1)" in content


def test_attendees_are_never_public(api, awa, brice, chantal, evenement, client):
    """A canary in every column of a person: nobody but the mairie and the person finds it."""
    prise = inscrire(
        api(),
        evenement,
        nom=f"Nom {CANARI}",
        email=f"{CANARI}@exemple.cm",
        telephone="+237677123987",
    )
    brice.user_permissions.set(walking.all_permissions())
    sans_droit = UtilisateurFactory()
    addresses = [
        URL,
        f"{URL}/{evenement.pk}",
        f"{URL}/{evenement.pk}.ics",
        f"{URL}/calendrier?mairie=yaounde",
        f"{URL}/{evenement.pk}/inscriptions",
        f"{URL}/{evenement.pk}/inscriptions.csv",
        f"{URL}?search={CANARI}",
        MIENNES,
        f"{MIENNES}/{prise['id']}",
        f"/api/v1/recherche?q={CANARI}",
        "/flux/yaounde/evenements.ics",
    ]
    for reader in (api(), api(chantal), api(brice), api(sans_droit)):
        for address in addresses:
            answer = reader.get(address)
            content = b"".join(answer) if answer.streaming else answer.content
            assert CANARI.encode() not in content.replace(f"={CANARI}".encode(), b""), address
            assert b"677123987" not in content, address
    assert CANARI in api(awa).get(f"{URL}/{evenement.pk}/inscriptions").content.decode()


def test_an_agent_without_the_permission_sees_nobody(api, awa, evenement):
    inscrire(api(), evenement)
    awa.groups.clear()
    awa.user_permissions.clear()
    for suffix in ("", ".csv"):
        assert api(awa).get(f"{URL}/{evenement.pk}/inscriptions{suffix}").status_code == 403


def test_an_agent_registers_somebody_else(api, awa, evenement):
    prise = inscrire(api(awa), evenement)
    assert InscriptionEvenement.objects.get(pk=prise["id"]).participant is None


# How long it is kept ------------------------------------------------------------------------------


def test_an_account_that_ends_gives_its_places_back(api, chantal, evenement):
    tenue = inscrire(api(chantal), evenement, nombre_personnes=3)
    inscrire(api(), evenement, 1)
    oublier(Person(account=chantal))
    assert statuts(evenement) == ["annulee", "confirmee"]
    row = InscriptionEvenement.objects.get(pk=tenue["id"])
    assert (row.nom, row.participant, str(row.telephone)) == ("Anonyme", None, "")


def test_a_year_later_nobody_is_named(yaounde):
    vieux = ouvert(yaounde, debut=timezone.now() - timedelta(days=400))
    for evenement in (vieux, ouvert(yaounde)):
        InscriptionEvenementFactory.create_batch(2, evenement=evenement)
    assert oublier_les_passees(False) == 2
    assert oublier_les_passees(True) == 2
    assert oublier_les_passees(True) == 0
    assert InscriptionEvenement.objects.filter(nom="Anonyme").count() == 2
