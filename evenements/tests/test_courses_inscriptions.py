"""Registrations, cancellations and smaller rooms at the same moment, by connections of their
own."""

from collections import Counter
from uuid import uuid4

import pytest
from django.db import connection

from ecms.models import Courriel
from ecms.tests import walking
from ecms.tests.together import together
from evenements.models import Evenement, InscriptionEvenement
from evenements.services import evenements as services
from evenements.tasks import prevenir
from evenements.tests.agenda import MIENNES, URL, demande, inscrire, ouvert
from evenements.tests.factories import InscriptionEvenementFactory
from evenements.workflow import StatutInscription

pytestmark = pytest.mark.django_db(transaction=True)
PRISES = """
    SELECT coalesce(sum(nombre_personnes), 0) FROM evenements_inscriptionevenement
    WHERE evenement_id = %s AND statut IN ('confirmee', 'presente', 'absente')
"""


@pytest.fixture(autouse=True)
def _unlimited(settings):
    settings.RATES = {name: (10**6, 60) for name in settings.RATES}


def verifiees(evenement) -> int:
    """The places taken, counted from the registrations, as the event says too."""
    with connection.cursor() as cursor:
        cursor.execute(PRISES, [evenement.pk])
        prises = cursor.fetchone()[0]
    now = Evenement.objects.get(pk=evenement.pk)
    assert prises == now.places_prises
    assert now.capacite is None or prises <= now.capacite
    return prises


def vient(api, evenement, n, headers=None, **champs):
    url = f"{URL}/{evenement.pk}/inscriptions"
    return lambda: api().post(url, demande(n, **champs), format="json", headers=headers or {})


def part(api, prise):
    url = f"{MIENNES}/{prise['id']}/annuler"
    return lambda: api().post(url, {"code": prise["code"]}, format="json")


def test_fifty_people_for_ten_seats(api, yaounde):
    row = ouvert(yaounde, liste_attente=False)
    answers = together(*[vient(api, row, n) for n in range(50)])
    assert Counter(answer.status_code for answer in answers) == {201: 10, 409: 40}
    assert {a.json()["code"] for a in answers if a.status_code == 409} == {"complet"}
    assert verifiees(row) == 10


def test_fifty_people_for_ten_seats_and_a_waiting_list(api, yaounde):
    row = ouvert(yaounde)
    answers = together(*[vient(api, row, n) for n in range(50)])
    said = Counter(answer.json()["statut"] for answer in answers)
    assert said == {"confirmee": 10, "en_attente": 40}
    assert sorted(a.json()["rang"] for a in answers if a.json()["rang"]) == list(range(1, 41))
    assert verifiees(row) == 10


def test_groups_of_three_compete(api, yaounde):
    row = ouvert(yaounde, liste_attente=False)
    acts = [vient(api, row, n, nombre_personnes=3) for n in range(15)]
    answers = together(*acts)
    assert Counter(answer.status_code for answer in answers) == {201: 3, 409: 12}
    assert verifiees(row) == 9


def test_the_room_gets_smaller_meanwhile(api, awa, yaounde):
    awa.user_permissions.set(walking.all_permissions())
    clients = [api(awa) for _n in range(8)]
    for tour in range(5):
        row = ouvert(yaounde, liste_attente=tour % 2 == 0)
        smaller = [
            lambda client=client, capacite=capacite, row=row: client.patch(
                f"{URL}/{row.pk}", {"capacite": capacite}, format="json"
            )
            for client, capacite in zip(clients, (3, 4, 5, 6, 7, 8, 9, 2), strict=True)
        ]
        acts = [vient(api, row, n, nombre_personnes=1 + n % 2) for n in range(20)]
        answers = together(*acts, *smaller)
        assert {answer.status_code for answer in answers} <= {200, 201, 400, 409}
        codes = {a.json()["code"] for a in answers if a.status_code == 409}
        assert codes <= {"complet", "capacite_insuffisante"}
        verifiees(row)


