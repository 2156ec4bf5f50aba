from datetime import timedelta
from itertools import product
from uuid import uuid4

import pytest
from django.utils import timezone

from demarches.models import RendezVous, Suivi
from demarches.tests.factories import RendezVousFactory
from demarches.tests.rendez_vous import URL, a, booked, demande, heures, lundi, service_ouvert
from demarches.workflow import TRANSITIONS_RENDEZ_VOUS, StatutRendezVous
from ecms.codes import show_secret
from mairies.models import ServiceMunicipal
from users.tests.factories import UtilisateurFactory, agent_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def service(yaounde):
    return service_ouvert(yaounde, nom="État civil")


def soon(service, hours, **champs):
    debut = timezone.now() + timedelta(hours=hours)
    return RendezVousFactory(
        service=service,
        mairie=service.mairie,
        debut=debut,
        fin=debut + timedelta(minutes=30),
        **champs,
    )


def act(client, rendez_vous, name, **body):
    return client.post(f"{URL}/{rendez_vous.pk}/{name}", body, format="json")


# Booking ------------------------------------------------------------------------------------------


def test_a_visitor_books_and_gets_the_code_once(api, service):
    answer = api().post(URL, demande(service, telephone="+237677000001", motif="Acte"))
    assert answer.status_code == 201, answer.json()
    body = answer.json()
    row = RendezVous.objects.get()
    assert body["code"] == show_secret(row.code)
    assert (body["service_nom"], body["mairie"], body["guichet"]) == ("État civil", "yaounde", 1)
    assert (body["debut"], body["statut"]) == (f"{lundi()}T08:00:00+01:00", "confirme")
    assert body["annulable_jusqu_a"] == f"{lundi()}T04:00:00+01:00"
    assert answer.headers["Location"].endswith(f"{URL}/{row.pk}")
    assert (row.fin, row.langue, row.citoyen) == (a("08:30"), "fr", None)
    seen = act(api(), row, "suivi", code=body["code"].lower())
    assert seen.status_code == 200
    assert "code" not in seen.json()
    (line,) = Suivi.objects.all()
    assert (line.rendez_vous, line.origine, line.nouveau_statut) == (row, "demandeur", "confirme")


def test_an_account_books_and_finds_its_own(api, service, chantal):
    client = api(chantal)
    body = demande(service)
    del body["email"]
    url = client.post(URL, body).headers["Location"]
    assert client.get(url).status_code == 200
    assert [row["nom"] for row in client.get(URL).json()["results"]] == ["Fatima Bello"]
    other = api(UtilisateurFactory())
    assert other.get(url).status_code == 404
    assert other.get(URL).json()["count"] == 0
    assert api().get(url).status_code == 401


def test_an_address_that_is_not_verified_books_nothing(api, service):
    answer = api(UtilisateurFactory(non_verifie=True)).post(URL, demande(service))
    assert (answer.status_code, answer.json()["code"]) == (403, "adresse_non_verifiee")


def test_a_visitor_leaves_an_address_or_a_number(api, service):
    answer = api().post(URL, demande(service, email=""))
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["email"])
    assert api().post(URL, demande(service, email="", telephone="677000001")).status_code == 201


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("debut", "demain"),
        ("debut", None),
        ("nom", ""),
        ("nom", "x" * 151),
        ("email", "pas une adresse"),
        ("telephone", "12"),
        ("motif", "x" * 501),
        ("service", 987654),
        ("langue", "de"),
    ],
)
def test_what_cannot_be_booked(api, service, name, value):
    answer = api().post(URL, {**demande(service), name: value}, format="json")
    assert (answer.status_code, list(answer.json()["fields"])) == (400, [name])


@pytest.mark.parametrize(
    "debut", ["1920-01-05T08:00:00+01:00", "9999-12-31T22:00:00Z", "2020-01-06T08:00:00+01:00"]
)
def test_other_centuries_have_no_places(api, service, debut):
    answer = api().post(URL, demande(service, debut=debut))
    assert (answer.status_code, answer.json()["code"]) == (409, "creneau_pris")


@pytest.mark.parametrize("debut", ["0001-01-01T00:00", "9999-12-31T23:59:59Z"])
def test_the_ends_of_time_are_refused(api, service, debut):
    for address in (URL, f"{URL}/{booked(service, code='A' * 16).pk}/deplacer"):
        given = demande(service, debut=debut, code="A" * 16)
        assert api().post(address, given).status_code == 400


