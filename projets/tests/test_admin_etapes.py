"""The steps of a project, and the filters of its list."""

from datetime import timedelta

import pytest
from django.utils import timezone

from projets.models import Projet
from projets.tests.factories import MiseAJourProjetFactory, ProjetFactory
from users.tests.factories import agent_of

LIST = "/admin/projets/projet/"
STEPS = ["demarrer", "terminer", "suspendre", "annuler", "publier", "interne"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client, awa):
    client.force_login(awa)
    return client


def buttons(client, projet) -> list[str]:
    page = client.get(f"{LIST}{projet.pk}/change/")
    return [step.name for step in page.context.get("steps", [])]


def take(client, projet, name, **answers) -> list[str]:
    """What is said after a step."""
    sent = {"_step": "1", **answers}
    answer = client.post(f"{LIST}{projet.pk}/etape/{name}/", sent, follow=True)
    projet.refresh_from_db()
    return [str(message) for message in answer.context["messages"]]


def today(days: int = 0) -> str:
    return f"{timezone.localdate() + timedelta(days=days):%d/%m/%Y}"


def test_the_life_of_a_project(desk, yaounde):
    projet = ProjetFactory(mairie=yaounde)
    assert buttons(desk, projet) == ["demarrer", "annuler", "publier"]
    assert take(desk, projet, "demarrer") == ["1 projet en cours."]
    assert buttons(desk, projet) == ["suspendre", "annuler", "publier"]
    take(desk, projet, "suspendre")
    assert buttons(desk, projet) == ["demarrer", "annuler", "publier"]
    take(desk, projet, "demarrer")
    Projet.objects.update(avancement=100)
    assert buttons(desk, projet) == ["terminer", "suspendre", "annuler", "publier"]
    assert take(desk, projet, "terminer", date_fin_reelle=today()) == ["1 projet terminé."]
    assert (projet.statut, projet.date_fin_reelle) == ("termine", timezone.localdate())
    assert buttons(desk, projet) == ["publier"]
    take(desk, projet, "publier")
    assert buttons(desk, projet) == ["interne"]
    take(desk, projet, "interne")
    assert not projet.est_public


def test_it_is_finished_once_it_is_told_so(desk, yaounde):
    projet = ProjetFactory(mairie=yaounde, statut="en_cours", avancement=80)
    said = take(desk, projet, "terminer", date_fin_reelle=today())
    assert said == [f"{projet} : Ajoutez d'abord une mise à jour : l'avancement est de 80 %."]
    assert projet.statut == "en_cours"


@pytest.mark.parametrize("date", ["", "x", "\x00", today(2)])
def test_an_end_that_cannot_be_is_asked_again(desk, yaounde, date):
    projet = ProjetFactory(mairie=yaounde, statut="en_cours", avancement=100)
    url = f"{LIST}{projet.pk}/etape/terminer/"
    answer = desk.post(url, {"date_fin_reelle": date})
    assert answer.context["form"].errors["date_fin_reelle"]
    projet.refresh_from_db()
    assert projet.statut == "en_cours"


def test_an_end_before_the_beginning_is_refused(desk, yaounde):
    projet = ProjetFactory(
        mairie=yaounde, statut="en_cours", avancement=100, date_debut=timezone.localdate()
    )
    said = take(desk, projet, "terminer", date_fin_reelle=today(-1))
    assert said == [f"{projet} : La fin réelle ne précède pas le début."]


def test_the_end_of_a_project_is_asked_before_it_is_done(desk, yaounde):
    projet = ProjetFactory(mairie=yaounde)
    desk.get(f"{LIST}{projet.pk}/etape/annuler/")
    projet.refresh_from_db()
    assert projet.statut == "planifie"
    take(desk, projet, "annuler")
    assert projet.statut == "annule"
    assert "ne peut pas devenir" in take(desk, projet, "demarrer")[0]


def test_the_projects_of_others_do_not_move(desk, yaounde, douala, client):
    theirs = ProjetFactory(mairie=douala, statut="en_cours", avancement=100)
    before = Projet.objects.values().get()
    for name in STEPS:
        sent = {"date_fin_reelle": today(), "_step": "1"}
        answer = desk.post(f"{LIST}{theirs.pk}/etape/{name}/", sent)
        assert (answer.status_code, answer["Location"]) == (302, "/admin/")
        chosen = {"action": name, "_selected_action": [theirs.pk], "select_across": "1"}
        desk.post(LIST, {**sent, **chosen})
    assert Projet.objects.values().get() == before
    own = ProjetFactory(mairie=yaounde)
    client.force_login(agent_of(yaounde, groups=["Lecture"]))
    assert buttons(client, own) == []
    client.post(f"{LIST}{own.pk}/etape/demarrer/")
    own.refresh_from_db()
    assert own.statut == "planifie"


def test_what_somebody_should_look_into(desk, yaounde, douala):
    late = timezone.localdate() - timedelta(days=1)
    ProjetFactory(mairie=douala, date_fin_prevue=late, depense_xaf=99_000_000)
    ours = ProjetFactory(mairie=yaounde, date_fin_prevue=late)
    over = ProjetFactory(mairie=yaounde, depense_xaf=26_000_000)

    def listed(query):
        return set(desk.get(f"{LIST}?{query}").context["cl"].result_list)

    assert listed("attention=retard") == {ours}
    assert listed("attention=depassement") == {over}
    assert listed("attention=inconnu") == {ours, over}
    day = f"{late:%d/%m/%Y}"
    assert listed(f"date_fin_prevue_from={day}&date_fin_prevue_to={day}") == {ours}
    assert listed(f"date_fin_prevue_from={today()}") == set()
    assert "26\xa0000\xa0000" in desk.get(LIST).content.decode().replace("\u202f", "\xa0")


@pytest.mark.parametrize("rows", [5, 30])
def test_the_updates_of_all_projects(desk, awa, yaounde, django_assert_num_queries, rows):
    MiseAJourProjetFactory(titre="CANARI")
    for _row in range(rows):
        MiseAJourProjetFactory(projet__mairie=yaounde, auteur=awa)
    desk.get("/admin/")
    with django_assert_num_queries(6):
        page = desk.get("/admin/projets/miseajourprojet/?ecrit_par=moi")
    assert len(page.context["cl"].result_list) == rows
    assert "CANARI" not in page.content.decode()
