"""Bookings, moves and cancellations at the same moment, by connections of their own."""

import random
from collections import Counter

import pytest
from django.db import connection

from demarches.models import RendezVous
from demarches.tests.rendez_vous import URL, a, demande, service_ouvert
from ecms.tests.together import together

pytestmark = pytest.mark.django_db(transaction=True)

PLACES = ["08:00", "08:30", "09:00", "09:30", "10:00"]
OVERLAPS = """
    SELECT count(*) FROM demarches_rendezvous a JOIN demarches_rendezvous b
    ON a.id < b.id AND a.service_id = b.service_id AND a.guichet = b.guichet
    AND a.statut <> 'annule' AND b.statut <> 'annule'
    AND a.debut < b.fin AND b.debut < a.fin
"""


@pytest.fixture
def service(yaounde, settings):
    settings.RATES = {name: (10**6, 60) for name in settings.RATES}
    return service_ouvert(yaounde, horaires={"lundi": [["08:00", "10:30"]]})


def overlaps() -> int:
    with connection.cursor() as cursor:
        cursor.execute(OVERLAPS)
        return cursor.fetchone()[0]


def booking(api, service, heure):
    return lambda: api().post(URL, demande(service, heure), format="json")


def acting(api, row, name, **body):
    return lambda: api().post(f"{URL}/{row.pk}/{name}", {"code": row.code, **body}, format="json")


def test_sixty_bookings_for_five_places(api, service):
    answers = together(*[booking(api, service, PLACES[n % 5]) for n in range(60)])
    assert Counter(answer.status_code for answer in answers) == {201: 5, 409: 55}
    assert {a.json()["code"] for a in answers if a.status_code == 409} == {"creneau_pris"}
    assert overlaps() == 0
    taken = RendezVous.objects.values_list("debut", flat=True)
    assert sorted(taken) == [a(heure) for heure in PLACES]


def test_as_many_as_there_are_desks(api, service):
    service.guichets = 3
    service.save()
    answers = together(*[booking(api, service, "08:00") for _n in range(12)])
    assert Counter(answer.status_code for answer in answers) == {201: 3, 409: 9}
    assert sorted(RendezVous.objects.values_list("guichet", flat=True)) == [1, 2, 3]


def test_moving_cancelling_and_booking_mixed(api, service):
    dice = random.Random(8)
    for _round in range(20):
        for heure in PLACES[:3]:
            api().post(URL, demande(service, heure))
        held = list(RendezVous.objects.filter(statut="confirme"))
        acts = [booking(api, service, dice.choice(PLACES)) for _n in range(4)]
        acts += [
            acting(api, row, "deplacer", debut=a(dice.choice(PLACES)).isoformat()) for row in held
        ]
        acts += [acting(api, row, "annuler") for row in held[:2]]
        answers = together(*acts)
        said = {(answer.status_code, answer.json().get("code")) for answer in answers}
        assert {status for status, _code in said} <= {200, 201, 409}, said
        codes = {code for status, code in said if status == 409}
        assert codes <= {"creneau_pris", "transition_interdite"}
        assert overlaps() == 0
        assert RendezVous.objects.filter(statut="confirme").count() <= len(PLACES)


def test_two_move_to_the_same_place(api, service):
    for heure in PLACES[:2]:
        api().post(URL, demande(service, heure))
    to = {"debut": a("10:00").isoformat()}
    rows = RendezVous.objects.all()
    answers = together(*[acting(api, row, "deplacer", **to) for row in rows])
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 1}
    assert overlaps() == 0