def test_what_is_taken_is_a_conflict_that_names_the_nearest(api, service):
    booked(service, "09:00")
    answer = api().post(URL, demande(service, "09:00"))
    assert (answer.status_code, answer.json()["code"]) == (409, "creneau_pris")
    nearest = answer.json()["creneaux"]
    assert heures(nearest)[:3] == ["08:30", "09:30", "08:00"]
    assert len(nearest) == 6
    again = api().post(URL, demande(service, debut=nearest[0]["debut"]))
    assert again.status_code == 201


@pytest.mark.parametrize("heure", ["07:30", "08:10", "09:45", "10:00"])
def test_what_is_no_place_of_the_service_is_a_conflict(api, service, heure):
    assert api().post(URL, demande(service, heure)).json()["code"] == "creneau_pris"


def test_the_lowest_free_desk_is_taken(api, service):
    ServiceMunicipal.objects.update(guichets=3)
    booked(service, guichet=2)
    assert [api().post(URL, demande(service)).json().get("guichet") for _n in range(3)] == [
        1,
        3,
        None,
    ]


def test_a_cancelled_place_is_booked_again(api, service):
    booked(service, statut="annule")
    assert api().post(URL, demande(service)).status_code == 201


def test_the_constraint_has_the_last_word(api, service, monkeypatch):
    booked(service)
    monkeypatch.setattr("demarches.services.rendez_vous.guichet_libre", lambda *args, **options: 1)
    answer = api().post(URL, demande(service))
    assert (answer.status_code, answer.json()["code"]) == (409, "creneau_pris")
    assert answer.json()["creneaux"]


def test_a_service_that_takes_none(api, service, awa, yaounde, brice):
    ServiceMunicipal.objects.update(rdv_en_ligne=False)
    for client in (api(), api(brice)):
        answer = client.post(URL, demande(service))
        assert (answer.status_code, answer.json()["code"]) == (409, "sans_rendez_vous")
    assert api(awa).post(URL, demande(service)).status_code == 201
    ServiceMunicipal.objects.update(est_actif=False)
    assert api(awa).post(URL, demande(service, "09:00")).json()["code"] == "sans_rendez_vous"


def test_a_suspended_mairie_takes_none(api, service, yaounde, nadege):
    yaounde.statut = "suspendue"
    yaounde.save()
    assert api().post(URL, demande(service)).status_code == 400
    assert api(nadege).post(URL, demande(service)).json()["code"] == "sans_rendez_vous"


def test_an_agent_books_for_somebody_without_notice(api, service, awa):
    ServiceMunicipal.objects.update(preavis_heures=720)
    assert api().post(URL, demande(service)).status_code == 409
    answer = api(awa).post(URL, demande(service, email="", telephone="677000001"))
    assert answer.status_code == 201
    assert RendezVous.objects.get().citoyen is None
    assert Suivi.objects.get().origine == "agent"
    nobody = api(awa).post(URL, demande(service, "09:00", email=""))
    assert list(nobody.json()["fields"]) == ["email"]


def test_an_agent_without_the_right_books_as_a_citizen(api, service, yaounde):
    reader = agent_of(yaounde, groups=["Lecture"])
    assert api(reader).post(URL, demande(service)).status_code == 201
    assert RendezVous.objects.get().citoyen == reader


