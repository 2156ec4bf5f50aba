import itertools
from datetime import timedelta

import pytest
from django.utils import timezone

from projets import services
from projets.models import Projet
from projets.tests.factories import MiseAJourProjetFactory, ProjetFactory
from projets.workflow import TRANSITIONS, Statut
from users.tests.factories import agent_of

URL = "/api/v1/projets"
SENT = {"titre": "Le pont d'Etoudi", "description": "Un pont de 40 mètres.", "categorie": "voirie"}

pytestmark = pytest.mark.django_db


def day(n):
    return timezone.localdate() + timedelta(days=n)


def titles(response):
    assert response.status_code == 200, response.json()
    return [row["titre"] for row in response.json()["results"]]


def test_it_works(api, awa):
    client = api(awa)
    created = client.post(URL, {**SENT, "budget_xaf": 40_000_000})
    assert created.status_code == 201, created.json()
    body = created.json()
    assert (body["mairie"], body["slug"]) == ("yaounde", "le-pont-d-etoudi")
    assert (body["statut"], body["avancement"], body["depense_xaf"]) == ("planifie", 0, 0)
    assert (body["depassement_xaf"], body["taux_depense"], body["en_retard"]) == (0, 0, False)
    url = f"{URL}/{body['id']}"
    assert api().get(url).status_code == 404
    assert client.patch(url, {"est_public": True}).status_code == 200
    assert api().get(url).json()["titre"] == SENT["titre"]
    assert api().get(f"{URL}/le-pont-d-etoudi", {"mairie": "yaounde"}).json()["id"] == body["id"]
    assert client.delete(url).status_code == 204
    assert api().get(url).status_code == 404


@pytest.mark.parametrize("changes", [{}, {"public": True, "mairie__statut": "suspendue"}])
def test_what_is_not_public_is_not_found(api, chantal, brice, nadege, changes):
    projet = ProjetFactory(**changes)
    for client in (api(), api(chantal), api(brice)):
        assert titles(client.get(URL)) == []
        assert client.get(f"{URL}/{projet.pk}").status_code == 404
        asked = {"mairie": projet.mairie.slug}
        assert client.get(f"{URL}/{projet.slug}", asked).status_code == 404
    assert api(nadege).get(f"{URL}/{projet.pk}").status_code == 200


def test_an_agent_sees_what_their_mairie_prepares(api, awa, yaounde):
    ProjetFactory(mairie=yaounde, titre="Préparé")
    assert titles(api(awa).get(URL)) == ["Préparé"]


def test_what_is_ours_to_decide_is_ignored(api, awa, yaounde, douala):
    stolen = {"mairie": "douala", "slug": "vole", "avancement": 90, "depense_xaf": 5, "id": 77}
    created = api(awa).post(URL, {**SENT, **stolen})
    assert created.status_code == 201
    projet = Projet.objects.get()
    kept = (projet.mairie, projet.slug, projet.avancement, projet.depense_xaf)
    assert kept == (yaounde, "le-pont-d-etoudi", 0, 0)
    assert api(awa).patch(f"{URL}/{projet.pk}", stolen).status_code == 200
    again = Projet.objects.get()
    assert (again.mairie, again.slug, again.avancement, again.depense_xaf) == kept


@pytest.mark.parametrize("method", ["patch", "put", "delete"])
def test_another_mairies_is_not_found(api, brice, yaounde, method):
    for projet in (ProjetFactory(mairie=yaounde), ProjetFactory(mairie=yaounde, public=True)):
        assert getattr(api(brice), method)(f"{URL}/{projet.pk}", SENT).status_code == 404
    assert Projet.objects.count() == 2
    assert not Projet.objects.filter(titre=SENT["titre"]).exists()


def test_a_role_without_the_permission_may_not(api, chantal, yaounde):
    projet = ProjetFactory(mairie=yaounde, public=True)
    for client in (api(agent_of(yaounde, groups=["Lecture"])), api(chantal)):
        assert client.post(URL, SENT).status_code == 403
        assert client.patch(f"{URL}/{projet.pk}", SENT).status_code == 403
        assert client.delete(f"{URL}/{projet.pk}").status_code == 403
    assert api().post(URL, SENT).status_code == 401
    assert api().patch(f"{URL}/{projet.pk}", SENT).status_code == 401


def test_the_same_title_twice_and_a_title_that_is_an_address(api, awa):
    slugs = [api(awa).post(URL, SENT).json()["slug"] for _time in range(2)]
    assert slugs == ["le-pont-d-etoudi", "le-pont-d-etoudi-2"]
    reserved = api(awa).post(URL, {**SENT, "titre": "Statistiques", "est_public": True}).json()
    assert reserved["slug"] == "projet-statistiques"


