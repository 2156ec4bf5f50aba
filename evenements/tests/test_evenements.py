"""The agenda: drafts, announcements, lists, series, and how an event ends."""

from datetime import date, datetime, timedelta
from itertools import product

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ecms import remembered
from ecms.exceptions import DomainError
from ecms.tests import walking
from evenements.models import Evenement
from evenements.services import evenements as services
from evenements.tests.agenda import URL, a, dans, ecrit, inscrire, ouvert
from evenements.tests.factories import EvenementFactory
from evenements.workflow import TRANSITIONS_EVENEMENT, StatutEvenement
from users.tests.factories import agent_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def awa(awa):
    awa.user_permissions.set(walking.all_permissions())
    return awa


@pytest.fixture
def agent(api, awa):
    return api(awa)


def cree(agent, **champs) -> dict:
    answer = agent.post(URL, ecrit(**champs), format="json")
    assert answer.status_code == 201, answer.content
    return answer.json()


def agir(agent, evenement, geste: str, *, attendu: int = 200, **corps) -> dict:
    pk = evenement["id"] if isinstance(evenement, dict) else evenement.pk
    answer = agent.post(f"{URL}/{pk}/{geste}", corps, format="json")
    assert answer.status_code == attendu, answer.content
    return answer.json()


def titres(client, **query) -> list[str]:
    answer = client.get(URL, query)
    assert answer.status_code == 200, answer.content
    return [row["titre"] for row in answer.json()["results"]]


def debuts_de(serie: str) -> list[str]:
    rows = Evenement.objects.filter(serie=serie).order_by("debut")
    return [f"{timezone.localtime(row.debut):%Y-%m-%d %H:%M}" for row in rows]


# Writing ------------------------------------------------------------------------------------------


def test_a_draft_is_the_mairies_until_it_is_published(api, agent):
    evenement = cree(agent)
    assert (evenement["statut"], evenement["slug"]) == ("brouillon", "marche-de-noel")
    assert api().get(f"{URL}/{evenement['id']}").status_code == 404
    agir(agent, evenement, "publier")
    seen = api().get(f"{URL}/marche-de-noel?mairie=yaounde").json()
    assert (seen["id"], seen["statut"], seen["sequence"]) == (evenement["id"], "publie", 0)
    assert "places_prises" not in seen


def test_the_same_name_twice_gets_two_addresses(agent):
    assert [cree(agent)["slug"] for _n in range(2)] == ["marche-de-noel", "marche-de-noel-2"]
    assert cree(agent, titre="Calendrier")["slug"] == "evenement-calendrier"


@pytest.mark.parametrize(
    ("champs", "refuse"),
    [
        ({"fin": a(dans(29)).isoformat()}, "fin"),
        ({"fin": a(dans(30)).isoformat()}, "fin"),
        ({"fin": a(dans(500)).isoformat()}, "fin"),
        ({"debut": "9999-12-31T23:00:00Z"}, "debut"),
        ({"debut": "0001-01-01T00:00:00"}, "debut"),
        ({"latitude": "3.86"}, "non_field_errors"),
        ({"capacite": 0}, "capacite"),
        ({"recurrence": "hebdomadaire"}, "recurrence_fin"),
        ({"recurrence_nombre": 3}, "recurrence"),
        ({"recurrence": "hebdomadaire", "recurrence_nombre": 105}, "recurrence_nombre"),
        ({"recurrence": "quotidienne", "recurrence_nombre": 3}, "recurrence"),
    ],
)
def test_what_cannot_be_is_refused(agent, champs, refuse):
    answer = agent.post(URL, ecrit(**champs), format="json")
    assert answer.status_code == 400, answer.content
    assert refuse in answer.json()["fields"]
    assert not Evenement.objects.exists()


def test_whole_days_are_put_to_midnight(agent):
    evenement = cree(agent, journee_entiere=True)
    debut, fin = (datetime.fromisoformat(evenement[name]) for name in ("debut", "fin"))
    assert (debut, fin) == (a(dans(30), "00:00"), a(dans(31), "00:00"))


def test_agents_without_the_permission_and_citizens_write_nothing(api, chantal, yaounde):
    row = EvenementFactory(mairie=yaounde, publie=True)
    lecture = agent_of(yaounde, groups=("Lecture",))
    for client in (api(), api(chantal), api(lecture)):
        assert client.post(URL, ecrit()).status_code in {401, 403}
        assert client.patch(f"{URL}/{row.pk}", {"titre": "x"}).status_code in {401, 403, 404}
        assert client.post(f"{URL}/{row.pk}/annuler").status_code in {401, 403, 404}


