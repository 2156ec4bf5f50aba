"""Dossiers over HTTP: what agents read, decide and take along, and what no one else sees."""

import csv
import io

import pytest
from django.utils import timezone

from demarches.models import DemarcheAdministrative
from demarches.tests.dossiers import URL, act
from demarches.tests.factories import DemarcheAdministrativeFactory, SuiviFactory
from users.tests.factories import agent_of

CSV = "/api/v1/demarches.csv"

pytestmark = pytest.mark.django_db


# Agents -------------------------------------------------------------------------------------------


def test_an_agent_is_not_the_judge_of_their_own_dossier(api, awa, yaounde):
    demarche = DemarcheAdministrativeFactory(mairie=yaounde, demandeur=awa)
    SuiviFactory(demarche=demarche, mairie=yaounde, nature="note", est_visible=False, message="X1")
    answer = act(api(awa), demarche.pk, "prendre-en-charge")
    assert (answer.status_code, answer.json()["code"]) == (409, "propre_dossier")
    patched = api(awa).patch(f"{URL}/{demarche.pk}", {"priorite": "urgente"}, format="json")
    assert patched.json()["code"] == "propre_dossier"
    # Nor do they read what colleagues say of it.
    assert "priorite" not in api(awa).get(f"{URL}/{demarche.pk}").json()
    for lines in ("suivi", "messages"):
        assert "X1" not in api(awa).get(f"{URL}/{demarche.pk}/{lines}").content.decode()


def test_an_agent_ranks_and_assigns(api, awa, yaounde):
    demarche, colleague = DemarcheAdministrativeFactory(mairie=yaounde), agent_of(yaounde)
    client = api(awa)
    ranked = client.patch(f"{URL}/{demarche.pk}", {"priorite": "haute"}, format="json")
    assert ranked.json()["priorite"] == "haute"
    given = act(client, demarche.pk, "affecter", agent=colleague.pk)
    assert given.json()["agent_traitant"] == colleague.pk
    refused = client.patch(f"{URL}/{demarche.pk}", {"nom_demandeur": "Autre"}, format="json")
    assert (refused.status_code, refused.json()["code"]) == (409, "demarche_deposee")


def test_the_desk_is_told_to_whom_a_dossier_can_be_given(api, awa, brice, chantal, yaounde):
    desk = agent_of(yaounde, groups=["Guichet"])
    agent_of(yaounde, groups=["Guichet"], is_active=False)
    agent_of(yaounde, groups=["Technique"])
    demarche = DemarcheAdministrativeFactory(mairie=yaounde, demandeur=chantal)
    url = f"{URL}/{demarche.pk}/agents"
    told = api(desk).get(url).json()
    assert {agent["id"] for agent in told} == {awa.pk, desk.pk}
    for agent in told:
        assert set(agent) == {"id", "nom"}
        assert act(api(desk), demarche.pk, "affecter", agent=agent["id"]).status_code == 200
    reader = agent_of(yaounde, groups=["Lecture"])
    statuses = [api(who).get(url).status_code for who in (chantal, reader, brice, None)]
    assert statuses == [403, 404, 404, 401]


def test_only_an_agent_of_the_mairie_is_assigned(api, awa, nadege, brice, chantal, yaounde):
    demarche = DemarcheAdministrativeFactory(mairie=yaounde)
    gone = agent_of(yaounde, is_active=False)
    absent = act(api(awa), demarche.pk, "affecter", agent=987654321).json()["fields"]
    for account in (awa, nadege):
        for other in (brice, chantal, gone):
            answer = act(api(account), demarche.pk, "affecter", agent=other.pk)
            assert answer.status_code == 400
            said = str(answer.json()["fields"]).replace(str(other.pk), "?")
            assert said == str(absent).replace("987654321", "?")


def test_who_may_only_read_decides_nothing(api, yaounde):
    reader, demarche = agent_of(yaounde, groups=["Lecture"]), DemarcheAdministrativeFactory()
    own = DemarcheAdministrativeFactory(mairie=yaounde)
    assert api(reader).get(f"{URL}/{own.pk}").status_code == 200
    assert act(api(reader), own.pk, "prendre-en-charge").status_code == 403
    assert api(reader).patch(f"{URL}/{own.pk}", {"priorite": "haute"}).status_code == 404
    assert api(reader).get(f"{URL}/{demarche.pk}").status_code == 404


