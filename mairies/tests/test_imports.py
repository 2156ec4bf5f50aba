"""Services that come in a file."""

import pytest

from ecms.tests.imports import Desk, lines_of, workbook
from mairies.models import ServiceMunicipal
from mairies.tests.factories import ServiceMunicipalFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(awa):
    return Desk(awa, ServiceMunicipal)


def test_it_works(desk, yaounde, douala):
    own = ServiceMunicipalFactory(mairie=yaounde, nom="État civil", ordre=1, duree_rdv=20)
    other = ServiceMunicipalFactory(mairie=douala, nom="Voirie")
    shown = desk.send(
        workbook(
            ["Service", "Téléphone", "Ordre", "Rendez-vous en ligne"],
            ["État civil", 237222222222, 4.0, "Oui"],
            ["Voirie", "222 33 44 55", None, None],
        ),
        "services.xlsx",
    )
    assert [(line, effect) for line, effect, _ in lines_of(shown)] == [(2, "changed"), (3, "new")]
    assert desk.confirm(shown).status_code == 302
    own.refresh_from_db()
    assert (own.telephone, own.ordre, own.rdv_en_ligne) == ("+237222222222", 4, True)
    assert own.duree_rdv == 20
    new = ServiceMunicipal.objects.get(mairie=yaounde, nom="Voirie")
    assert (new.pk != other.pk, new.est_actif, new.telephone) == (True, True, "+237222334455")


def test_the_same_rules_as_the_form(desk):
    shown = desk.send("nom;duree_rdv;telephone;email\nA;2;12;x\n")
    ((_line, effect, errors),) = lines_of(shown)
    assert effect == "wrong"
    assert {name for name, _ in errors} == {
        "Durée d'un rendez-vous (minutes)",
        "Téléphone",
        "Adresse électronique",
    }


def test_what_the_database_refuses_is_said(desk, yaounde):
    """A name that somebody took after the last look."""
    shown = desk.send("nom\nVoirie\n")
    ServiceMunicipalFactory(mairie=yaounde, nom="Voirie")
    assert desk.confirm(shown).status_code == 200
    assert ServiceMunicipal.objects.filter(nom="Voirie").count() == 1
