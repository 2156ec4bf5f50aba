from datetime import timedelta

from django.utils import timezone

from demarches.tests.factories import SignalementFactory
from demarches.workflow import StatutSignalement

URL = "/api/v1/carte/signalements"
HERE = {"latitude": "3.866000", "longitude": "11.516000"}
S = StatutSignalement


def resolved(mairie, days):
    moment = timezone.now() - timedelta(days=days)
    return SignalementFactory(mairie=mairie, statut=S.RESOLU, date_resolution=moment, **HERE)


def test_open_ones_and_those_resolved_lately(api, awa, yaounde, douala):
    shown = [
        SignalementFactory(mairie=yaounde, titre="Égout bouché", **HERE),
        resolved(yaounde, 89),
    ]
    resolved(yaounde, 91)
    SignalementFactory(mairie=yaounde, statut=S.REJETE, date_rejet=timezone.now(), **HERE)
    SignalementFactory(mairie=yaounde)
    SignalementFactory(mairie=douala, **HERE)
    for user in (None, awa):
        answer = api(user).get(URL, {"mairie": "yaounde"})
        assert answer.headers["Content-Type"].startswith("application/geo+json")
        told = answer.json()
        assert {feature["id"] for feature in told["features"]} == {row.pk for row in shown}
    feature = next(f for f in told["features"] if f["id"] == shown[0].pk)
    assert feature["geometry"] == {"type": "Point", "coordinates": [11.516, 3.866]}
    assert feature["properties"]["titre"] == "Égout bouché"
    assert set(feature["properties"]) == {
        *("mairie", "titre", "categorie", "statut", "adresse", "repere", "date_creation"),
        *("date_prevue", "date_resolution", "categorie_display", "statut_display"),
    }


def test_moments_are_told_as_elsewhere(api, yaounde):
    row = resolved(yaounde, 1)
    (shown,) = api().get(URL).json()["features"]
    detail = api().get(f"/api/v1/signalements/{row.pk}").json()
    for name in ("date_creation", "date_resolution", "date_prevue"):
        assert shown["properties"][name] == detail[name]
    assert shown["properties"]["date_creation"].endswith("+01:00")


def test_one_query_however_many(api, yaounde, django_assert_num_queries):
    SignalementFactory.create_batch(12, mairie=yaounde, **HERE)
    with django_assert_num_queries(1):
        assert len(api().get(URL).json()["features"]) == 12
    assert api().get(f"{URL}?mairie=nulle-part").status_code == 400