@pytest.mark.parametrize(("old", "new"), list(itertools.product(Statut, Statut)))
def test_the_statut_moves_along_the_table(api, awa, yaounde, old, new):
    ended = {"date_fin_reelle": day(0)} if old == Statut.TERMINE else {}
    projet = ProjetFactory(mairie=yaounde, statut=old, avancement=100, **ended)
    sent = {"statut": new, "titre": "Changé"}
    response = api(awa).patch(f"{URL}/{projet.pk}", sent)
    projet.refresh_from_db()
    if new == old or new in TRANSITIONS[old]:
        assert (response.status_code, projet.statut, projet.titre) == (200, new, "Changé")
        return
    assert (response.status_code, response.json()["code"]) == (409, "transition_interdite")
    assert str(old.label) in response.json()["detail"]
    assert (projet.statut, projet.titre != "Changé") == (old, True)


@pytest.mark.parametrize("statut", Statut)
def test_a_new_project_is_planned_or_under_way(api, awa, statut):
    response = api(awa).post(URL, {**SENT, "statut": statut})
    if statut in {Statut.PLANIFIE, Statut.EN_COURS}:
        assert (response.status_code, response.json()["statut"]) == (201, statut)
    else:
        assert (response.status_code, response.json()["code"]) == (409, "transition_interdite")


def test_finished_it_is_dated_today(api, awa, yaounde):
    projet = ProjetFactory(mairie=yaounde, statut="en_cours", avancement=100)
    answer = api(awa).patch(f"{URL}/{projet.pk}", {"statut": "termine"})
    assert (answer.status_code, answer.json()["date_fin_reelle"]) == (200, day(0).isoformat())


def test_finished_on_the_day_that_is_told(api, awa, yaounde):
    projet = ProjetFactory(mairie=yaounde, statut="en_cours", avancement=100)
    sent = {"statut": "termine", "date_fin_reelle": day(-9)}
    assert api(awa).patch(f"{URL}/{projet.pk}", sent).status_code == 200
    assert Projet.objects.get().date_fin_reelle == day(-9)


def test_it_is_not_finished_below_100_per_cent(api, awa, yaounde):
    projet = ProjetFactory(mairie=yaounde, statut="en_cours", avancement=95)
    answer = api(awa).patch(f"{URL}/{projet.pk}", {"statut": "termine"})
    assert (answer.status_code, answer.json()["code"]) == (409, "avancement_incomplet")
    assert "95 %" in answer.json()["detail"]
    assert Projet.objects.get().statut == "en_cours"


@pytest.mark.parametrize(
    "sent",
    [
        {"date_fin_reelle": "2026-01-01"},
        {"statut": "termine", "date_fin_reelle": "2199-01-01"},
    ],
)
def test_a_date_of_the_end_that_cannot_be(api, awa, yaounde, sent):
    projet = ProjetFactory(mairie=yaounde, statut="en_cours", avancement=100)
    answer = api(awa).patch(f"{URL}/{projet.pk}", sent)
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["date_fin_reelle"])


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"date_debut": "2026-05-02", "date_fin_prevue": "2026-05-01"}, "ne précède pas"),
        ({"latitude": "3.85"}, "vont ensemble"),
    ],
)
def test_what_the_database_refuses_is_said(api, awa, sent, said):
    answer = api(awa).post(URL, {**SENT, **sent})
    assert answer.status_code == 400
    assert said in answer.json()["detail"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("titre", ""),
        ("titre", "x" * 201),
        ("description", ""),
        ("description", "x" * 20_001),
        ("categorie", "inconnue"),
        ("statut", "inconnu"),
        ("budget_xaf", -1),
        ("budget_xaf", 1.5),
        ("budget_xaf", 2**63),
        ("date_debut", "demain"),
        ("latitude", "91"),
        ("est_public", "peut-être"),
    ],
)
def test_what_cannot_be_is_refused(api, awa, field, value):
    answer = api(awa).post(URL, {**SENT, field: value})
    assert (answer.status_code, list(answer.json()["fields"])) == (400, [field])


def test_a_stale_version_is_refused(api, awa, yaounde):
    url, client = f"{URL}/{ProjetFactory(mairie=yaounde).pk}", api(awa)
    etag = client.get(url)["ETag"]
    assert client.patch(url, {"titre": "un"}, headers={"if-match": etag}).status_code == 200
    assert client.patch(url, {"titre": "deux"}, headers={"if-match": etag}).status_code == 412


