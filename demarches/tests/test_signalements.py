"""A problem is reported, routed, handled, and told to whoever reported it."""

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from demarches.models import Signalement, Suivi
from demarches.services import signalements as services
from demarches.tests.factories import SignalementFactory
from demarches.workflow import TRANSITIONS_SIGNALEMENT, StatutSignalement
from ecms.exceptions import DomainError
from mairies.tests.factories import MairieFactory, ServiceMunicipalFactory
from users.tests.factories import UtilisateurFactory, agent_of

URL = "/api/v1/signalements"
S = StatutSignalement
FAITS = {
    "mairie": "yaounde",
    "categorie": "eclairage",
    "description": "Le lampadaire n'éclaire plus depuis une semaine.",
    "repere": "Carrefour Mvog-Mbi",
}


@pytest.fixture
def lumiere(yaounde):
    return ServiceMunicipalFactory(
        mairie=yaounde, nom="Éclairage public", categories_signalements=["eclairage"]
    )


@pytest.fixture
def pole(yaounde, chantal):
    return SignalementFactory(mairie=yaounde, signaleur=chantal, categorie="eclairage")


def act(client, row, name, **body):
    return client.post(f"{URL}/{row.pk}/{name}", body, format="json")


# Reporting ----------------------------------------------------------------------------------------


def test_anyone_reports(api, lumiere, mailbox):
    answer = api().post(URL, {**FAITS, "email": "ali@exemple.cm"}, format="json")
    assert answer.status_code == 201, answer.content
    told, row = answer.json(), Signalement.objects.get()
    assert re.fullmatch(r"S-\d{4}-\w{4}-\w{4}", told["numero_suivi"])
    assert told["code_suivi"].replace("-", "") == row.code_suivi
    assert told["email"] == "ali@exemple.cm"
    assert told["titre"] == "Éclairage : Carrefour Mvog-Mbi"
    assert (row.service, row.signaleur, row.statut) == (lumiere, None, S.SIGNALE)
    assert answer.headers["Location"].endswith(f"{URL}/{row.pk}")
    (line,) = row.suivis.all()
    assert (line.nouveau_statut, line.origine) == (S.SIGNALE, Suivi.Origine.DEMANDEUR)
    (mail,) = mailbox()
    assert mail.to == ["ali@exemple.cm"]
    assert told["numero_suivi"] in mail.body
    assert f"https://ecms.test/suivi/{row.numero_suivi}#{row.code_suivi}" in mail.body
    assert told["code_suivi"] in mail.body


def test_in_english(api, yaounde, mailbox):
    client = api()
    given = {**FAITS, "email": "ali@exemple.cm"}
    assert client.post(URL, given, headers={"Accept-Language": "en"}).status_code == 201
    assert Signalement.objects.get().langue == "en"
    assert len(mailbox()) == 1


def test_an_account_is_the_reporter_and_is_mailed(api, yaounde, chantal, mailbox):
    told = api(chantal).post(URL, FAITS, format="json").json()
    assert Signalement.objects.get().signaleur == chantal
    assert mailbox()[0].to == [chantal.email]
    assert "signaleur" not in told


def test_no_mail_to_whoever_wants_none(api, yaounde, chantal, mailbox):
    chantal.notifications_email = False
    chantal.save()
    assert api(chantal).post(URL, FAITS, format="json").status_code == 201
    assert mailbox() == []


def test_an_address_must_be_verified_first(api, yaounde):
    answer = api(UtilisateurFactory(non_verifie=True)).post(URL, FAITS, format="json")
    assert (answer.status_code, answer.json()["code"]) == (403, "adresse_non_verifiee")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"mairie": "nulle-part"}, "mairie"),
        ({"mairie": None}, "mairie"),
        ({"categorie": "x"}, "categorie"),
        ({"description": " "}, "description"),
        ({"repere": ""}, "non_field_errors"),
        ({"latitude": "3.86"}, "latitude"),
        ({"latitude": "48.85", "longitude": "2.35"}, "latitude"),
        ({"latitude": "1.599999", "longitude": "10"}, "latitude"),
        ({"latitude": "3.86", "longitude": "16.200001"}, "latitude"),
        ({"latitude": "x", "longitude": "1e3"}, "latitude"),
        ({"email": "x"}, "email"),
        ({"telephone": "12"}, "telephone"),
    ],
)
def test_what_is_refused(api, yaounde, change, field):
    given = {name: v for name, v in {**FAITS, **change}.items() if v is not None}
    answer = api().post(URL, given, format="json")
    assert answer.status_code == 400
    assert field in answer.json()["fields"]
    assert not Signalement.objects.exists()