# Lists --------------------------------------------------------------------------------------------


def test_filters_by_period_category_and_words(api, yaounde, douala):
    faits = [
        ("Hier", -1, "culture", yaounde),
        ("Demain", 1, "sport", yaounde),
        ("Dans un mois", 30, "culture", yaounde),
        ("Ailleurs", 2, "culture", douala),
    ]
    for titre, jours, categorie, mairie in faits:
        debut = a(dans(jours))
        EvenementFactory(mairie=mairie, titre=titre, debut=debut, categorie=categorie, publie=True)
    client = api()
    assert titres(client) == ["Hier", "Demain", "Ailleurs", "Dans un mois"]
    assert titres(client, mairie="yaounde", a_venir="true") == ["Demain", "Dans un mois"]
    assert titres(client, a_venir="false") == ["Hier"]
    assert titres(client, categorie="culture", mairie="yaounde") == ["Hier", "Dans un mois"]
    assert titres(client, debut_apres=dans(1).isoformat(), debut_avant=dans(2).isoformat()) == [
        "Demain"
    ]
    assert titres(client, debut_apres=a(dans(2)).isoformat()) == ["Ailleurs", "Dans un mois"]
    assert titres(client, search="demain") == ["Demain"]
    assert titres(client, ordering="-debut")[0] == "Dans un mois"
    for hostile in ("hier", "2026-13-01", "0001-01-01T00:00:00+23:59", "9999-12-31"):
        assert client.get(URL, {"debut_apres": hostile}).status_code == 400


def test_a_day_begins_at_midnight_in_douala(api, yaounde):
    EvenementFactory(mairie=yaounde, titre="Minuit", debut=a(dans(5), "00:00"), publie=True)
    EvenementFactory(mairie=yaounde, titre="Veille", debut=a(dans(4), "23:59"), publie=True)
    assert titres(api(), debut_apres=dans(5).isoformat()) == ["Minuit"]
    assert titres(api(), debut_avant=dans(5).isoformat()) == ["Veille"]


def test_a_list_takes_the_same_queries_whatever_its_length(api, yaounde):
    def queries() -> int:
        remembered.forget()
        with CaptureQueriesContext(connection) as captured:
            assert api().get(URL, {"mairie": "yaounde", "page_size": 50}).status_code == 200
        return len(captured)

    ouvert(yaounde)
    few = queries()
    for _n in range(20):
        ouvert(yaounde)
    assert queries() == few <= 4


def test_what_the_public_sees_of_the_places(api, yaounde):
    row = ouvert(yaounde, capacite=2, liste_attente=False)
    inscrire(api(), row)
    seen = api().get(f"{URL}/{row.pk}").json()
    assert (seen["capacite"], seen["places_libres"], seen["inscriptions_ouvertes"]) == (2, 1, True)
    inscrire(api(), row, 1)
    seen = api().get(f"{URL}/{row.pk}").json()
    assert (seen["places_libres"], seen["inscriptions_ouvertes"]) == (0, False)


# Calendar -----------------------------------------------------------------------------------------


def test_the_calendar_of_a_month(api, yaounde):
    dates = {
        "Réveillon": (a(date(2026, 12, 31), "22:00"), a(date(2027, 1, 1), "02:00")),
        "Avant": (a(date(2026, 11, 30), "20:00"), a(date(2026, 12, 1), "00:00")),
        "Foire": (a(date(2026, 11, 29), "00:00"), a(date(2026, 12, 3), "00:00")),
        "Premier": (a(date(2026, 12, 1), "00:30"), a(date(2026, 12, 1), "01:00")),
    }
    rows = {
        titre: EvenementFactory(
            mairie=yaounde,
            titre=titre,
            debut=debut,
            fin=fin,
            journee_entiere=titre == "Foire",
            publie=True,
        ).pk
        for titre, (debut, fin) in dates.items()
    }
    EvenementFactory(mairie=yaounde, debut=a(date(2026, 12, 5)))
    answer = api().get(f"{URL}/calendrier", {"mairie": "yaounde", "mois": "2026-12"}).json()
    assert {jour["date"]: jour["evenements"] for jour in answer["jours"]} == {
        "2026-12-01": [rows["Foire"], rows["Premier"]],
        "2026-12-02": [rows["Foire"]],
        "2026-12-31": [rows["Réveillon"]],
    }
    assert (answer["mois"], answer["complet"]) == ("2026-12", True)
    suivant = api().get(f"{URL}/calendrier", {"mairie": "yaounde", "mois": "2027-01"}).json()
    assert suivant["jours"] == [{"date": "2027-01-01", "evenements": [rows["Réveillon"]]}]