def test_who_may_not_read_dossiers_sees_none(api, yaounde):
    writer = agent_of(yaounde, groups=["Contenu"])
    demarche = DemarcheAdministrativeFactory(mairie=yaounde)
    assert api(writer).get(URL).json()["count"] == 0
    assert api(writer).get(f"{URL}/{demarche.pk}").status_code == 404
    assert api(writer).get(CSV).status_code == 403


def test_a_stale_decision_is_refused(api, awa, yaounde):
    demarche = DemarcheAdministrativeFactory(mairie=yaounde)
    client, url = api(awa), f"{URL}/{demarche.pk}"
    tag = client.get(url).headers["ETag"]
    client.patch(url, {"priorite": "haute"}, format="json")
    stale = client.post(f"{url}/prendre-en-charge", {}, format="json", headers={"If-Match": tag})
    assert stale.status_code == 412
    tag = client.get(url).headers["ETag"]
    fresh = client.post(f"{url}/prendre-en-charge", {}, format="json", headers={"If-Match": tag})
    assert fresh.status_code == 200


def test_a_move_that_is_not_there_says_where_it_stands(api, awa, yaounde):
    demarche = DemarcheAdministrativeFactory(mairie=yaounde)
    answer = act(api(awa), demarche.pk, "valider")
    assert answer.status_code == 409
    assert (answer.json()["code"], answer.json()["statut"]) == ("transition_interdite", "deposee")


def test_an_owner_is_not_told_who_works_on_it(api, chantal, awa, yaounde):
    awa.first_name, awa.last_name = "Zénobie", "Atangana"
    awa.save()
    demarche = DemarcheAdministrativeFactory(mairie=yaounde, demandeur=chantal)
    act(api(awa), demarche.pk, "prendre-en-charge")
    for address in (URL, f"{URL}/{demarche.pk}", f"{URL}/{demarche.pk}/suivi"):
        body = api(chantal).get(address).content.decode()
        assert "Zénobie" not in body
        assert "agent_traitant" not in body
    (line,) = api(chantal).get(f"{URL}/{demarche.pk}/suivi").json()["results"]
    assert line["origine_display"] == "La mairie"
    (line,) = api(awa).get(f"{URL}/{demarche.pk}/suivi").json()["results"]
    assert line["auteur_nom"] == "Zénobie Atangana"


def test_it_is_not_deleted_nor_replaced(api, awa, chantal, yaounde):
    demarche = DemarcheAdministrativeFactory(mairie=yaounde, demandeur=chantal)
    for account in (awa, chantal):
        assert api(account).delete(f"{URL}/{demarche.pk}").status_code == 405
        assert api(account).put(f"{URL}/{demarche.pk}", {}).status_code == 405


# Lists --------------------------------------------------------------------------------------------


def numbers(client, **query) -> set:
    answer = client.get(URL, query)
    assert answer.status_code == 200, answer.content
    return {row["id"] for row in answer.json()["results"]}


def test_filters(api, awa, yaounde):
    late = DemarcheAdministrativeFactory(
        mairie=yaounde, echeance="2020-01-01", nom_demandeur="Éloïse Ñkolo", priorite="haute"
    )
    mine = DemarcheAdministrativeFactory(mairie=yaounde, statut="en_cours", agent_traitant=awa)
    DemarcheAdministrativeFactory()
    client = api(awa)
    assert numbers(client) == {late.pk, mine.pk}
    assert numbers(client, en_retard="true") == {late.pk}
    assert numbers(client, en_retard="false") == {mine.pk}
    assert numbers(client, statut="en_cours") == {mine.pk}
    assert numbers(client, agent_traitant=awa.pk) == {mine.pk}
    assert numbers(client, priorite="haute") == {late.pk}
    assert numbers(client, formulaire=late.formulaire_id) == {late.pk}
    assert numbers(client, service=mine.formulaire.service_id) == {mine.pk}
    assert numbers(client, search="eloise nkolo") == {late.pk}
    assert numbers(client, search=mine.numero_suivi) == {mine.pk}
    assert numbers(client, mairie="yaounde") == {late.pk, mine.pk}
    today = timezone.localdate().isoformat()
    assert numbers(client, depose_apres=today) == {late.pk, mine.pk}
    assert numbers(client, depose_avant=today) == set()
    for wrong in ("statut=x", "agent_traitant=x", "depose_apres=hier", "ordering=donnees"):
        assert client.get(f"{URL}?{wrong}").status_code == 400, wrong