@pytest.mark.parametrize("corner", [("1.6", "8.4"), ("13.1", "16.2")])
def test_the_corners_of_the_country(api, yaounde, corner):
    latitude, longitude = corner
    given = {**FAITS, "repere": "", "latitude": latitude, "longitude": longitude}
    assert api().post(URL, given, format="json").json()["titre"] == "Éclairage"


def test_degrees_as_a_telephone_writes_them(api, yaounde):
    point = {"latitude": 3.866712345678912, "longitude": 11.516612345678}
    told = api().post(URL, {**FAITS, **point}, format="json").json()
    assert (told["latitude"], told["longitude"]) == ("3.866712", "11.516612")
    assert [row["distance_m"] for row in api().get(f"{URL}/proches", point).json()] == [0]


def test_a_mairie_without_a_space_takes_nothing(api, db, awa):
    closed = MairieFactory(slug="fermee", inactive=True)
    for client in (api(), api(awa)):
        answer = client.post(URL, {**FAITS, "mairie": "fermee"}, format="json")
        assert answer.status_code == 400
    with pytest.raises(DomainError) as error:
        services.signaler(closed, par=None, categorie="eau", description="x", repere="y")
    assert error.value.code == "mairie_inactive"


def test_without_a_service_it_goes_to_the_mairie(api, yaounde, douala):
    ServiceMunicipalFactory(mairie=douala, categories_signalements=["eclairage"])
    ServiceMunicipalFactory(mairie=yaounde, categories_signalements=["eclairage"], est_actif=False)
    api().post(URL, FAITS, format="json")
    assert Signalement.objects.get().service is None


def test_the_server_decides_the_rest(api, yaounde, awa, lumiere):
    given = {"statut": "resolu", "priorite": "urgente", "signaleur": awa.pk, "numero_suivi": "S-1"}
    api().post(URL, {**FAITS, **given, "service": 1, "code_suivi": "A" * 16}, format="json")
    row = Signalement.objects.get()
    assert (row.statut, row.priorite, row.signaleur) == ("signale", "normale", None)
    assert row.numero_suivi != "S-1"
    assert row.code_suivi != "A" * 16


def test_one_key_is_one_report(api, yaounde, mailbox):
    headers = {"Idempotency-Key": "0d9f3c7e-8f2b-4a0e-9d5a-1b6c7d8e9f00"}
    given = {**FAITS, "email": "ali@exemple.cm"}
    first, second = (api().post(URL, given, headers=headers) for _ in range(2))
    assert first.json() == second.json()
    assert Signalement.objects.count() == len(mailbox()) == 1


