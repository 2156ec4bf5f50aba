import pytest

from documents.tests.factories import ActualiteFactory
from ecms.exceptions import TransitionInterdite
from mairies import services
from mairies.models import Mairie
from mairies.tests.factories import MairieFactory, ServiceMunicipalFactory
from mairies.workflow import TRANSITIONS_MAIRIE, StatutMairie

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("new", StatutMairie)
@pytest.mark.parametrize("old", StatutMairie)
def test_the_statut_moves_along_the_table(old, new):
    mairie = MairieFactory(statut=old)
    if new in TRANSITIONS_MAIRIE[old]:
        assert services.changer_statut_mairie(mairie, new).statut == new
    else:
        with pytest.raises(TransitionInterdite):
            services.changer_statut_mairie(mairie, new)
    mairie.refresh_from_db()
    assert mairie.statut == (new if new in TRANSITIONS_MAIRIE[old] else old)


def test_the_date_of_the_first_opening_stays(yaounde):
    opened = yaounde.date_activation
    services.changer_statut_mairie(yaounde, StatutMairie.SUSPENDUE)
    services.changer_statut_mairie(yaounde, StatutMairie.ACTIVE)
    yaounde.refresh_from_db()
    assert yaounde.date_activation == opened


def test_a_suspended_space_shows_nothing_and_its_agents_reach_nothing(api, awa, yaounde):
    news = ActualiteFactory(mairie=yaounde, publiee=True)
    desk = ServiceMunicipalFactory(mairie=yaounde)
    public = [f"/api/v1/actualites/{news.pk}", f"/api/v1/services/{desk.pk}"]
    agent = api(awa)
    assert [api().get(url).status_code for url in public] == [200, 200]

    services.changer_statut_mairie(yaounde, StatutMairie.SUSPENDUE)
    assert [api().get(url).status_code for url in public] == [404, 404]
    assert [agent.get(url).status_code for url in public] == [404, 404]
    for path in ("actualites", "services"):
        assert api().get(f"/api/v1/{path}").json()["count"] == 0
        assert agent.get(f"/api/v1/{path}").json()["count"] == 0
        assert (
            agent.post(f"/api/v1/{path}", {"nom": "x", "titre": "x", "contenu": "x"}).status_code
            == 403
        )
    assert agent.patch(public[0], {"titre": "x"}).status_code == 404
    assert agent.patch("/api/v1/mairies/yaounde", {"slogan": "x"}).status_code == 404
    assert api().get("/api/v1/mairies/yaounde").json()["email"] is None
    assert api().get("/api/v1/mairies/yaounde").json()["statut"] == "suspendue"

    services.changer_statut_mairie(Mairie.objects.get(), StatutMairie.ACTIVE)
    assert [api().get(url).status_code for url in public] == [200, 200]
    assert agent.patch(public[0], {"titre": "x"}).status_code == 200


def test_the_admin_shows_them_nothing_either(client, awa, yaounde):
    news = ActualiteFactory(mairie=yaounde, titre="CANARI")
    client.force_login(awa)
    services.changer_statut_mairie(yaounde, StatutMairie.SUSPENDUE)
    assert b"CANARI" not in client.get("/admin/documents/actualite/").content
    assert client.get(f"/admin/documents/actualite/{news.pk}/change/").status_code == 302
    assert client.get("/admin/documents/actualite/add/").status_code == 403