def test_an_update_that_came_meanwhile_is_not_lost(yaounde):
    projet = ProjetFactory(mairie=yaounde)
    Projet.objects.update(avancement=70, depense_xaf=9)
    projet.titre = "Changé"
    services.modifier_projet(projet)
    kept = Projet.objects.get()
    assert (kept.titre, kept.avancement, kept.depense_xaf) == ("Changé", 70, 9)


def test_a_project_with_updates_is_not_deleted(api, awa, yaounde):
    projet = MiseAJourProjetFactory(projet__mairie=yaounde).projet
    answer = api(awa).delete(f"{URL}/{projet.pk}")
    assert (answer.status_code, answer.json()["code"]) == (409, "element_utilise")


@pytest.mark.parametrize(
    ("planned", "statut", "late"),
    [
        (day(-1), "en_cours", True),
        (day(-1), "planifie", True),
        (day(-1), "suspendu", True),
        (day(0), "en_cours", False),
        (None, "en_cours", False),
        (day(-1), "termine", False),
        (day(-1), "annule", False),
    ],
)
def test_it_is_late_after_the_day_that_was_planned(api, planned, statut, late):
    ended = day(0) if statut == "termine" else None
    projet = ProjetFactory(
        public=True, date_fin_prevue=planned, statut=statut, date_fin_reelle=ended
    )
    assert api().get(f"{URL}/{projet.pk}").json()["en_retard"] is late
    assert bool(titles(api().get(URL, {"en_retard": "true"}))) is late
    assert bool(titles(api().get(URL, {"en_retard": "false"}))) is not late


@pytest.mark.parametrize(
    ("budget", "spent", "over", "rate"),
    [(100, 130, 30, 130.0), (100, 100, 0, 100.0), (300, 100, 0, 33.3), (None, 9, None, None),
     (0, 5, 5, None)],
)  # fmt: skip
def test_overrun_and_rate(api, budget, spent, over, rate):
    projet = ProjetFactory(public=True, budget_xaf=budget, depense_xaf=spent)
    body = api().get(f"{URL}/{projet.pk}").json()
    assert (body["depassement_xaf"], body["taux_depense"]) == (over, rate)
    assert bool(titles(api().get(URL, {"depassement": "true"}))) is bool(over)
    assert bool(titles(api().get(URL, {"depassement": "false"}))) is not bool(over)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"mairie": "yaounde"}, ["Les puits"]),
        ({"categorie": "voirie"}, ["Le pont"]),
        ({"statut": "suspendu"}, ["Les puits"]),
        ({"search": "PUITS"}, ["Les puits"]),
        ({"search": "puit forés"}, ["Les puits"]),
        ({"debut_apres": "2026-03-01"}, ["Le pont"]),
        ({"debut_avant": "2026-03-01"}, ["Les puits"]),
        ({"fin_apres": "2099-03-01"}, ["Le pont"]),
        ({"fin_avant": "2099-03-01"}, []),
        ({"ordering": "-titre"}, ["Les puits", "Le pont"]),
        ({"ordering": "budget_xaf"}, ["Le pont", "Les puits"]),
    ],
)
def test_filters(api, yaounde, asked, found):
    ProjetFactory(
        titre="Le pont", categorie="voirie", public=True, date_debut="2026-03-01",
        date_fin_prevue="2099-05-01", budget_xaf=1,
    )  # fmt: skip
    ProjetFactory(
        mairie=yaounde, titre="Les puits", public=True, statut="suspendu",
        description="Six puits forés.", date_debut="2026-02-28",
    )  # fmt: skip
    assert titles(api().get(URL, asked)) == found


@pytest.mark.parametrize(
    "asked",
    [
        {"categorie": "x"},
        {"statut": "x"},
        {"en_retard": "peut-être"},
        {"depassement": "x"},
        {"mairie": "atlantide"},
        {"debut_apres": "hier"},
        {"ordering": "responsable"},
    ],
)
def test_an_unknown_filter_value_is_refused(api, asked):
    answer = api().get(URL, asked)
    assert (answer.status_code, list(answer.json()["fields"])) == (400, list(asked))


@pytest.mark.parametrize("rows", [1, 12])
def test_the_number_of_queries_is_fixed(api, awa, yaounde, django_assert_num_queries, rows):
    for _row in range(rows):
        ProjetFactory(public=True)
        ProjetFactory(mairie=yaounde)
    agent, visitor = api(awa), api()
    with django_assert_num_queries(2):
        assert len(titles(visitor.get(URL))) == rows
    with django_assert_num_queries(2):
        assert len(titles(agent.get(URL, {"page_size": 50}))) == 2 * rows