@pytest.mark.parametrize("mois", ["2026-13", "26-11", "2026-1", "9999-12", "x", "٢٠٢٦-١١"])
def test_a_calendar_of_no_month(api, yaounde, mois):
    assert api().get(f"{URL}/calendrier", {"mairie": "yaounde", "mois": mois}).status_code == 400


def test_a_calendar_belongs_to_a_mairie_that_is_open(api, yaounde):
    assert api().get(f"{URL}/calendrier").status_code == 400
    assert api().get(f"{URL}/calendrier?mairie=nulle-part").status_code == 404
    assert api().get(f"{URL}/calendrier?mairie=yaounde").json()["jours"] == []


# Series -------------------------------------------------------------------------------------------


def test_a_recurring_event_is_a_row_each_time(agent):
    evenement = cree(
        agent,
        debut="2026-12-31T23:30:00+01:00",
        fin="2027-01-01T01:00:00+01:00",
        recurrence="mensuelle",
        recurrence_nombre=3,
        inscription_requise=True,
        inscription_fin="2026-12-30T12:00:00+01:00",
    )
    assert debuts_de(evenement["serie"]) == [
        "2026-12-31 23:30", "2027-01-31 23:30", "2027-02-28 23:30",
    ]  # fmt: skip
    assert evenement["recurrence_fin"] == "2027-02-28"
    rows = Evenement.objects.filter(serie=evenement["serie"]).order_by("debut")
    assert rows[1].slug == "marche-de-noel-2027-01-31"
    assert timezone.localdate(rows[1].inscription_fin) == date(2027, 1, 30)


def serie_de(agent, nombre: int = 4) -> list[Evenement]:
    evenement = cree(agent, recurrence="hebdomadaire", recurrence_nombre=nombre)
    agir(agent, evenement, "publier", portee="serie")
    return list(Evenement.objects.filter(serie=evenement["serie"]).order_by("debut"))


def test_one_of_a_series_is_changed_by_itself(agent):
    rows = serie_de(agent)
    assert {row.statut for row in rows} == {"publie"}
    assert agent.patch(f"{URL}/{rows[1].pk}", {"lieu": "Stade"}).status_code == 200
    assert [r.lieu == "Stade" for r in Evenement.objects.order_by("debut")] == [
        False,
        True,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("portee", "changees"), [("suivantes", [0, 1, 1, 1]), ("serie", [1, 1, 1, 1])]
)
def test_the_others_are_changed_too(agent, portee, changees):
    rows = serie_de(agent)
    debut = rows[1].debut + timedelta(hours=1)
    corps = {
        "titre": "Le marché",
        "debut": debut.isoformat(),
        "fin": (debut + timedelta(hours=3)).isoformat(),
    }
    answer = agent.patch(f"{URL}/{rows[1].pk}?portee={portee}", corps)
    assert answer.status_code == 200, answer.content
    for row, changee in zip(rows, changees, strict=True):
        now = Evenement.objects.get(pk=row.pk)
        assert now.debut - row.debut == timedelta(hours=changee)
        assert now.fin - row.fin == timedelta(hours=2 * changee)
        assert (now.titre == "Le marché", now.sequence) == (bool(changee), changee)


def test_what_has_begun_or_was_cancelled_stays(agent):
    rows = serie_de(agent)
    Evenement.objects.filter(pk=rows[0].pk).update(debut=a(dans(-1)), fin=a(dans(-1), "20:00"))
    agir(agent, rows[1], "annuler", message="Pluie")
    agir(agent, rows[3], "annuler", portee="serie")
    statuts = Evenement.objects.order_by("debut").values_list("statut", "message")
    assert list(statuts) == [("publie", ""), ("annule", "Pluie"), ("annule", ""), ("annule", "")]


def test_the_recurrence_is_chosen_when_it_is_made(agent):
    rows = serie_de(agent)
    same = agent.get(f"{URL}/{rows[0].pk}").json()
    same = {k: v for k, v in same.items() if k not in {"image", "image_petite"}}
    assert agent.put(f"{URL}/{rows[0].pk}", same, format="json").status_code == 200
    for corps in (
        {"recurrence": "mensuelle"},
        {"recurrence_fin": "2030-01-01"},
        {"recurrence_nombre": 9},
    ):
        assert agent.patch(f"{URL}/{rows[0].pk}", corps).status_code == 400
    assert agent.patch(f"{URL}/{rows[0].pk}?portee=tout", {"titre": "x"}).status_code == 400


# The life of an event -----------------------------------------------------------------------------

