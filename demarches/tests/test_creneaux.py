from datetime import timedelta

import pytest
from django.utils import timezone

from demarches.creneaux import creneaux_libres, proches
from demarches.models import RendezVous
from demarches.tests.factories import RendezVousFactory
from demarches.tests.rendez_vous import a, heures, lundi, service_ouvert
from mairies.models import ServiceMunicipal
from mairies.tests.factories import ServiceMunicipalFactory
from users.tests.factories import agent_of

URL = "/api/v1/creneaux"
TOUS = ["08:00", "08:30", "09:00", "09:30"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def service(yaounde):
    return service_ouvert(yaounde)


def book(service, debut, fin, **champs):
    return RendezVousFactory(
        service=service, mairie=service.mairie, debut=a(debut), fin=a(fin), **champs
    )


def day(service, jour=None, **options):
    jour = jour or lundi()
    (found,) = creneaux_libres(service, jour, jour, maintenant=timezone.now(), **options)
    return found


def free(service, jour=None, **options):
    return heures(day(service, jour, **options).creneaux)


def test_starts_follow_each_other_by_the_duration(service):
    assert free(service) == TOUS
    service.duree_rdv = 50
    assert free(service) == ["08:00", "08:50"]
    service.duree_rdv = 121
    assert free(service) == []


def test_each_opening_begins_anew(service):
    service.horaires = {"lundi": [["08:00", "08:50"], ["09:10", "10:00"]]}
    assert free(service) == ["08:00", "09:10"]


def test_a_booking_takes_its_place_and_starts_begin_anew_behind_it(service):
    book(service, "08:20", "08:40")
    assert free(service) == ["08:40", "09:10"]


def test_a_cancelled_one_gives_its_place_back_and_a_missed_one_does_not(service):
    book(service, "08:00", "08:30", statut="annule")
    book(service, "09:00", "09:30", statut="absent")
    assert free(service) == ["08:00", "08:30", "09:30"]


def test_a_place_is_free_as_long_as_one_desk_is(service):
    service.guichets = 2
    book(service, "08:00", "08:30", guichet=2)
    found = day(service).creneaux
    assert {c.debut: c.libres for c in found}[a("08:00")] == 1
    assert {c.debut: c.libres for c in found}[a("08:30")] == 2
    book(service, "08:00", "08:30", guichet=1)
    assert free(service) == TOUS[1:]


def test_a_desk_with_odd_times_offers_its_own(service):
    service.guichets = 2
    book(service, "08:00", "08:20", guichet=2)
    assert free(service) == ["08:00", "08:20", "08:30", "08:50", "09:00", "09:20", "09:30"]


def test_what_is_booked_beyond_the_desks_or_elsewhere_takes_nothing(service, yaounde):
    book(service, "08:00", "08:30", guichet=2)
    book(ServiceMunicipalFactory(mairie=yaounde), "08:00", "08:30")
    assert free(service) == TOUS


@pytest.mark.parametrize(
    ("debut", "fin"), [("07:00", "08:30"), ("07:45", "08:10"), ("08:00", "08:30")]
)
def test_a_booking_may_begin_before_the_hours(service, debut, fin):
    book(service, debut, fin)
    assert "08:00" not in free(service)
    assert len(free(service)) == 3


def test_a_booking_across_midnight_counts_on_both_days(service):
    service.horaires = {"lundi": [["22:00", "24:00"]], "mardi": [["00:00", "02:00"]]}
    RendezVousFactory(
        service=service,
        mairie=service.mairie,
        debut=a("23:30"),
        fin=a("23:30") + timedelta(hours=1),
    )
    assert free(service) == ["22:00", "22:30", "23:00"]
    assert free(service, lundi() + timedelta(1)) == ["00:30", "01:00", "01:30"]


def test_closed_days_and_half_days(service, yaounde):
    service.fermetures = [{"date": lundi().isoformat(), "demi_journee": "matin"}]
    service.horaires = {"lundi": [["08:00", "13:00"]]}
    assert free(service) == ["12:00", "12:30"]
    assert not day(service).ferme
    yaounde.jours_fermes = [lundi().isoformat()]
    assert day(service).ferme
    assert day(service, lundi() + timedelta(6)).ferme


def test_notice_and_horizon_bind_citizens_and_not_agents(service):
    service.preavis_heures = 720
    assert free(service) == []
    assert free(service, sans_limites=True) == TOUS
    service.preavis_heures, service.horizon_jours = 0, 1
    assert free(service) == []
    assert free(service, sans_limites=True) == TOUS


def test_what_has_begun_is_over_for_everybody(service):
    yesterday = timezone.localdate() - timedelta(days=7)
    assert free(service, yesterday, sans_limites=True) == []


def test_the_nearest_come_first(service):
    RendezVousFactory(service=service, mairie=service.mairie, debut=a("09:00"), fin=a("09:30"))
    found = proches(service, a("09:00"), maintenant=timezone.now())
    assert heures(found) == ["08:30", "09:30", "08:00", "08:00", "08:30", "09:00"]
    assert found[3].debut.date() == lundi() + timedelta(days=1)


# Over HTTP ----------------------------------------------------------------------------------------


def get(client, service, **query):
    return client.get(URL, {"service": service.pk, **query})


def test_it_is_public_and_says_each_day(api, service):
    du = lundi() - timedelta(days=1)
    answer = get(api(), service, du=du.isoformat(), au=lundi().isoformat())
    assert answer.status_code == 200, answer.json()
    body = answer.json()
    assert (body["service"], body["mairie"], body["duree_rdv"]) == (service.pk, "yaounde", 30)
    dimanche, premier = body["jours"]
    assert dimanche == {"date": du.isoformat(), "ferme": True, "creneaux": []}
    assert heures(premier["creneaux"]) == TOUS
    assert premier["creneaux"][0] == {
        "debut": f"{lundi()}T08:00:00+01:00",
        "fin": f"{lundi()}T08:30:00+01:00",
        "libres": 1,
    }


def test_a_month_from_today_unless_told(api, service):
    body = get(api(), service).json()
    assert body["du"] == timezone.localdate().isoformat()
    assert len(body["jours"]) == 31


def test_it_is_asked_anew_each_time(api, service):
    answer = get(api(), service)
    assert answer.headers["Cache-Control"] == "public, max-age=0"
    tag = {"If-None-Match": answer.headers["ETag"]}
    query = {"service": service.pk}
    assert api().get(URL, query, headers=tag).status_code == 304
    book(service, "08:00", "08:30")
    assert api().get(URL, query, headers=tag).status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        {"service": ""},
        {"service": "x"},
        {"service": "9" * 30},
        {"du": "demain"},
        {"du": "9999-12-31"},
        {"du": "0001-01-01"},
        {"au": "2020-01-01"},
        {"du": "2026-01-01", "au": "2026-03-04"},
    ],
)
def test_what_cannot_be_asked(api, service, query):
    assert api().get(URL, {"service": service.pk, **query}).status_code == 400


