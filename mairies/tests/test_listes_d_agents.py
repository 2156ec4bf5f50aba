import pytest

from users.tests.factories import agent_of

URL = "/api/v1/utilisateurs"

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("rows", [1, 12])
def test_the_number_of_queries_is_fixed(api, awa, nadege, yaounde, django_assert_num_queries, rows):
    for _row in range(rows):
        agent_of(yaounde)
    agent, national = api(awa), api(nadege)
    with django_assert_num_queries(5):
        assert agent.get(URL).json()["count"] == rows + 1
    with django_assert_num_queries(4):
        assert national.get(URL).json()["count"] == rows + 1
    with django_assert_num_queries(0):
        assert api().get(URL).status_code == 401