GESTES = {
    StatutEvenement.PUBLIE: services.publier,
    StatutEvenement.REPORTE: services.reporter,
    StatutEvenement.ANNULE: services.annuler,
    StatutEvenement.BROUILLON: services.retirer,
}


@pytest.mark.parametrize(("ancien", "nouveau"), list(product(StatutEvenement, StatutEvenement)))
def test_every_pair_of_the_table(yaounde, ancien, nouveau):
    row = EvenementFactory(mairie=yaounde, statut=ancien)
    if nouveau in TRANSITIONS_EVENEMENT[ancien]:
        assert GESTES[nouveau](row).statut == nouveau
    else:
        with pytest.raises(DomainError) as refused:
            GESTES[nouveau](row)
        assert refused.value.code == "transition_interdite"
    row.refresh_from_db()
    assert row.statut == (nouveau if nouveau in TRANSITIONS_EVENEMENT[ancien] else ancien)


def test_put_off_without_a_date_then_with_one(api, agent, yaounde):
    row = ouvert(yaounde)
    seen = agir(agent, row, "reporter", message="La salle est prise.")
    assert (seen["statut"], seen["date_a_confirmer"]) == ("reporte", True)
    assert api().get(f"{URL}/{row.pk}").json()["message"] == "La salle est prise."
    assert inscrire(api(), row, attendu=409)["code"] == "inscriptions_fermees"
    assert agir(agent, row, "publier", attendu=409)["code"] == "date_attendue"
    debut = a(dans(60), "10:00")
    seen = agir(agent, row, "reporter", debut=debut.isoformat())
    assert seen["date_a_confirmer"] is False
    assert datetime.fromisoformat(seen["fin"]) == debut + timedelta(hours=2)
    inscrire(api(), row)
    assert agir(agent, row, "publier")["sequence"] == 3


def test_a_date_that_has_passed_is_no_new_date(agent, yaounde):
    row = ouvert(yaounde)
    passee = a(dans(-1)).isoformat()
    assert "debut" in agir(agent, row, "reporter", attendu=400, debut=passee)["fields"]
    assert "debut" in agir(agent, row, "reporter", attendu=400, fin=passee)["fields"]
    for jamais in ("0001-01-01T00:00:00", "9999-12-31T23:59:59"):
        assert "debut" in agir(agent, row, "reporter", attendu=400, debut=jamais)["fields"]


def test_what_is_cancelled_or_over_is_left_alone(agent, yaounde):
    row = ouvert(yaounde)
    agir(agent, row, "annuler")
    answer = agent.patch(f"{URL}/{row.pk}", {"lieu": "Stade"})
    assert (answer.status_code, answer.json()["code"]) == (409, "evenement_annule")
    passe = ouvert(yaounde, debut=a(dans(-2)))
    assert agir(agent, passe, "annuler", attendu=409)["code"] == "evenement_passe"


def test_taken_back_and_deleted_while_nobody_is_registered(api, agent, yaounde):
    row = ouvert(yaounde)
    prise = inscrire(api(), row)
    assert agir(agent, row, "retirer", attendu=409)["code"] == "inscriptions_existantes"
    answer = agent.delete(f"{URL}/{row.pk}")
    assert (answer.status_code, answer.json()["code"]) == (409, "inscriptions_existantes")
    api().post(f"/api/v1/inscriptions/{prise['id']}/annuler", {"code": prise["code"]})
    assert agent.delete(f"{URL}/{row.pk}").status_code == 409
    assert agir(agent, row, "retirer")["statut"] == "brouillon"
    assert agent.delete(f"{URL}/{row.pk}").status_code == 204


def test_a_stale_version_is_not_overwritten(agent, yaounde):
    row = ouvert(yaounde)
    tag = agent.get(f"{URL}/{row.pk}").headers["ETag"]
    assert (
        agent.patch(f"{URL}/{row.pk}", {"lieu": "A"}, headers={"If-Match": tag}).status_code == 200
    )
    assert (
        agent.patch(f"{URL}/{row.pk}", {"lieu": "B"}, headers={"If-Match": tag}).status_code == 412
    )


def test_the_sequence_grows_with_date_place_and_state_only(agent, yaounde):
    row = ouvert(yaounde)
    for corps, sequence in (
        ({"titre": "Autre"}, 0),
        ({"capacite": 30}, 0),
        ({"lieu": "Stade"}, 1),
        ({"fin": (row.fin + timedelta(hours=1)).isoformat()}, 2),
        ({"lieu": "Stade"}, 2),
    ):
        answer = agent.patch(f"{URL}/{row.pk}", corps, format="json")
        assert answer.json()["sequence"] == sequence, corps
