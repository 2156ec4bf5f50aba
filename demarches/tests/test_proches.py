"""Likely duplicates near a point: right to the metre, and by the index."""

import math
import random
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone

from demarches.models import Signalement
from demarches.proximite import RAYON_TERRE, proches
from demarches.tests.factories import SignalementFactory
from demarches.workflow import StatutSignalement

URL = "/api/v1/signalements/proches"
CENTRE = (Decimal("3.866000"), Decimal("11.516000"))


def haversine(here, there) -> float:
    north, east, to_north, to_east = (math.radians(float(d)) for d in (*here, *there))
    chord = math.sin((to_north - north) / 2) ** 2
    chord += math.cos(north) * math.cos(to_north) * math.sin((to_east - east) / 2) ** 2
    return 2 * RAYON_TERRE * math.asin(math.sqrt(chord))


def many(mairie, places, **fields):
    return Signalement.objects.bulk_create(
        Signalement(
            mairie=mairie,
            categorie="voirie",
            titre=f"Trou {n}",
            description="x",
            latitude=latitude,
            longitude=longitude,
            numero_suivi=f"S-{n:09d}",
            code_suivi=f"SECRET{n:010d}",
            **fields,
        )
        for n, (latitude, longitude) in enumerate(places)
    )


def scattered(count: int, spread: float, centre=CENTRE):
    dice = random.Random(237)
    return [
        tuple(c + Decimal(str(round(dice.uniform(-spread, spread), 6))) for c in centre)
        for _ in range(count)
    ]


def ask(client, **query):
    latitude, longitude = CENTRE
    return client.get(URL, {"latitude": latitude, "longitude": longitude, **query})


@pytest.mark.parametrize("centre", [CENTRE, (Decimal("12.9"), Decimal("15.1"))])
def test_the_same_as_plain_python(yaounde, centre):
    rows = many(yaounde, scattered(400, 0.004, centre))
    expected = {
        row.pk: haversine(centre, (row.latitude, row.longitude))
        for row in rows
        if haversine(centre, (row.latitude, row.longitude)) <= 250
    }
    found = list(proches(*centre))
    assert {row.pk for row in found} == set(expected)
    assert len(found) > 20
    assert [row.pk for row in found] == sorted(expected, key=expected.get)
    for row in found:
        assert row.distance_m == pytest.approx(expected[row.pk], abs=0.001)


def test_no_corner_of_the_circle_is_cut_off(yaounde):
    north, east = CENTRE
    step = Decimal(str(round(math.degrees(249.9 / RAYON_TERRE), 6)))
    wide = Decimal(str(round(math.degrees(249.9 / RAYON_TERRE / math.cos(math.radians(north))), 6)))
    many(yaounde, [(north + step, east), (north - step, east), (north, east + wide)])
    assert proches(*CENTRE).count() == 3


def test_the_index_answers(yaounde):
    many(yaounde, scattered(8000, 2.0))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE demarches_signalement")
    plan = proches(*CENTRE)[:5].explain()
    assert "demarches_signalement_proches" in plan
    assert "Seq Scan on demarches_signalement" not in plan


def test_five_at_most_nearest_first(api, yaounde):
    many(yaounde, scattered(300, 0.002))
    found = ask(api()).json()
    assert len(found) == 5
    told = [row["distance_m"] for row in found]
    assert told == sorted(told)
    assert isinstance(told[0], int)


def test_open_public_and_as_asked(api, yaounde, douala):
    latitude, longitude = CENTRE
    here = {"latitude": latitude, "longitude": longitude}
    wanted = SignalementFactory(mairie=yaounde, **here)
    water = SignalementFactory(mairie=yaounde, categorie="eau", **here)
    other = SignalementFactory(mairie=douala, **here)
    SignalementFactory(
        mairie=yaounde,
        statut=StatutSignalement.RESOLU,
        date_resolution=timezone.now(),
        **here,
    )
    SignalementFactory(mairie__inactive=True, **here)
    SignalementFactory(mairie=yaounde)

    def ids(**query):
        return {row["id"] for row in ask(api(), **query).json()}

    assert ids() == {wanted.pk, water.pk, other.pk}
    assert ids(categorie="eau") == {water.pk}
    assert ids(mairie="douala") == {other.pk}
    assert ask(api(), mairie="nulle-part").status_code == 400
    assert ask(api(), categorie="x").status_code == 400


@pytest.mark.parametrize(
    "point", [{}, {"latitude": "x"}, {"latitude": "48.8"}, {"longitude": "NaN"}, {"longitude": ""}]
)
def test_a_point_in_cameroon(api, db, point):
    query = {"latitude": "3.866", "longitude": "11.516", **point} if point else {}
    assert api().get(URL, query).status_code == 400


def test_the_number_of_queries_is_fixed(api, yaounde, django_assert_num_queries):
    many(yaounde, scattered(50, 0.001))
    with django_assert_num_queries(2):
        assert len(ask(api()).json()) == 5
