"""Reports that say the same: one original, no chain, and everybody is told."""

import pytest

from demarches.models import Signalement
from demarches.services import signalements as services
from demarches.tests.factories import SignalementFactory
from demarches.workflow import StatutSignalement
from users.tests.factories import UtilisateurFactory

URL = "/api/v1/signalements"
S = StatutSignalement


@pytest.fixture
def reports(yaounde):
    return SignalementFactory.create_batch(4, mairie=yaounde)


def mark(client, row, original):
    return client.post(f"{URL}/{row.pk}/marquer-doublon", {"doublon_de": original}, format="json")


def test_a_duplicate_points_to_its_original(api, awa, reports, mailbox):
    first, second, *_others = reports
    told = mark(api(awa), second, first.pk).json()
    assert (told["statut"], told["doublon_de"]) == (S.DOUBLON, first.pk)
    (mail,) = mailbox()
    assert mail.to == [second.signaleur.email]
    assert first.titre in mail.body
    assert first.numero_suivi not in mail.body
    assert first.signaleur.email not in mail.body


def test_what_is_no_report_of_the_mairie(api, awa, douala, reports):
    first = reports[0]
    elsewhere = SignalementFactory(mairie=douala)
    answers = [mark(api(awa), first, pk) for pk in (elsewhere.pk, 987654321, first.pk)]
    assert [a.status_code for a in answers] == [400, 400, 400]
    assert len({str(a.json()["fields"]) for a in answers}) == 1
    first.refresh_from_db()
    assert first.statut == S.SIGNALE


def test_never_a_chain(awa, reports):
    first, second, third, fourth = reports
    services.marquer_doublon(second, doublon_de=first, par=awa)
    services.marquer_doublon(third, doublon_de=second, par=awa)
    third.refresh_from_db()
    assert third.doublon_de == first
    services.marquer_doublon(first, doublon_de=fourth, par=awa)
    pointing = Signalement.objects.filter(doublon_de=fourth).values_list("pk", flat=True)
    assert set(pointing) == {first.pk, second.pk, third.pk}


def test_never_a_circle(awa, reports):
    first, second, *_others = reports
    services.marquer_doublon(second, doublon_de=first, par=awa)
    with pytest.raises(services.DoublonCirculaire):
        services.marquer_doublon(first, doublon_de=second, par=awa)


def test_reporters_of_duplicates_learn_the_end(awa, reports, mailbox):
    first, second, third, fourth = reports
    for row in (second, third):
        services.marquer_doublon(row, doublon_de=first, par=awa)
    services.rouvrir(third, motif="Un autre trou", par=awa, comme_agent=True)
    mailbox().clear()
    services.resoudre(first, message="Rebouché", par=awa)
    mails = mailbox()
    assert [mail.to[0] for mail in mails] == [first.signaleur.email, second.signaleur.email]
    assert all("Rebouché" in mail.body for mail in mails)
    third.refresh_from_db()
    assert third.doublon_de is None


def test_the_reporter_says_that_it_is_another_problem(api, awa, reports):
    first, second, *_others = reports
    services.marquer_doublon(second, doublon_de=first, par=awa)
    answer = api(second.signaleur).post(f"{URL}/{second.pk}/rouvrir", {"motif": "Autre rue"})
    assert (answer.status_code, answer.json()["doublon_de"]) == (200, None)


def test_mails_say_nothing_of_the_other_reporter(awa, yaounde, mailbox):
    canary = UtilisateurFactory(first_name="Canari", email="canari@exemple.cm")
    original = SignalementFactory(
        mairie=yaounde, signaleur=canary, email="canari2@exemple.cm", est_anonyme=True
    )
    other = SignalementFactory(mairie=yaounde)
    services.marquer_doublon(other, doublon_de=original, par=awa)
    services.resoudre(original, par=awa)
    for mail in mailbox():
        if mail.to == [other.signaleur.email]:
            text = mail.body + mail.alternatives[0][0] + mail.subject
            assert "anari" not in text
            assert original.code_suivi not in text