def test_the_same_key_books_once(api, service):
    key = {"Idempotency-Key": str(uuid4())}
    first, second = (api().post(URL, demande(service), headers=key) for _n in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert RendezVous.objects.count() == 1


def test_bookings_are_limited(api, service, settings):
    settings.RATES = {**settings.RATES, "rendez_vous": (1, 3600)}
    assert api().post(URL, demande(service)).status_code == 201
    assert api().post(URL, demande(service, "09:00")).status_code == 429


# Moving and giving up -----------------------------------------------------------------------------


def test_the_code_moves_it_and_frees_the_place(api, service):
    row = booked(service)
    body = {"code": show_secret(row.code), "debut": a("09:00").isoformat()}
    answer = act(api(), row, "deplacer", **body)
    assert answer.status_code == 200, answer.json()
    assert (answer.json()["id"], answer.json()["sequence"]) == (row.pk, 1)
    assert answer.json()["fin"] == f"{lundi()}T09:30:00+01:00"
    assert RendezVous.objects.get().code == row.code
    assert "08:00" in Suivi.objects.get().message
    assert api().post(URL, demande(service)).status_code == 201


def test_moving_to_where_it_is_changes_nothing(api, service):
    row = booked(service)
    body = {"code": row.code, "debut": row.debut.isoformat()}
    assert act(api(), row, "deplacer", **body).json()["sequence"] == 0


def test_moving_to_what_is_taken_leaves_everything(api, service):
    row = booked(service)
    booked(service, "09:00")
    body = {"code": row.code, "debut": a("09:00").isoformat()}
    answer = act(api(), row, "deplacer", **body)
    assert (answer.status_code, answer.json()["code"]) == (409, "creneau_pris")
    assert answer.json()["creneaux"]
    row.refresh_from_db()
    assert (row.debut, row.sequence) == (a("08:00"), 0)


def test_the_reminder_is_due_again_after_a_move(api, service, awa):
    row = booked(service, date_rappel=timezone.now())
    act(api(awa), row, "deplacer", debut=a("09:00").isoformat())
    row.refresh_from_db()
    assert row.date_rappel is None


def test_the_owner_cancels_and_the_place_is_free(api, service, chantal):
    row = booked(service, citoyen=chantal)
    assert act(api(chantal), row, "annuler").json()["statut"] == "annule"
    assert api().post(URL, demande(service)).status_code == 201


@pytest.mark.parametrize(
    ("name", "hours"), [("annuler", 3.9), ("deplacer", 23.9), ("annuler", -1), ("deplacer", -1)]
)
def test_too_late_for_citizens_and_never_for_agents(api, service, chantal, awa, name, hours):
    row = soon(service, hours, citoyen=chantal)
    body = {"debut": a("09:00").isoformat()}
    for client, code in ((api(chantal), {}), (api(), {"code": row.code})):
        answer = act(client, row, name, **body, **code)
        assert (answer.status_code, answer.json()["code"]) == (409, "trop_tard")
    assert act(api(awa), row, name, **body).status_code == 200


@pytest.mark.parametrize(("name", "hours"), [("annuler", 4.1), ("deplacer", 24.1)])
def test_just_in_time(api, service, chantal, name, hours):
    row = soon(service, hours, citoyen=chantal)
    answer = act(api(chantal), row, name, debut=a("09:00").isoformat())
    assert answer.status_code == 200


def test_an_agent_elsewhere_with_the_code_is_a_citizen(api, service, brice, awa):
    row = soon(service, 1)
    answer = act(api(brice), row, "annuler", code=row.code)
    assert (answer.status_code, answer.json()["code"]) == (409, "trop_tard")
    own = soon(service, 2, citoyen=awa)
    assert act(api(awa), own, "annuler").json()["code"] == "trop_tard"


@pytest.mark.parametrize("name", ["suivi", "annuler", "deplacer"])
def test_a_wrong_code_opens_nothing(api, service, name):
    row = booked(service)
    for code in ("", "FAUX", None, 12, ["x"]):
        answer = act(api(), row, name, code=code, debut=a("09:00").isoformat())
        assert answer.status_code in {401, 404}, code
    other = booked(service, "09:00")
    assert act(api(), row, name, code=other.code).status_code == 404


# What agents note ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["honorer", "absent"])
def test_only_agents_say_who_came_and_once_it_has_begun(api, service, awa, chantal, name):
    row = soon(service, 1, citoyen=chantal)
    early = act(api(awa), row, name)
    assert (early.status_code, early.json()["code"]) == (409, "trop_tot")
    RendezVous.objects.update(debut=timezone.now() - timedelta(minutes=1))
    assert act(api(chantal), row, name).status_code == 403
    assert act(api(), row, name, code=row.code).status_code == 401
    assert act(api(awa), row, name).status_code == 200


ACTS = {"annule": "annuler", "honore": "honorer", "absent": "absent"}


@pytest.mark.parametrize(("before", "after"), list(product(StatutRendezVous, ACTS)))
def test_the_table_is_walked(api, service, awa, before, after):
    row = soon(service, -0.2, statut=before)
    answer = act(api(awa), row, ACTS[after])
    if after in TRANSITIONS_RENDEZ_VOUS[before]:
        assert (answer.status_code, answer.json()["statut"]) == (200, after)
        line = Suivi.objects.get()
        assert (line.ancien_statut, line.nouveau_statut) == (before, after)
        assert (line.auteur, line.origine) == (awa, "agent")
    else:
        assert (answer.status_code, answer.json()["code"]) == (409, "transition_interdite")
        assert answer.json()["statut"] == before
        assert not Suivi.objects.exists()


def test_nothing_goes_back_to_confirmed_and_only_confirmed_moves(api, service, awa):
    assert all(StatutRendezVous.CONFIRME not in after for after in TRANSITIONS_RENDEZ_VOUS.values())
    for hours, before in enumerate(["annule", "honore", "absent"], start=30):
        row = soon(service, hours, statut=before)
        answer = act(api(awa), row, "deplacer", debut=a("09:00").isoformat())
        assert (answer.status_code, answer.json()["code"]) == (409, "transition_interdite")
        assert answer.json()["statut"] == before


# Lists --------------------------------------------------------------------------------------------


def names(answer):
    assert answer.status_code == 200, answer.json()
    return [row["nom"] for row in answer.json()["results"]]


def test_the_day_list_of_an_agent(api, service, awa, yaounde, douala):
    booked(service, "09:00", nom="Deux")
    booked(service, "08:00", nom="Un")
    booked(service_ouvert(douala), "08:00", nom="Ailleurs")
    RendezVousFactory(
        service=service,
        mairie=yaounde,
        nom="Minuit",
        debut=a("00:00") + timedelta(days=1),
        fin=a("00:30") + timedelta(days=1),
    )
    client, day = api(awa), lundi().isoformat()
    assert names(client.get(URL, {"date": day, "ordering": "debut"})) == ["Un", "Deux"]
    assert names(client.get(URL, {"du": day, "ordering": "-debut"})) == ["Minuit", "Deux", "Un"]
    assert names(client.get(URL, {"au": day, "ordering": "debut"})) == ["Un", "Deux"]
    assert names(client.get(URL, {"search": "DEUX"})) == ["Deux"]
    assert names(client.get(URL, {"service": service.pk, "statut": "annule"})) == []
    for wrong in ({"date": "9999-12-31"}, {"date": "x"}, {"statut": "x"}, {"service": "x"}):
        assert client.get(URL, wrong).status_code == 400


def test_a_reader_reads_and_does_nothing(api, service, yaounde):
    row = booked(service, nom="Un")
    reader = api(agent_of(yaounde, groups=["Lecture"]))
    assert names(reader.get(URL)) == ["Un"]
    assert act(reader, row, "annuler").status_code == 404
    assert act(reader, row, "honorer").status_code == 403
    content = agent_of(yaounde, groups=["Contenu"])
    assert names(api(content).get(URL)) == []


def test_contact_is_never_anothers(api, service, chantal, brice):
    row = booked(service, email="secret@exemple.cm", telephone="+237677000009")
    for client in (api(), api(chantal), api(brice)):
        for url in (URL, f"{URL}.csv", f"{URL}/{row.pk}", f"{URL}/{row.pk}/agenda"):
            answer = client.get(url)
            content = b"".join(answer) if answer.streaming else answer.content
            assert b"secret@" not in content
            assert b"677000009" not in content


def test_csv_is_for_agents(api, chantal):
    assert [api(u).get(f"{URL}.csv").status_code for u in (None, chantal)] == [401, 403]


def test_the_list_as_csv(api, service, awa):
    booked(service, nom="=Deux", telephone="+237677000009")
    booked(service, "09:00", statut="annule")
    answer = api(awa).get(f"{URL}.csv", {"statut": "confirme"})
    lines = b"".join(answer).decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert f"{lundi():%d/%m/%Y} 08:00" in lines[1]
    assert "'=Deux" in lines[1]
    assert "no-store" in answer.headers["Cache-Control"]
    assert api().get(f"{URL}.csv").status_code == 401


@pytest.mark.parametrize("rows", [1, 12])
def test_the_number_of_queries_is_fixed(api, service, awa, django_assert_num_queries, rows):
    for n in range(rows):
        soon(service, 100 + n)
    client = api(awa)
    with django_assert_num_queries(5):
        assert len(names(client.get(URL, {"page_size": 50}))) == rows
