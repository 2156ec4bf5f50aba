"""Where an answer to a mail of the mairie goes."""

import pytest

from demarches.services import demarches, rendez_vous, signalements
from demarches.tests.factories import (
    DemarcheAdministrativeFactory,
    FormulaireFactory,
    SignalementFactory,
)
from demarches.tests.rendez_vous import booked, service_ouvert

pytestmark = pytest.mark.django_db


@pytest.fixture
def service(yaounde):
    yaounde.email = "mairie@yaounde.exemple.cm"
    yaounde.save()
    return service_ouvert(yaounde, email="voirie@yaounde.exemple.cm")


def dossier(service, awa):
    row = DemarcheAdministrativeFactory(
        mairie=service.mairie, formulaire=FormulaireFactory(mairie=service.mairie, service=service)
    )
    demarches.prendre_en_charge(row, par=awa)


def appointment(service, awa):
    rendez_vous.annuler(booked(service), par=awa)


def report(service, awa):
    row = SignalementFactory(mairie=service.mairie, service=service)
    signalements.prendre_en_charge(row, par=awa)


@pytest.mark.parametrize("act", [dossier, appointment, report])
@pytest.mark.parametrize(
    ("addresses", "expected"),
    [
        (("v@exemple.cm", "m@exemple.cm"), ["v@exemple.cm"]),
        (("", "m@exemple.cm"), ["m@exemple.cm"]),
        (("", ""), []),
    ],
)
def test_the_service_else_the_mairie_else_nobody(service, awa, mailbox, act, addresses, expected):
    service.email, service.mairie.email = addresses
    service.save()
    service.mairie.save()
    act(service, awa)
    (mail,) = mailbox()
    assert mail.reply_to == expected


def test_without_a_service_the_mairie(service, awa, mailbox):
    signalements.prendre_en_charge(SignalementFactory(mairie=service.mairie), par=awa)
    assert mailbox()[0].reply_to == ["mairie@yaounde.exemple.cm"]


def test_an_answer_to_an_anonymous_report_would_name_who_made_it(service, awa, mailbox):
    row = SignalementFactory(mairie=service.mairie, service=service, est_anonyme=True)
    signalements.prendre_en_charge(row, par=awa)
    (mail,) = mailbox()
    assert mail.reply_to == []
    assert service.email not in mail.body


def test_the_mairie_is_not_mailed_with_its_own_address(service, mailbox):
    formulaire = FormulaireFactory(mairie=service.mairie, email_notification="accueil@exemple.cm")
    row = DemarcheAdministrativeFactory(mairie=service.mairie, formulaire=formulaire)
    demarches.ecrire(row, message="Bonjour", interne=False, par=row.demandeur)
    (mail,) = mailbox()
    assert (mail.to, mail.reply_to) == (["accueil@exemple.cm"], [])
