"""What the list of dossiers is narrowed by, and that no filter tells of another mairie."""

from datetime import timedelta

import pytest
from django.utils import timezone

from demarches.models import DemarcheAdministrative
from demarches.tests.admin import DEMARCHES, counted, text_of
from demarches.tests.factories import DemarcheAdministrativeFactory, FormulaireFactory
from demarches.workflow import StatutDemarche
from mairies.tests.factories import ServiceMunicipalFactory
from users.tests.factories import agent_of

pytestmark = pytest.mark.django_db
S = StatutDemarche


@pytest.fixture
def demarche(yaounde):
    return DemarcheAdministrativeFactory(mairie=yaounde)


def listed(client, query: str) -> set[int]:
    page = client.get(f"{DEMARCHES}?{query}")
    assert page.status_code == 200, (query, page.status_code)
    return {row.pk for row in page.context["cl"].result_list}


def test_filters_and_search(signed_in, awa, demarche, yaounde):
    today = timezone.localdate()
    past, old = today - timedelta(days=1), timezone.now() - timedelta(days=40)
    late = DemarcheAdministrativeFactory(
        mairie=yaounde, echeance=past, canal="guichet", agent_traitant=awa
    )
    colleague = agent_of(yaounde)
    done = DemarcheAdministrativeFactory(
        mairie=yaounde,
        echeance=past,
        statut=S.REMISE,
        date_cloture=timezone.now(),
        date_depot=old,
        agent_traitant=colleague,
    )
    everything = {demarche, late, done}
    found = {
        "en_retard=oui": {late},
        "en_retard=non": {demarche, done},
        "en_retard=x": everything,
        "statut__exact=remise": {done},
        "statut__exact=remise&statut__exact=deposee": everything,
        "statut__exact=inconnu": everything,
        "canal__exact=guichet": {late},
        "priorite__exact=haute": set(),
        "agent=moi": {late},
        "agent=personne": {demarche},
        f"agent={colleague.pk}": {done},
        f"agent={10**30}": everything,
        f"service={late.formulaire.service_id}": {late},
        f"formulaire__id__exact={done.formulaire_id}": {done},
        f"date_depot_from={today}": {demarche, late},
        f"date_depot_from={today}&date_depot_to={today}": {demarche, late},
        f"date_depot_to={past}": {done},
        "date_depot_from=0001-01-01&date_depot_to=9999-12-31": everything,
        "date_depot_from=hier": everything,
        f"q={late.numero_suivi}": {late},
        "q=Ngono": everything,
    }
    client = signed_in(awa)
    for query, rows in found.items():
        assert listed(client, query) == {row.pk for row in rows}, query


@pytest.mark.parametrize(
    "name",
    [
        *("statut__exact", "en_retard", "canal__exact", "priorite__exact", "agent", "service"),
        *("formulaire__id__exact", "date_depot_from", "date_depot_to", "mairie__id__exact"),
    ],
)
@pytest.mark.parametrize("value", ["%00", "-1", "9" * 40, "x", "", "%F0%9F%98%80"])
def test_no_value_breaks_the_list(signed_in, awa, demarche, name, value):
    answer = signed_in(awa).get(f"{DEMARCHES}?{name}={value}")
    assert answer.status_code in {200, 302, 400}


def test_a_filter_offers_ones_own_mairie_alone(signed_in, awa, brice, demarche):
    ServiceMunicipalFactory(mairie=brice.mairie_agent, nom="Voirie de Douala")
    FormulaireFactory(mairie=brice.mairie_agent, nom="Acte de Douala")
    agent_of(brice.mairie_agent, first_name="Collègue", last_name="De Douala")
    agent_of(awa.mairie_agent, first_name="Collègue", last_name="De Yaoundé")
    page = text_of(signed_in(awa).get(DEMARCHES))
    assert "De Yaoundé" in page
    assert demarche.formulaire.nom in page
    assert demarche.formulaire.service.nom in page
    for foreign in ("Voirie de Douala", "Acte de Douala", "De Douala", "mairie__id__exact"):
        assert foreign not in page


def test_a_filter_finds_nothing_of_another_mairie(signed_in, awa, brice, demarche):
    other = DemarcheAdministrativeFactory(mairie=brice.mairie_agent, agent_traitant=brice)
    for query in (
        f"service={other.formulaire.service_id}",
        f"formulaire__id__exact={other.formulaire_id}",
        f"agent={brice.pk}",
    ):
        assert other.pk not in listed(signed_in(awa), query)


@pytest.mark.parametrize(
    "lookup",
    [
        "agent_traitant__email__startswith=a",
        "agent_traitant__password__startswith=a",
        "formulaire__email_notification__startswith=a",
        "service__nom__startswith=a",
        "mairie__email__startswith=a",
        "demandeur__email__startswith=a",
        "telephone_demandeur__startswith=%2B",
        "code_suivi__startswith=A",
        "donnees__nom=a",
        "suivis__message__contains=a",
    ],
)
def test_what_no_filter_names_cannot_be_guessed_at(signed_in, awa, demarche, lookup):
    answer = signed_in(awa).get(f"{DEMARCHES}?{lookup}")
    assert answer.status_code == 400 or "e=1" in answer["Location"]


def test_the_national_administration_chooses_a_mairie(signed_in, nadege, demarche, douala):
    other = DemarcheAdministrativeFactory(mairie=douala)
    client = signed_in(nadege)
    assert listed(client, f"mairie__id__exact={douala.pk}") == {other.pk}
    with counted() as few:
        listed(client, "")
    for _each in range(12):
        FormulaireFactory(mairie=douala)
    with counted() as more:
        listed(client, "")
    assert few() == more()


def test_the_newest_come_first_and_pages_keep_the_filters(signed_in, awa, yaounde):
    rows = DemarcheAdministrativeFactory.create_batch(51, mairie=yaounde, canal="guichet")
    page = signed_in(awa).get(f"{DEMARCHES}?canal__exact=guichet")
    assert page.context["cl"].result_list[0] == rows[-1]
    assert "?canal__exact=guichet&amp;p=2" in text_of(page)
    assert listed(signed_in(awa), "canal__exact=guichet&p=2") == {rows[0].pk}
    assert DemarcheAdministrative.objects.count() == 51
