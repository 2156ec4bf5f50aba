"""The desk for appointments: who comes today, and whether they came."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from demarches.models import RendezVous
from demarches.tests.admin import RENDEZ_VOUS, act, change_url, counted, text_of
from demarches.tests.factories import RendezVousFactory, SuiviFactory
from demarches.tests.rendez_vous import a, booked, service_ouvert
from demarches.workflow import StatutRendezVous
from mairies.tests.factories import ServiceMunicipalFactory
from users.tests.factories import agent_of

pytestmark = pytest.mark.django_db
R = StatutRendezVous
XSS = "<script>alert(1)</script>"
# A Wednesday morning in Douala.
MAINTENANT = datetime.fromisoformat("2026-07-15T08:00:00+01:00")


def at(moment: str, **fields) -> RendezVous:
    debut = datetime.fromisoformat(f"{moment}:00+01:00")
    return RendezVousFactory(debut=debut, fin=debut + timedelta(minutes=30), **fields)


@pytest.fixture
def past(yaounde):
    debut = timezone.now() - timedelta(hours=1)
    fin = debut + timedelta(minutes=30)
    return RendezVousFactory(mairie=yaounde, nom="Éloïse", debut=debut, fin=fin)


def test_the_list_and_the_page_without_the_code(signed_in, awa, past):
    other = RendezVousFactory(nom="CANARI")
    client = signed_in(awa)
    page = text_of(client.get(RENDEZ_VOUS))
    assert "Éloïse" in page
    assert "CANARI" not in page
    assert "SECRET" not in page + text_of(client.get(change_url(RENDEZ_VOUS, past)))
    assert client.get(change_url(RENDEZ_VOUS, other)).status_code == 302
    assert client.get(f"{RENDEZ_VOUS}?code__startswith=S").status_code == 400


def test_names_are_escaped_where_a_refusal_is_told(signed_in, awa, yaounde):
    row = RendezVousFactory(mairie=yaounde, nom=XSS)
    client = signed_in(awa)
    sent = {"action": "honorer", "_selected_action": [row.pk]}
    page = text_of(client.post(RENDEZ_VOUS, sent, follow=True))
    page += text_of(client.get(change_url(RENDEZ_VOUS, row)))
    assert "&lt;script&gt;" in page
    assert XSS not in page


def test_hours_are_those_of_douala(signed_in, awa, yaounde):
    row = at("2026-07-15T08:30", mairie=yaounde)
    page = text_of(signed_in(awa).get(change_url(RENDEZ_VOUS, row)))
    assert "08:30" in page
    assert "07:30" not in page


def test_came_and_did_not_come(signed_in, awa, past, yaounde):
    to_come = RendezVousFactory(mairie=yaounde)
    client = signed_in(awa)
    said = act(client, RENDEZ_VOUS, "honorer", past, to_come)
    assert "1 rendez-vous honoré." in said
    assert any("pas encore commencé" in each for each in said)
    act(client, RENDEZ_VOUS, "absent", past)
    statuts = dict(RendezVous.objects.values_list("pk", "statut"))
    assert statuts == {past.pk: R.ABSENT, to_come.pk: R.CONFIRME}


def test_cancelled_with_a_word(signed_in, awa, yaounde, mailbox):
    row = RendezVousFactory(mairie=yaounde, email="eloise@exemple.cm")
    client = signed_in(awa)
    said = act(client, RENDEZ_VOUS, "annuler", row, message="Jour férié", _step=1)
    assert said == ["1 rendez-vous annulé."]
    assert "Jour férié" in mailbox()[-1].body
    (refused,) = act(client, RENDEZ_VOUS, "annuler", row, _step=1)
    assert "ne peut pas devenir" in refused
    assert "Jour férié" in text_of(client.get(change_url(RENDEZ_VOUS, row)))


def test_nothing_is_written_by_hand(signed_in, awa, past):
    client = signed_in(awa)
    assert client.post(change_url(RENDEZ_VOUS, past), {"nom": "X"}).status_code == 403
    assert client.post(f"{RENDEZ_VOUS}{past.pk}/delete/", {"post": "yes"}).status_code == 403


def test_others_do_not_act(signed_in, brice, past, yaounde):
    assert act(signed_in(brice), RENDEZ_VOUS, "honorer", past) == []
    reader = signed_in(agent_of(yaounde, groups=["Lecture"]))
    reader.post(RENDEZ_VOUS, {"action": "honorer", "_selected_action": [past.pk]})
    past.refresh_from_db()
    assert past.statut == R.CONFIRME
    assert signed_in(agent_of(yaounde, groups=["Technique"])).get(RENDEZ_VOUS).status_code == 403


def test_days_are_those_of_douala(signed_in, awa, yaounde, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: MAINTENANT)
    moments = {
        "dimanche passé": "2026-07-12T23:30",
        "lundi": "2026-07-13T00:00",
        "ce matin": "2026-07-15T00:15",
        "ce soir": "2026-07-15T23:15",
        "demain": "2026-07-16T00:00",
        "dimanche": "2026-07-19T23:15",
        "lundi prochain": "2026-07-20T00:00",
    }
    for nom, moment in moments.items():
        at(moment, mairie=yaounde, nom=f"« {nom} »")
    today, tomorrow = {"ce matin", "ce soir"}, {"demain"}
    found = {
        "jour=aujourdhui": today,
        "jour=demain": tomorrow,
        "jour=semaine": {"lundi", *today, *tomorrow, "dimanche"},
        "jour=semaine_prochaine": {"lundi prochain"},
        "debut_from=2026-07-16": {"demain", "dimanche", "lundi prochain"},
        "debut_to=2026-07-15": {"dimanche passé", "lundi", *today},
        "debut_from=13/07/2026&debut_to=15/07/2026": {"lundi", *today},
        "debut_from=9999-99-99&debut_to=x": set(moments),
        "debut_to=9999-12-31": set(moments),
        "jour=x": set(moments),
    }
    client = signed_in(awa)
    for query, names in found.items():
        page = text_of(client.get(f"{RENDEZ_VOUS}?{query}"))
        assert {nom for nom in moments if f"« {nom} »" in page} == names, query


def test_services_of_the_mairie_alone(signed_in, awa, brice, nadege, yaounde, douala):
    theirs = ServiceMunicipalFactory(mairie=douala, nom="CANARI")
    ours = ServiceMunicipalFactory(mairie=yaounde, nom="État civil")
    RendezVousFactory(mairie=yaounde, service=ours, nom="Éloïse")
    RendezVousFactory(mairie=yaounde, nom="Bikoro")
    client = signed_in(awa)
    page = text_of(client.get(f"{RENDEZ_VOUS}?service={ours.pk}"))
    assert "Éloïse" in page
    assert "Bikoro" not in page
    assert "CANARI" not in page
    for wrong in (theirs.pk, "x", "1e9", "%27"):
        assert "Bikoro" in text_of(client.get(f"{RENDEZ_VOUS}?service={wrong}", follow=True))
    assert "CANARI" not in text_of(signed_in(nadege).get(RENDEZ_VOUS))


def test_the_number_of_queries_is_fixed(signed_in, awa, yaounde):
    client, numbers = signed_in(awa), []
    for more in (3, 27):
        rows = RendezVousFactory.create_batch(more, mairie=yaounde)
        for each in rows:
            SuiviFactory(demarche=None, rendez_vous=rows[0], mairie=yaounde, auteur=each.citoyen)
        with counted() as listed:
            text_of(client.get(RENDEZ_VOUS))
        with counted() as read:
            text_of(client.get(change_url(RENDEZ_VOUS, rows[0])))
        numbers.append((listed(), read()))
    assert numbers[0] == numbers[1]


def test_found_by_name_and_by_telephone(signed_in, awa, yaounde):
    RendezVousFactory(mairie=yaounde, nom="Éloïse", telephone="+237677000001")
    RendezVousFactory(mairie=yaounde, nom="Bikoro", telephone="+237699000002")
    client = signed_in(awa)
    for word in ("eloise", "677000001", "+237677"):
        page = text_of(client.get(RENDEZ_VOUS, {"q": word}))
        assert "Éloïse" in page, word
        assert "Bikoro" not in page, word


def test_a_day_is_listed_in_its_order(signed_in, awa, yaounde, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: MAINTENANT)
    for heure in ("09", "08", "10"):
        at(f"2026-07-15T{heure}:00", mairie=yaounde, nom=f"« {heure} »")
    client = signed_in(awa)
    page = text_of(client.get(f"{RENDEZ_VOUS}?jour=aujourdhui"))
    assert page.index("« 08 »") < page.index("« 09 »") < page.index("« 10 »")


def buttons(client, row) -> list[str]:
    page = client.get(change_url(RENDEZ_VOUS, row))
    return [step.name for step in page.context.get("steps", [])]


def test_the_steps_that_the_state_allows_now(signed_in, awa, past, yaounde):
    client = signed_in(awa)
    to_come = RendezVousFactory(mairie=yaounde)
    assert buttons(client, to_come) == ["deplacer", "modifier", "annuler"]
    assert buttons(client, past) == ["honorer", "absent", "deplacer", "modifier", "annuler"]
    for statut, left in ((R.HONORE, ["absent"]), (R.ABSENT, ["honorer"]), (R.ANNULE, [])):
        RendezVous.objects.filter(pk=past.pk).update(statut=statut)
        assert buttons(client, past) == left
    reader = signed_in(agent_of(yaounde, groups=["Lecture"]))
    assert buttons(reader, to_come) == []


def step(row, name: str) -> str:
    return f"{RENDEZ_VOUS}{row.pk}/etape/{name}/"


def test_moved_to_a_free_place(signed_in, awa, yaounde, mailbox):
    service = service_ouvert(yaounde)
    row, other = booked(service), booked(service, "09:00", nom="Autre")
    client = signed_in(awa)
    page = text_of(client.get(step(row, "deplacer")))
    assert f'value="{a("08:30").isoformat()}"' in page
    for taken in (row.debut, other.debut):
        assert timezone.localtime(taken).isoformat() not in page
    answer = client.post(step(row, "deplacer"), {"debut": a("08:30").isoformat()})
    assert answer["Location"] == change_url(RENDEZ_VOUS, row)
    row.refresh_from_db()
    assert (row.debut, row.sequence) == (a("08:30"), 1)
    assert "Déplacé du" in text_of(client.get(change_url(RENDEZ_VOUS, row)))
    assert "08:30" in mailbox()[-1].body


@pytest.mark.parametrize(
    "debut", ["", "x", "\x00", "9999-12-31T23:59:00-12:00", "0001-01-01T00:00:00+14:00", "taken"]
)
def test_not_moved_to_what_is_no_free_place(signed_in, awa, yaounde, debut):
    service = service_ouvert(yaounde)
    row, other = booked(service), booked(service, "09:00", nom="Autre")
    debut = timezone.localtime(other.debut).isoformat() if debut == "taken" else debut
    answer = signed_in(awa).post(step(row, "deplacer"), {"debut": debut})
    assert answer.context["form"].errors["debut"]
    assert RendezVous.objects.get(pk=row.pk).debut == row.debut


def test_the_contact_is_mended(signed_in, awa, yaounde):
    row = RendezVousFactory(mairie=yaounde, citoyen=None, email="fatima@exemple.cm")
    client = signed_in(awa)
    assert 'value="fatima@exemple.cm"' in text_of(client.get(step(row, "modifier")))
    contact = {"nom": "Fati\nBello", "telephone": "690000001", "email": "", "motif": "Mariage"}
    client.post(step(row, "modifier"), contact)
    row.refresh_from_db()
    assert (row.nom, row.telephone, row.email) == ("Fati Bello", "+237690000001", "")
    nobody = {"nom": "Fati", "telephone": "", "email": "", "motif": ""}
    client.post(step(row, "modifier"), nobody)
    assert client.post(step(row, "modifier"), {"nom": "\x00"}).context["form"].errors["nom"]
    row.refresh_from_db()
    assert row.telephone == "+237690000001"


STEPS = ["honorer", "absent", "deplacer", "modifier", "annuler"]


@pytest.mark.parametrize("name", STEPS)
def test_another_mairie_s_appointment_is_as_an_absent_one(signed_in, brice, past, name):
    client, absent = signed_in(brice), 10**17
    sent = {"debut": a("08:00").isoformat(), "nom": "X", "email": "x@exemple.cm", "_step": 1}
    for method in (client.get, client.post):
        theirs = method(step(past, name), sent)
        nobody = method(f"{RENDEZ_VOUS}{absent}/etape/{name}/", sent)
        assert (theirs.status_code, theirs["Location"]) == (302, nobody["Location"])
    act(client, RENDEZ_VOUS, name, past, **sent)
    before = (past.statut, past.debut, past.nom)
    past.refresh_from_db()
    assert (past.statut, past.debut, past.nom) == before
