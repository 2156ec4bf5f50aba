from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from demarches import tasks
from demarches.models import RendezVous
from demarches.services import rappels
from demarches.tests.factories import RendezVousFactory
from demarches.tests.rendez_vous import service_ouvert
from ecms.models import Courriel
from ecms.tests.together import together
from users.tests.factories import UtilisateurFactory


@pytest.fixture
def clock(monkeypatch):
    """`clock("09:00")` makes it that time today in Douala."""

    def set_to(heure: str):
        moment = datetime.combine(timezone.localdate(), datetime.strptime(heure, "%H:%M").time())
        now = timezone.make_aware(moment)
        monkeypatch.setattr(timezone, "now", lambda: now)
        return now

    set_to("09:00")
    return set_to


def due(now, *, days=1, hour=0, minute=0, **champs):
    """An appointment that many days ahead, at a time in Douala."""
    debut = now.replace(hour=hour, minute=minute) + timedelta(days=days)
    debut = debut if timezone.is_aware(debut) else timezone.make_aware(debut)
    champs = {"citoyen": None, "email": "fatima@exemple.cm", **champs}
    return RendezVousFactory(debut=debut, fin=debut + timedelta(minutes=30), **champs)


@pytest.mark.django_db
def test_everyone_of_tomorrow_once(clock, mailbox, monkeypatch):
    now = timezone.localtime(clock("09:00"))
    first = due(now, hour=0, email="premier@exemple.cm")
    last = due(now, hour=23, minute=30, email="dernier@exemple.cm")
    due(now, days=0, hour=23, email="aujourdhui@exemple.cm")
    due(now, days=2, hour=0, email="apres@exemple.cm")
    due(now, hour=10, statut="annule", email="annule@exemple.cm")
    for _again in range(2):
        tasks.rappeler()
    monkeypatch.undo()
    mails = mailbox()
    assert sorted(mail.to[0] for mail in mails) == ["dernier@exemple.cm", "premier@exemple.cm"]
    assert all("demain" in mail.subject for mail in mails)
    assert all(
        f"/rendez-vous/{row.pk}#{row.code}" in m.body
        for m, row in zip(mails, [first, last], strict=True)
    )
    assert RendezVous.objects.exclude(date_rappel=None).count() == 2


@pytest.mark.django_db
def test_not_before_nine(clock):
    due(timezone.localtime(clock("08:59")), hour=10)
    assert rappels.rappeler_demain() == 0
    clock("09:00")
    assert rappels.rappeler_demain() == 1


@pytest.mark.django_db
def test_only_who_can_be_written_to_and_wants_it(clock):
    now = timezone.localtime(clock("09:00"))
    due(now, hour=8, email="")
    due(now, hour=9, citoyen=UtilisateurFactory(notifications_email=False))
    due(now, hour=10, email="", citoyen=UtilisateurFactory(non_verifie=True))
    reminded = due(now, hour=11, email="", citoyen=UtilisateurFactory())
    assert rappels.rappeler_demain() == 1
    assert RendezVous.objects.get(date_rappel__isnull=False) == reminded


@pytest.mark.django_db
def test_what_was_given_up_before_the_mail_left_is_not_reminded_of(clock, mailbox, monkeypatch):
    row = due(timezone.localtime(clock("09:00")), hour=10)
    rappels.rappeler_demain()
    RendezVous.objects.filter(pk=row.pk).update(statut="annule")
    monkeypatch.undo()
    assert mailbox() == []
    assert not Courriel.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_remind_once(clock, yaounde):
    now, service = timezone.localtime(clock("12:00")), service_ouvert(yaounde)
    for minute in range(0, 60, 5):
        due(now, hour=9, minute=minute, service=service, mairie=yaounde, guichet=1 + minute)
    assert sum(together(*[rappels.rappeler_demain] * 4)) == 12
    assert Courriel.objects.count() == 12
