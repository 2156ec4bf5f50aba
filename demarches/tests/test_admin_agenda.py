"""The agenda of appointments, and booking at the desk."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.utils import timezone

from demarches.models import RendezVous
from demarches.services import rendez_vous as services
from demarches.tests.admin import RENDEZ_VOUS, change_url, counted, text_of
from demarches.tests.factories import RendezVousFactory
from demarches.tests.rendez_vous import a, booked, lundi, service_ouvert
from demarches.workflow import StatutRendezVous
from users.tests.factories import agent_of

pytestmark = pytest.mark.django_db
AGENDA, ADD = f"{RENDEZ_VOUS}agenda/", f"{RENDEZ_VOUS}add/"
HOSTILE = ["9999-99-99", "9999-12-31", "0001-01-01", "abc", "é", "9" * 40, "", "-1"]


@pytest.fixture
def service(yaounde):
    return service_ouvert(yaounde, nom="État civil")


def week(client, **asked):
    return client.get(AGENDA, {"semaine": lundi().isoformat(), **asked})


def shown(answer) -> dict:
    """The names and the free starts of each day, by its date."""
    text_of(answer)
    return {
        jour.date: [
            ligne.rendez_vous.nom
            if ligne.rendez_vous
            else f"{timezone.localtime(ligne.debut):%H:%M}"
            for ligne in jour.lignes
        ]
        for jour in answer.context["agenda"].jours
    }


def test_a_week_begins_on_monday(signed_in, awa, service):
    booked(service, "08:30", nom="Éloïse", motif="Copie d'acte")
    booked(service, "09:00", nom="Annulée", statut=StatutRendezVous.ANNULE)
    client = signed_in(awa)
    monday = lundi()
    for asked in (monday, monday + timedelta(days=6)):
        jours = shown(week(client, semaine=asked.isoformat()))
        assert list(jours) == [monday + timedelta(days=n) for n in range(7)]
        assert jours[monday] == ["08:00", "Éloïse", "09:00", "09:30"]
        assert jours[monday + timedelta(days=1)] == ["08:00", "08:30", "09:00", "09:30"]
        assert jours[monday + timedelta(days=5)] == []
    page = text_of(week(client))
    for words in ("Guichet 1", "Confirmé", "Copie d&#x27;acte", "Pas d&#x27;ouverture"):
        assert words in page, words
    assert list(shown(week(client, vue="jour"))) == [monday]


def test_free_places_lead_to_booking(signed_in, awa, service, yaounde):
    query = urlencode({"service": service.pk, "debut": a("08:30").isoformat()})
    page = text_of(week(signed_in(awa)))
    assert f"{ADD}?{query}".replace("&", "&amp;") in page
    reader = signed_in(agent_of(yaounde, groups=["Lecture"]))
    page = text_of(week(reader))
    assert ADD not in page
    assert "Libre" in page
    assert reader.get(ADD).status_code == 403
    assert signed_in(agent_of(yaounde, groups=["Contenu"])).get(AGENDA).status_code == 403


def test_what_is_closed_says_why(signed_in, awa, service, yaounde):
    monday = lundi()
    days = [(monday + timedelta(days=n)).isoformat() for n in range(3)]
    yaounde.jours_fermes = [days[0]]
    yaounde.save()
    service.fermetures = [
        {"date": days[1], "motif": "Inventaire"},
        {"date": days[2], "motif": "Réunion", "demi_journee": "matin"},
    ]
    service.save()
    answer = week(signed_in(awa))
    told = [(jour.ferme, jour.pourquoi) for jour in answer.context["agenda"].jours[:4]]
    assert told == [
        (True, "La mairie est fermée."),
        (True, "Fermé : Inventaire."),
        (True, "Fermé le matin : Réunion."),
        (False, ""),
    ]


def test_all_services_or_one(signed_in, awa, service, yaounde):
    other = service_ouvert(yaounde, nom="Urbanisme")
    booked(service, nom="Éloïse")
    booked(other, nom="Bikoro")
    client = signed_in(awa)
    assert shown(week(client))[lundi()] == ["Éloïse", "Bikoro"]
    assert shown(week(client, service=other.pk))[lundi()] == ["Bikoro", "08:30", "09:00", "09:30"]


def test_another_mairie_s_service_is_as_an_absent_one(signed_in, awa, service, yaounde, douala):
    service_ouvert(yaounde)
    theirs = service_ouvert(douala, nom="CANARI")
    booked(theirs, nom="CANARI2")
    client = signed_in(awa)
    absent = week(client, service=10**17)
    for asked in (
        {"service": theirs.pk},
        {"mairie": douala.pk},
        {"service": theirs.pk, "vue": "x"},
    ):
        answer = week(client, **asked)
        assert "CANARI" not in text_of(answer)
        assert shown(answer) == shown(absent)


@pytest.mark.parametrize("wrong", HOSTILE)
def test_what_makes_no_sense_is_not_asked(signed_in, awa, nadege, service, wrong):
    for account in (awa, nadege):
        client = signed_in(account)
        for name in ("semaine", "service", "vue", "mairie"):
            text_of(week(client, **{name: wrong}))
        for name in ("service", "jour", "debut"):
            text_of(client.get(ADD, {"service": service.pk, name: wrong}))


def test_the_edges_of_time(signed_in, awa, service):
    client = signed_in(awa)
    for jour in ("1900-01-01", "2200-01-01"):
        for vue in ("jour", "semaine"):
            text_of(client.get(AGENDA, {"semaine": jour, "vue": vue}))


def test_the_national_administrator_chooses_a_mairie(signed_in, nadege, service, yaounde):
    booked(service, nom="Éloïse")
    client = signed_in(nadege)
    page = text_of(week(client))
    assert "Choisissez une mairie" in page
    assert "Éloïse" not in page
    page = text_of(week(client, mairie=yaounde.pk))
    assert "Éloïse" in page
    assert "Choisissez d'abord" in text_of(client.get(ADD))
    assert "État civil" in text_of(client.get(ADD, {"service": service.pk}))


def test_whoever_works_for_no_mairie_sees_none(signed_in, service, yaounde):
    account = agent_of(yaounde)
    account.profilagentcommunal.delete()
    answer = signed_in(account).get(AGENDA)
    assert answer.status_code in {302, 403} or "aucune mairie" in text_of(answer)


def test_the_number_of_queries_is_fixed(signed_in, awa, service, yaounde):
    client, numbers = signed_in(awa), []
    monday = a("06:00")
    for more in (2, 40):
        for n in range(more):
            debut = monday + timedelta(minutes=len(numbers) * 2 + n * 10)
            fin, guichet = debut + timedelta(minutes=10), 2 + len(numbers)
            fields = {"service": service, "mairie": yaounde, "fin": fin, "guichet": guichet}
            RendezVousFactory(debut=debut, **fields)
        with counted() as one:
            text_of(week(client, service=service.pk))
        with counted() as book:
            text_of(client.get(ADD, {"service": service.pk}))
        numbers.append((one(), book()))
    assert numbers[0] == numbers[1]
    assert numbers[0][0] <= 12


def test_no_more_than_a_page_holds(signed_in, awa, service, monkeypatch):
    monkeypatch.setattr("demarches.admin.agenda.AU_PLUS", 1)
    booked(service, nom="Éloïse")
    booked(service, "09:00", nom="Bikoro")
    page = text_of(week(signed_in(awa)))
    assert "Éloïse" in page
    assert "Bikoro" not in page
    assert "Seuls les 1 premiers" in page


def given(at, heure="08:30", **fields) -> dict:
    return {
        "service": at.pk,
        "jour": lundi().isoformat(),
        "montre": f"{at.pk}:{lundi().isoformat()}",
        "debut": a(heure).isoformat(),
        "nom": "Fatima Bello",
        "telephone": "690000001",
        "email": "",
        "motif": "Copie d'acte",
        "langue": "fr",
        **fields,
    }


def test_booked_for_somebody_at_the_desk(signed_in, awa, service, yaounde):
    service.rdv_en_ligne = False
    service.save()
    client = signed_in(awa)
    query = {"service": service.pk, "debut": a("08:30").isoformat()}
    page = text_of(client.get(ADD, query))
    assert f'value="{a("08:30").isoformat()}" checked' in page
    answer = client.post(ADD, given(service))
    row = RendezVous.objects.get()
    assert answer["Location"] == change_url(RENDEZ_VOUS, row)
    assert (row.debut, row.guichet, row.citoyen, row.mairie) == (a("08:30"), 1, None, yaounde)
    assert (row.nom, row.telephone) == ("Fatima Bello", "+237690000001")
    line = row.suivis.get()
    assert (line.origine, line.auteur) == ("agent", awa)
    page = text_of(client.get(change_url(RENDEZ_VOUS, row)))
    assert row.code not in page


def test_what_is_refused_leaves_what_was_typed(signed_in, awa, service):
    booked(service, "08:30")
    answer = signed_in(awa).post(ADD, given(service))
    page = text_of(answer)
    assert answer.context["form"].errors == {"debut": ["Ce créneau n'est pas libre."]}
    for words in ("Fatima Bello", "690000001", "Copie d&#x27;acte", a("09:00").isoformat()):
        assert words in page, words
    assert a("08:30").isoformat() not in page
    assert RendezVous.objects.count() == 1


def test_looking_at_another_day_keeps_what_was_typed(signed_in, awa, service):
    tuesday = (lundi() + timedelta(days=1)).isoformat()
    answer = signed_in(awa).post(ADD, given(service, jour=tuesday, nom="", voir="1"))
    page = text_of(answer)
    assert "690000001" in page
    assert f'value="{tuesday}T08:00:00+01:00"' in page
    assert not answer.context["form"].errors


def test_a_place_of_another_service_is_not_booked_unseen(signed_in, awa, service, yaounde):
    other = service_ouvert(yaounde)
    answer = signed_in(awa).post(ADD, given(service, service=other.pk))
    assert answer.context["form"].errors["debut"]
    assert not RendezVous.objects.exists()


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("telephone", ""),
        ("telephone", "12"),
        ("email", "x"),
        ("nom", ""),
        ("nom", "\x00"),
        ("nom", "x" * 151),
        ("motif", "x" * 501),
        ("langue", "xx"),
        ("debut", ""),
        ("debut", "9999-12-31T23:59:00-12:00"),
        ("debut", "0001-01-01T00:00:00+14:00"),
        ("debut", "2190-12-31T08:00:00+01:00"),
        ("debut", "\x00"),
        ("service", "abc"),
        ("service", "9" * 40),
    ],
)
def test_what_is_missing_or_wrong_is_named(signed_in, awa, service, name, wrong):
    answer = signed_in(awa).post(ADD, given(service, **{name: wrong}))
    text_of(answer)
    assert name in answer.context["form"].errors
    assert not RendezVous.objects.exists()


def test_services_of_ones_own_mairie_alone(signed_in, awa, service, douala, yaounde):
    theirs = service_ouvert(douala, nom="CANARI")
    closed = service_ouvert(yaounde, nom="CANARI2", est_actif=False)
    client = signed_in(awa)
    said = set()
    for pk in (theirs.pk, closed.pk, 10**17):
        page = text_of(client.get(ADD, {"service": pk}))
        assert "CANARI" not in page
        form = client.post(ADD, given(service, service=pk)).context["form"]
        said.add(str(form.errors["service"]))
    assert len(said) == 1
    assert not RendezVous.objects.exists()


def test_a_free_place_elsewhere_moves_nothing_here(awa, service, douala):
    """A start that is free at another mairie's service is none of this one's."""
    service_ouvert(douala, horaires={"lundi": [["18:00", "20:00"]]})
    row = booked(service)
    with pytest.raises(services.CreneauPris):
        services.deplacer(row, debut=a("18:00"), par=awa)


def test_the_list_and_the_agenda_lead_to_each_other(signed_in, awa, service):
    client = signed_in(awa)
    assert AGENDA in text_of(client.get(RENDEZ_VOUS))
    assert f'href="{RENDEZ_VOUS}"' in text_of(client.get(AGENDA))