def test_five_leave_while_twenty_wait(api, yaounde):
    row = ouvert(yaounde)
    tenues = [inscrire(api(), row, n) for n in range(10)]
    attente = [inscrire(api(), row, n)["id"] for n in range(10, 30)]
    Courriel.objects.all().delete()
    answers = together(*[part(api, prise) for prise in tenues[:5]])
    assert {answer.status_code for answer in answers} == {200}
    promues = InscriptionEvenement.objects.filter(pk__in=attente, statut="confirmee")
    assert sorted(promues.values_list("pk", flat=True)) == attente[:5]
    assert verifiees(row) == 10
    mails = Courriel.objects.filter(gabarit="evenements/inscription_promue").order_by("pk")
    assert [mail.contexte["inscription"] for mail in mails] == attente[:5]


def test_some_leave_some_come_and_some_wait(api, yaounde):
    row = ouvert(yaounde)
    tenues = [inscrire(api(), row, n, nombre_personnes=2) for n in range(5)]
    for n in range(10, 14):
        inscrire(api(), row, n, nombre_personnes=3)
    together(
        *[part(api, prise) for prise in tenues[:4]],
        *[vient(api, row, n) for n in range(20, 30)],
    )
    assert verifiees(row) in {8, 9, 10}
    attente = row.inscriptions.filter(statut=StatutInscription.EN_ATTENTE).order_by("rang")
    promues = row.inscriptions.filter(statut=StatutInscription.CONFIRMEE, rang__isnull=False)
    assert max(p.rang for p in promues) < attente.first().rang


def test_the_same_person_twice_at_once(api, yaounde):
    row = ouvert(yaounde)
    answers = together(*[vient(api, row, 1) for _n in range(20)])
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 19}
    assert {a.json()["code"] for a in answers if a.status_code == 409} == {"deja_inscrit"}
    assert verifiees(row) == row.inscriptions.count() == 1


def test_the_same_key_twice_at_once(api, yaounde):
    row = ouvert(yaounde)
    headers = {"Idempotency-Key": str(uuid4())}
    answers = together(*[vient(api, row, 1, headers) for _n in range(8)])
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["code"] for answer in answers}) == 1
    assert verifiees(row) == 1


def test_the_same_place_given_back_twice(api, yaounde):
    row = ouvert(yaounde)
    prise = inscrire(api(), row, nombre_personnes=2)
    inscrire(api(), row, 1)
    answers = together(*[part(api, prise) for _n in range(6)])
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 5}
    assert verifiees(row) == 1


def test_two_workers_tell_everybody_once(yaounde):
    row = ouvert(yaounde, capacite=None, sequence=1)
    InscriptionEvenementFactory.create_batch(60, evenement=row, participant=None)
    together(*[lambda: prevenir(row.pk) for _n in range(4)])
    mails = Courriel.objects.values_list("contexte__inscription", flat=True)
    assert (len(mails), len(set(mails))) == (60, 60)


def test_two_agents_change_a_series_at_once(api, awa, yaounde):
    awa.user_permissions.set(walking.all_permissions())
    fait = (
        api(awa)
        .post(
            URL,
            {
                "titre": "Marché",
                "lieu": "Place",
                "debut": "2030-01-05T08:00:00+01:00",
                "fin": "2030-01-05T12:00:00+01:00",
                "recurrence": "hebdomadaire",
                "recurrence_nombre": 6,
            },
            format="json",
        )
        .json()
    )
    rows = list(Evenement.objects.filter(serie=fait["serie"]).order_by("pk"))
    services.publier(rows[0], portee=services.Portee.SERIE)
    twice = [(api(awa), row) for row in [*rows, *reversed(rows)]]
    acts = [
        lambda client=client, row=row: client.patch(
            f"{URL}/{row.pk}?portee=serie", {"lieu": f"Lieu {row.pk}"}, format="json"
        )
        for client, row in twice
    ]
    assert {answer.status_code for answer in together(*acts)} == {200}
    now = Evenement.objects.filter(serie=fait["serie"])
    assert now.values("lieu").distinct().count() == 1
