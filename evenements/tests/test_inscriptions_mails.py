"""The mails about registrations and changes: once each, in the person's language."""

from datetime import timedelta
from email import policy
from email.parser import BytesParser

import ics
import pytest
from django.utils import timezone

from evenements.models import InscriptionEvenement
from evenements.services import evenements as services
from evenements.tasks import prevenir
from evenements.tests.agenda import annuler, demande, inscrire, ouvert
from evenements.tests.factories import InscriptionEvenementFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def evenement(yaounde):
    yaounde.email = "mairie@yaounde.cm"
    yaounde.save()
    return ouvert(yaounde, titre="Fête des écoles", capacite=2)


def agenda_of(mail) -> tuple[str, ics.Event]:
    message = BytesParser(policy=policy.default).parsebytes(mail.message().as_bytes())
    (part,) = message.iter_attachments()
    assert (part.get_content_type(), part.get_filename()) == ("text/calendar", "evenement.ics")
    calendar = ics.Calendar(part.get_content())
    (event,) = calendar.events
    return calendar.method, event


def test_the_confirmation_has_the_link_and_the_agenda(api, evenement, mailbox):
    prise = inscrire(api(), evenement, nombre_personnes=2)
    (mail,) = mailbox()
    assert (mail.to, mail.reply_to) == (["personne0@exemple.cm"], ["mairie@yaounde.cm"])
    assert mail.subject == "Inscription confirmée : Fête des écoles"
    secret = prise["code"].replace("-", "")
    assert f"https://ecms.test/inscriptions/{prise['id']}#{secret}" in mail.body
    assert "Pour 2 personnes." in mail.body
    assert "Personne 0" not in mail.body
    method, event = agenda_of(mail)
    assert (method, event.name) == ("PUBLISH", "Fête des écoles")
    assert event.uid == f"evenement-{evenement.pk}@api.ecms.test"


def test_waiting_then_promoted(api, evenement, mailbox):
    tenue = inscrire(api(), evenement, nombre_personnes=2)
    for n in (1, 2):
        inscrire(api(), evenement, n)
    mails = mailbox()
    assert [m.subject.split(" : ")[0] for m in mails[1:]] == ["En liste d'attente"] * 2
    assert "au rang 2" in mails[2].body
    del mails[:]
    annuler(api(), tenue)
    mails = mailbox()
    assert sorted((m.to[0], m.subject.split(" : ")[0]) for m in mails) == [
        ("personne0@exemple.cm", "Inscription annulée"),
        ("personne1@exemple.cm", "Une place s'est libérée"),
        ("personne2@exemple.cm", "Une place s'est libérée"),
    ]


def test_who_is_promoted_before_the_first_mail_left_gets_one(api, evenement, mailbox):
    tenue = inscrire(api(), evenement, nombre_personnes=2)
    inscrire(api(), evenement, 1)
    annuler(api(), tenue)
    subjects = [m.subject for m in mailbox() if m.to == ["personne1@exemple.cm"]]
    assert subjects == ["Une place s'est libérée : Fête des écoles"]


def test_a_move_is_told_once_however_often_the_task_runs(api, evenement, mailbox):
    inscrire(api(), evenement, nombre_personnes=2)
    inscrire(api(), evenement, 1)
    annulee = inscrire(api(), evenement, 2)
    annuler(api(), annulee)
    del mailbox()[:]
    services.modifier_evenement(evenement, {"lieu": "Stade omnisports"})
    for _n in range(3):
        prevenir(evenement.pk)
    mails = mailbox()
    assert sorted(m.to[0] for m in mails) == ["personne0@exemple.cm", "personne1@exemple.cm"]
    assert all("Stade omnisports" in m.body for m in mails)
    waiting = next(m for m in mails if m.to == ["personne1@exemple.cm"])
    assert "toujours en liste d'attente" in waiting.body
    assert waiting.attachments == []


def test_put_off_and_cancelled(api, evenement, mailbox):
    inscrire(api(), evenement)
    del mailbox()[:]
    services.reporter(evenement, message="Salle inondée.")
    prevenir(evenement.pk)
    (mail,) = mailbox()
    assert mail.subject.startswith("Reporté à une date à confirmer")
    assert "Salle inondée." in mail.body
    del mailbox()[:]
    services.annuler(evenement, message="Salle détruite.")
    prevenir(evenement.pk)
    (mail,) = mailbox()
    assert (mail.subject, "Salle détruite." in mail.body) == ("Annulé : Fête des écoles", True)
    assert agenda_of(mail)[0] == "CANCEL"


def test_two_changes_at_once_are_one_mail_of_the_last(api, evenement, mailbox):
    inscrire(api(), evenement)
    del mailbox()[:]
    services.modifier_evenement(evenement, {"lieu": "A"})
    services.annuler(evenement)
    prevenir(evenement.pk)
    prevenir(evenement.pk)
    assert [m.subject for m in mailbox()] == ["Annulé : Fête des écoles"]


def test_who_registers_after_the_change_is_not_told_of_it(api, evenement, mailbox):
    services.modifier_evenement(evenement, {"lieu": "Stade"})
    inscrire(api(), evenement)
    prevenir(evenement.pk)
    assert len(mailbox()) == 1


def test_many_are_told_in_batches(yaounde, mailbox):
    row = ouvert(yaounde, capacite=None, sequence=1)
    InscriptionEvenementFactory.create_batch(205, evenement=row, participant=None)
    prevenir(row.pk)
    prevenir(row.pk)
    assert len(mailbox()) == 205
    assert not InscriptionEvenement.objects.exclude(avis=1).exists()


def test_an_account_that_wants_no_mail_gets_none(api, chantal, evenement, mailbox):
    chantal.notifications_email = False
    chantal.save()
    inscrire(api(chantal), evenement)
    assert mailbox() == []


def test_what_is_over_is_told_to_nobody(api, evenement, mailbox, monkeypatch):
    inscrire(api(), evenement)
    queued = []
    monkeypatch.setattr(services, "async_task", lambda *args: queued.append(args))
    hier = timezone.now() - timedelta(days=1)
    type(evenement).objects.filter(pk=evenement.pk).update(
        debut=hier, fin=hier + timedelta(hours=1)
    )
    services.modifier_evenement(evenement, {"lieu": "Stade"})
    assert queued == []


def test_in_english(api, evenement, mailbox):
    inscrire(api(), evenement, langue="en")
    (mail,) = mailbox()
    assert demande()["nom"] not in mail.body