def test_abuse_is_slowed_down(api, yaounde, settings):
    settings.RATES = {**settings.RATES, "signalement": (3, 3600)}
    answers = [api().post(URL, FAITS, format="json") for _ in range(5)]
    assert [answer.status_code for answer in answers] == [201, 201, 201, 429, 429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 3601


def test_near_midnight_the_day_is_that_of_douala(api, pole):
    """00:30 in Douala is 23:30 UTC of the day before: the day in Douala counts."""
    moment = datetime(2026, 3, 10, 0, 30, tzinfo=ZoneInfo("Africa/Douala"))
    Signalement.objects.filter(pk=pole.pk).update(date_creation=moment)
    client = api()
    assert client.get(f"{URL}?du=2026-03-10&au=2026-03-10").json()["count"] == 1
    assert client.get(f"{URL}?au=2026-03-09").json()["count"] == 0


# The states ---------------------------------------------------------------------------------------

ACTS = {
    S.EN_COURS: lambda row, awa: services.prendre_en_charge(row, par=awa),
    S.PLANIFIE: lambda row, awa: services.planifier(
        row, date_prevue=timezone.localdate(), message="", par=awa
    ),
    S.RESOLU: lambda row, awa: services.resoudre(row, message="", par=awa),
    S.REJETE: lambda row, awa: services.rejeter(row, motif="Voie privée", par=awa),
    S.DOUBLON: lambda row, awa: services.marquer_doublon(
        row, doublon_de=SignalementFactory(mairie=row.mairie), par=awa
    ),
    S.SIGNALE: lambda row, awa: services.rouvrir(row, motif="Encore", par=awa, comme_agent=True),
}
WAYS = {
    S.SIGNALE: [],
    S.EN_COURS: [S.EN_COURS],
    S.PLANIFIE: [S.PLANIFIE],
    S.RESOLU: [S.RESOLU],
    S.REJETE: [S.REJETE],
    S.DOUBLON: [S.DOUBLON],
}


@pytest.mark.parametrize("after", list(S))
@pytest.mark.parametrize("before", list(S))
def test_every_pair_of_states(pole, awa, before, after):
    for step in WAYS[before]:
        pole = ACTS[step](pole, awa)
    lines = pole.suivis.count()
    if after in TRANSITIONS_SIGNALEMENT[before]:
        ACTS[after](pole, awa)
        pole.refresh_from_db()
        assert pole.statut == after
        last = pole.suivis.last()
        assert (last.ancien_statut, last.nouveau_statut) == (before, after)
        assert last.origine == Suivi.Origine.AGENT
    else:
        with pytest.raises(services.TransitionInterdite):
            ACTS[after](pole, awa)
        pole.refresh_from_db()
        assert pole.statut == before
        assert pole.suivis.count() == lines


def test_a_life_over_http(api, awa, pole, mailbox):
    agent, owner = api(awa), api(pole.signaleur)
    day = timezone.localdate() + timedelta(days=3)
    assert act(agent, pole, "prendre-en-charge").json()["statut"] == "en_cours"
    planned = act(agent, pole, "planifier", date_prevue=day, message="Équipe 2").json()
    assert planned["date_prevue"] == day.isoformat()
    assert planned["agent_traitant"] == awa.pk
    assert act(agent, pole, "resoudre", message="Ampoule changée").json()["statut"] == "resolu"
    reopened = act(owner, pole, "rouvrir", motif="Éteint de nouveau")
    assert reopened.json()["statut"] == "signale"
    assert reopened.json()["date_resolution"] is None
    assert act(agent, pole, "rejeter", motif="Lampadaire privé").status_code == 200
    mails = mailbox()
    assert [mail.subject.split(" :")[0] for mail in mails] == [
        "Pris en charge",
        "Intervention prévue",
        "Résolu",
        "Signalement non retenu",
    ]
    assert {mail.to[0] for mail in mails} == {pole.signaleur.email}
    assert "Équipe 2" in mails[1].body
    assert "Ampoule changée" in mails[2].body
    assert "Lampadaire privé" in mails[3].body
    assert all(pole.numero_suivi in mail.body for mail in mails)


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("rejeter", {}),
        ("rejeter", {"motif": " "}),
        ("planifier", {}),
        ("planifier", {"date_prevue": "2020-01-01"}),
        ("planifier", {"date_prevue": "demain"}),
        ("marquer-doublon", {}),
        ("rouvrir", {}),
    ],
)
def test_what_an_act_needs(api, awa, pole, name, body):
    assert act(api(awa), pole, name, **body).status_code == 400
    pole.refresh_from_db()
    assert pole.statut == S.SIGNALE


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("prendre-en-charge", {}),
        ("planifier", {"date_prevue": "2099-01-01"}),
        ("resoudre", {}),
        ("rejeter", {"motif": "x"}),
        ("marquer-doublon", {"doublon_de": 1}),
    ],
)
def test_acts_are_the_agents(api, brice, chantal, yaounde, pole, name, body):
    reader = agent_of(yaounde, groups=("Lecture",))
    told = [act(api(user), pole, name, **body).status_code for user in (None, chantal, reader)]
    assert told == [401, 403, 403]
    assert act(api(brice), pole, name, **body).status_code == 404


def test_today_may_be_planned_just_after_midnight(pole, awa):
    planned = services.planifier(pole, date_prevue=timezone.localdate(), message="", par=awa)
    assert planned.date_prevue == timezone.localdate()
    with pytest.raises(ValidationError):
        services.planifier(pole, date_prevue=date.today() - timedelta(days=2), par=awa)