def test_a_filter_tells_an_owner_no_more_than_the_list(api, chantal, awa, yaounde):
    hers = DemarcheAdministrativeFactory(mairie=yaounde, demandeur=chantal, priorite="haute")
    DemarcheAdministrativeFactory(mairie=yaounde, demandeur=awa, priorite="haute")
    assert numbers(api(chantal), priorite="haute") == set()
    assert numbers(api(awa), priorite="haute") == {hers.pk}
    assert api(chantal).get(URL, {"agent_traitant": awa.pk}).status_code == 400


def test_the_list_is_light_and_its_queries_are_few(
    api, awa, yaounde, django_assert_max_num_queries
):
    def row():
        demarche = DemarcheAdministrativeFactory(mairie=yaounde, donnees={"quartier": "CANARI"})
        DemarcheAdministrative.objects.filter(pk=demarche.pk).update(agent_traitant=awa)

    row()
    client = api(awa)
    assert "CANARI" not in client.get(URL).content.decode()
    for _time in range(5):
        row()
    # Account, rights (two), count, rows: whatever their number.
    with django_assert_max_num_queries(6):
        assert client.get(URL).json()["count"] == 6


# CSV ----------------------------------------------------------------------------------------------


def table(answer) -> list[dict]:
    assert answer.status_code == 200
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def test_csv(api, awa, yaounde):
    found = DemarcheAdministrativeFactory(mairie=yaounde, nom_demandeur='=HYPERLINK("x")')
    SuiviFactory(demarche=found, mairie=yaounde, nature="note", est_visible=False, message="X1")
    DemarcheAdministrativeFactory(mairie=yaounde, statut="en_cours")
    DemarcheAdministrativeFactory(mairie=yaounde, brouillon=True, canal="guichet")
    answer = api(awa).get(CSV, {"statut": "deposee"})
    assert answer.headers["Cache-Control"] == "private, no-store"
    (line,) = table(answer)
    assert line["Numéro"] == found.numero_suivi
    assert line["Demandeur"].startswith("'=")
    assert "X1" not in str(line)
    assert len(table(api(awa).get(CSV))) == 2


def test_csv_is_for_agents(api, chantal):
    DemarcheAdministrativeFactory(demandeur=chantal)
    assert api().get(CSV).status_code == 401
    assert api(chantal).get(CSV).status_code == 403


# Between mairies ----------------------------------------------------------------------------------


def test_nothing_of_a_mairie_is_seen_in_another(api, awa, brice, yaounde, mailbox):
    canary = "CANARI-7F3A"
    demarche = DemarcheAdministrativeFactory(
        mairie=yaounde,
        nom_demandeur=canary,
        email_demandeur="canari-7f3a@exemple.cm",
        donnees={"quartier": canary},
    )
    act(api(awa), demarche.pk, "prendre-en-charge")
    act(api(awa), demarche.pk, "demander-piece", motif=canary)
    client = api(brice)
    for address in (URL, CSV, f"{URL}?search={canary}", f"{URL}?mairie=yaounde"):
        answer = client.get(address)
        body = b"".join(answer) if answer.streaming else answer.content
        assert canary not in body.decode(), address
    for address in ("", "/messages", "/suivi"):
        assert client.get(f"{URL}/{demarche.pk}{address}").status_code == 404
    for name in ("prendre-en-charge", "valider", "rejeter", "affecter", "remettre", "messages"):
        assert act(client, demarche.pk, name, motif="x").status_code == 404
    assert {to for mail in mailbox() for to in mail.to} == {"canari-7f3a@exemple.cm"}
