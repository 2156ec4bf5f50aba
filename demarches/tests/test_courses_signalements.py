"""Several agents decide on the same reports at the same moment."""

import pytest

from demarches.models import Signalement
from demarches.services import signalements as services
from demarches.tests.factories import SignalementFactory
from demarches.workflow import StatutSignalement
from ecms.exceptions import DomainError
from ecms.tests.together import together

pytestmark = pytest.mark.django_db(transaction=True)


def refused(act):
    """`act`, answering with the code of its refusal, "" when it went through."""

    def run():
        try:
            act()
        except DomainError as error:
            return error.code
        return ""

    return run


def test_twenty_agents_end_one_report_once(awa, yaounde, mailbox):
    row, original = SignalementFactory.create_batch(2, mairie=yaounde)
    resolve = refused(lambda: services.resoudre(row, par=awa))
    mark = refused(lambda: services.marquer_doublon(row, doublon_de=original, par=awa))
    codes = together(*[resolve, mark] * 10)
    assert sorted(codes) == ["", *["transition_interdite"] * 19]
    assert row.suivis.count() == len(mailbox()) == 1


@pytest.mark.parametrize("_round", range(5))
def test_each_the_duplicate_of_the_other(awa, yaounde, _round):
    one, two = SignalementFactory.create_batch(2, mairie=yaounde)
    codes = together(
        refused(lambda: services.marquer_doublon(one, doublon_de=two, par=awa)),
        refused(lambda: services.marquer_doublon(two, doublon_de=one, par=awa)),
    )
    assert sorted(codes) == ["", "doublon_circulaire"]
    assert Signalement.objects.filter(statut=StatutSignalement.DOUBLON).count() == 1


@pytest.mark.parametrize("_round", range(3))
def test_many_marks_at_once_leave_no_chain(awa, yaounde, _round):
    rows = SignalementFactory.create_batch(6, mairie=yaounde)
    ring = [
        refused(
            lambda row=row, other=other: services.marquer_doublon(row, doublon_de=other, par=awa)
        )
        for row, other in zip(rows, [*rows[1:], rows[0]], strict=True)
    ]
    codes = together(*ring)
    assert set(codes) <= {"", "doublon_circulaire"}
    duplicates = Signalement.objects.filter(statut=StatutSignalement.DOUBLON)
    assert duplicates.count() == codes.count("")
    assert not duplicates.filter(doublon_de__statut=StatutSignalement.DOUBLON).exists()
    assert Signalement.objects.exclude(statut=StatutSignalement.DOUBLON).exists()


def test_numbers_are_unique(awa, yaounde):
    facts = {"categorie": "eau", "description": "Fuite", "repere": "Marché"}
    made = together(*[lambda: services.signaler(yaounde, par=None, **facts)] * 12)
    assert len({row.numero_suivi for row in made}) == 12
