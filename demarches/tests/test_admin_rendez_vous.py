"""The desk for appointments: who comes today, and whether they came."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from demarches.models import RendezVous
from demarches.tests.admin import RENDEZ_VOUS, act, change_url, counted, text_of
from demarches.tests.factories import RendezVousFactory, SuiviFactory
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
    assert "1 rendez-vous honoré(s)." in said
    assert any("pas encore commencé" in each for each in said)
    act(client, RENDEZ_VOUS, "absent", past)
    statuts = dict(RendezVous.objects.values_list("pk", "statut"))
    assert statuts == {past.pk: R.ABSENT, to_come.pk: R.CONFIRME}


def test_cancelled_with_a_word(signed_in, awa, yaounde, mailbox):
    row = RendezVousFactory(mairie=yaounde, email="eloise@exemple.cm")
    client = signed_in(awa)
    assert act(client, RENDEZ_VOUS, "annuler", row, motif="Jour férié") == [
        "1 rendez-vous annulé(s)."
    ]
    assert "Jour férié" in mailbox()[-1].body
    (refused,) = act(client, RENDEZ_VOUS, "annuler", row)
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