# Reopening ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "status"), [(29, 200), (31, 409)])
@pytest.mark.parametrize("statut", [S.RESOLU, S.REJETE])
def test_thirty_days_to_reopen(api, pole, days, status, statut):
    closed = timezone.now() - timedelta(days=days)
    dates = {"date_resolution": closed} if statut == S.RESOLU else {"date_rejet": closed}
    Signalement.objects.filter(pk=pole.pk).update(statut=statut, **dates)
    answer = act(api(pole.signaleur), pole, "rouvrir", motif="Encore là")
    assert answer.status_code == status
    if status == 409:
        assert answer.json()["code"] == "delai_depasse"


def test_an_agent_reopens_at_any_time(api, awa, pole, mailbox):
    closed = timezone.now() - timedelta(days=400)
    Signalement.objects.filter(pk=pole.pk).update(statut=S.RESOLU, date_resolution=closed)
    assert act(api(awa), pole, "rouvrir", motif="Revenu").status_code == 200
    assert "Revenu" in mailbox()[0].body


def test_the_code_reopens_and_a_wrong_one_does_not(api, pole, settings):
    Signalement.objects.filter(pk=pole.pk).update(
        statut=S.REJETE, date_rejet=timezone.now(), signaleur=None
    )
    wrong = act(api(), pole, "rouvrir", motif="x", code_suivi="AAAA-BBBB-CCCC-DDDD")
    assert wrong.status_code == 404
    assert act(api(), pole, "rouvrir", motif="x").status_code == 404
    answer = act(api(), pole, "rouvrir", motif="Encore", code_suivi=pole.code_suivi.lower())
    assert answer.status_code == 200
    assert answer.json()["numero_suivi"] == pole.numero_suivi
    assert pole.suivis.get().origine == Suivi.Origine.DEMANDEUR


def test_somebody_else_does_not_reopen(api, pole):
    services.resoudre(pole, par=None)
    assert act(api(UtilisateurFactory()), pole, "rouvrir", motif="x").status_code == 404


# Sorting ------------------------------------------------------------------------------------------


def test_another_category_goes_to_its_service(api, awa, yaounde, pole, lumiere):
    roads = ServiceMunicipalFactory(mairie=yaounde, categories_signalements=["voirie"])
    client, address = api(awa), f"{URL}/{pole.pk}"
    assert client.patch(address, {"categorie": "voirie"}).json()["service"] == roads.pk
    both = client.patch(address, {"categorie": "eau", "service": lumiere.pk, "priorite": "haute"})
    assert (both.json()["service"], both.json()["priorite"]) == (lumiere.pk, "haute")
    first, second = pole.suivis.all()
    assert first.nature == Suivi.Nature.MODIFICATION
    assert not first.est_visible
    assert "Voirie → Eau" in second.message
    client.patch(address, {"categorie": "eau"})
    assert pole.suivis.count() == 2


def test_only_a_service_of_the_mairie(api, awa, douala, pole):
    other = ServiceMunicipalFactory(mairie=douala)
    for unknown in (other.pk, 987654321):
        answer = api(awa).patch(f"{URL}/{pole.pk}", {"service": unknown})
        assert answer.status_code == 400
        assert "service" in answer.json()["fields"]


def test_the_rest_of_a_report_is_not_edited(api, awa, brice, chantal, pole):
    given = {"titre": "x", "statut": "resolu", "email": "x@y.cm", "mairie": "douala"}
    assert api(awa).patch(f"{URL}/{pole.pk}", given).status_code == 200
    before = pole.titre
    pole.refresh_from_db()
    assert (pole.titre, pole.statut, pole.email) == (before, S.SIGNALE, "")
    told = [api(u).patch(f"{URL}/{pole.pk}", {}).status_code for u in (None, chantal, brice)]
    assert told == [401, 403, 404]


def test_a_stale_version_is_refused(api, awa, pole):
    client = api(awa)
    etag = client.get(f"{URL}/{pole.pk}").headers["ETag"]
    headers = {"If-Match": etag}
    changed = client.patch(f"{URL}/{pole.pk}", {"priorite": "haute"}, headers=headers)
    assert changed.status_code == 200
    read = client.get(f"{URL}/{pole.pk}")
    # Nobody handles it yet: what is empty is told after a change too.
    assert (changed.json(), changed.headers["ETag"]) == (read.json(), read.headers["ETag"])
    assert (
        client.patch(f"{URL}/{pole.pk}", {"priorite": "basse"}, headers=headers).status_code == 412
    )