def test_only_open_services_of_open_mairies(api, service, yaounde, brice):
    for change in ({"rdv_en_ligne": False}, {"est_actif": False}):
        other = service_ouvert(yaounde, **change)
        for client in (api(), api(brice)):
            assert get(client, other).status_code == 404
    yaounde.statut = "suspendue"
    yaounde.save()
    assert get(api(), service).status_code == 404
    assert api().get(URL, {"service": 987654}).status_code == 404


def test_an_agent_sees_more_at_home_and_no_more_elsewhere(api, awa, brice, yaounde):
    service = service_ouvert(yaounde, preavis_heures=720, rdv_en_ligne=False)
    query = {"du": lundi().isoformat(), "au": lundi().isoformat()}
    assert heures(get(api(awa), service, **query).json()["jours"][0]["creneaux"]) == TOUS
    ServiceMunicipal.objects.update(rdv_en_ligne=True)
    assert get(api(brice), service, **query).json()["jours"][0]["creneaux"] == []


@pytest.mark.parametrize("bookings", [0, 60])
@pytest.mark.parametrize("days", [1, 62])
def test_the_number_of_queries_is_fixed(
    api, yaounde, service, django_assert_num_queries, bookings, days
):
    ServiceMunicipal.objects.update(guichets=5)
    RendezVous.objects.bulk_create(
        RendezVousFactory.build(
            service=service,
            mairie=yaounde,
            citoyen=None,
            guichet=1 + n % 5,
            debut=a("08:00") + timedelta(days=n // 5),
            fin=a("08:30") + timedelta(days=n // 5),
        )
        for n in range(bookings)
    )
    du = timezone.localdate()
    query = {"du": du.isoformat(), "au": (du + timedelta(days=days - 1)).isoformat()}
    agent = api(agent_of(yaounde))
    with django_assert_num_queries(2):
        assert get(api(), service, **query).status_code == 200
    with django_assert_num_queries(3):
        assert get(agent, service, **query).status_code == 200
