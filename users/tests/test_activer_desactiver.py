import pytest

from ecms.exceptions import DomainError
from ecms.tests.together import together
from users.models import Utilisateur
from users.services import agents
from users.tests.factories import PASSWORD, UtilisateurFactory, agent_of
from users.tests.flows import is_open, post, refreshes, signs_in

URL = "/api/v1/utilisateurs"


@pytest.fixture
def colleague(yaounde):
    return agent_of(yaounde, username="colleague", groups=["Contenu"])


def act(client, account, action):
    return client.post(f"{URL}/{account.pk}/{action}")


def test_it_works(awa, colleague, api):
    """Closed: no token, no sign-in. Open again: a sign-in, and still no old token."""
    tokens = post("login", {"username": "colleague", "password": PASSWORD}).json()
    answer = act(api(awa), colleague, "desactiver")
    assert answer.status_code == 200
    assert answer.json()["is_active"] is False
    assert not is_open(tokens["access"])
    assert not refreshes(tokens["refresh"])
    assert not signs_in("colleague", PASSWORD)
    assert act(api(awa), colleague, "activer").json()["is_active"] is True
    assert not is_open(tokens["access"])
    assert signs_in("colleague", PASSWORD)


def test_ones_own_account(awa, api):
    answer = act(api(awa), awa, "desactiver")
    assert answer.status_code == 409
    assert answer.json()["code"] == "propre_compte"


@pytest.mark.parametrize("action", ["activer", "desactiver"])
def test_another_mairie(awa, brice, api, action):
    answer = act(api(awa), brice, action)
    unknown = api(awa).post(f"{URL}/999999/{action}")
    assert answer.status_code == unknown.status_code == 404
    assert answer.json()["detail"] == unknown.json()["detail"]
    brice.refresh_from_db()
    assert brice.is_active


@pytest.mark.parametrize("action", ["activer", "desactiver"])
def test_whoever_holds_more(yaounde, awa, api, action):
    smaller = agent_of(yaounde, groups=["Contenu"])
    smaller.user_permissions.add(*agents.Permission.objects.filter(codename="change_utilisateur"))
    assert act(api(smaller), awa, action).status_code == 403
    awa.refresh_from_db()
    assert awa.is_active


def test_a_citizen_is_nobody_of_the_mairies(awa, chantal, yaounde, api):
    Utilisateur.objects.filter(pk=chantal.pk).update(mairie=yaounde)
    assert act(api(awa), chantal, "desactiver").status_code == 404


def test_a_permission_is_needed(colleague, awa, chantal, api):
    assert act(api(colleague), awa, "desactiver").status_code == 403
    assert act(api(chantal), awa, "desactiver").status_code == 403


def test_a_visitor(api, awa):
    assert act(api(), awa, "desactiver").status_code == 401


def test_the_last_national_administrator_stays(nadege):
    closed = UtilisateurFactory(admin_national=True, is_active=False)
    with pytest.raises(DomainError) as refusal:
        agents.desactiver(nadege, par=closed)
    assert refusal.value.code == "dernier_administrateur"


@pytest.mark.django_db(transaction=True)
def test_two_administrators_do_not_close_each_other():
    first, second = UtilisateurFactory.create_batch(2, admin_national=True)

    def close(account, par):
        try:
            return agents.desactiver(account, par=par).is_active
        except DomainError as error:
            return error.code

    closed = together(lambda: close(first, second), lambda: close(second, first))
    assert sorted(closed, key=str) == [False, "dernier_administrateur"]
    assert Utilisateur.objects.filter(is_superuser=True, is_active=True).count() == 1


def test_the_list_shows_the_agents_of_the_mairie(awa, brice, colleague, chantal, api):
    rows = api(awa).get(URL).json()["results"]
    assert {row["username"] for row in rows} == {"awa", "colleague"}
    assert "password" not in rows[0]


def test_the_list_takes_the_same_queries_however_long(
    awa, yaounde, api, django_assert_max_num_queries
):
    client = api(awa)
    for _ in range(2):
        with django_assert_max_num_queries(7):
            client.get(URL)
        [agent_of(yaounde) for _ in range(10)]


@pytest.mark.parametrize(
    "query", ["ordering=password", "is_active=peut-%C3%AAtre", "mairie=inconnue"]
)
def test_unknown_filters(awa, api, query):
    assert api(awa).get(f"{URL}?{query}").status_code == 400
