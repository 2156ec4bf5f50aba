"""What the database says to Prometheus, and that it is not waited for."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_q.models import OrmQ, Schedule

from ecms import mail
from ecms.models import Compteur
from ecms.observing import counters
from ecms.observing.bounded import Bounded
from ecms.observing.figures import read
from ecms.tests.factories import CourrielFactory
from ecms.tests.test_errors import nothing_listening
from evenements.services import envois, newsletters
from evenements.tests.factories import (
    AbonneNewsletterFactory,
    EnvoiNewsletterFactory,
    NewsletterFactory,
)


def told() -> dict[tuple, float]:
    return {
        (sample.name, *dict(sorted(sample.labels.items())).values()): sample.value
        for family in read()
        for sample in family.samples
    }


def ago(**length) -> timezone.datetime:
    return timezone.now() - timedelta(**length)


def test_the_queue_of_each_cluster(db):
    OrmQ.objects.all().delete()
    assert told()["ecms_queue_tasks", "envois", "waiting"] == 0
    OrmQ.objects.create(key="ecms", payload="", lock=ago(minutes=7))
    OrmQ.objects.create(key="ecms", payload="", lock=ago(minutes=1))
    OrmQ.objects.create(key="ecms", payload="", lock=ago(minutes=-1))
    found = told()
    assert found["ecms_queue_tasks", "ecms", "waiting"] == 2
    assert found["ecms_queue_tasks", "ecms", "taken"] == 1
    assert found["ecms_queue_oldest_seconds", "ecms"] == pytest.approx(420, abs=5)
    assert found["ecms_queue_oldest_seconds", "envois"] == 0


def test_mails_by_kind(db):
    CourrielFactory(gabarit="users/code", prochain_essai=ago(minutes=3))
    CourrielFactory(gabarit="users/code", tentatives=2, prochain_essai=ago(minutes=-9))
    EnvoiNewsletterFactory(prochain_essai=ago(minutes=20))
    found = told()
    assert found["ecms_mails_waiting", "users/code", "new"] == 1
    assert found["ecms_mails_waiting", "users/code", "deferred"] == 1
    assert found["ecms_mails_overdue_seconds", "users/code"] == pytest.approx(180, abs=5)
    assert found["ecms_mails_waiting", "evenements/newsletter", "new"] == 1
    assert found["ecms_mails_overdue_seconds", "evenements/newsletter"] > 1100


def test_the_work_by_the_clock(db):
    Schedule.objects.update(next_run=ago(minutes=-1))
    Schedule.objects.filter(func="ecms.tasks.purge").update(next_run=ago(minutes=9))
    found = told()
    assert found["ecms_schedule_late_seconds", "ecms.tasks.purge"] == pytest.approx(540, abs=5)
    assert found["ecms_schedule_late_seconds", "users.tasks.purge"] == 0
    assert found["ecms_schedule_period_seconds", "ecms.tasks.purge"] == 3600


def test_the_connections(db):
    found = told()
    assert 1 <= found["ecms_database_connections",] < found["ecms_database_connections_max",]
    assert found["ecms_database_bytes",] > 1_000_000


def test_what_workers_counted(db):
    for _ in range(2):
        counters.add(Compteur.TACHE, "ecms.tasks.purge", "success", 1.5)
    counters.add(Compteur.TACHE, "ecms.tasks.purge", "failure", 1)
    found = told()
    assert found["ecms_tasks_total", "ecms.tasks.purge", "success"] == 2
    assert found["ecms_tasks_total", "ecms.tasks.purge", "failure"] == 1
    assert found["ecms_task_seconds_total", "ecms.tasks.purge", "success"] == 3
    last = found["ecms_task_last_timestamp_seconds", "ecms.tasks.purge", "success"]
    assert last == pytest.approx(timezone.now().timestamp(), abs=5)


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [("", "sent"), ("450 later", "deferred"), ("550 nobody", "refused")],
)
def test_mails_are_counted_by_outcome(db, server, answer, outcome):
    server.refuse = lambda address: answer
    mail.deliver(mail.queue_mail("users/compte_efface", to="aline@exemple.cm").pk)
    found = told()
    assert found["ecms_mails_total", "users/compte_efface", outcome] == 1
    assert len([key for key in found if key[0] == "ecms_mails_total"]) == 1


def test_letters_are_counted_too(transactional_db, server, yaounde):
    AbonneNewsletterFactory(mairie=yaounde)
    newsletters.envoyer(NewsletterFactory(mairie=yaounde, titre="Voirie", contenu="<p>Oui.</p>"))
    envois.tournee()
    assert told()["ecms_mails_total", "evenements/newsletter", "sent"] == 1


def test_a_counter_that_cannot_be_written_breaks_nothing(db):
    counters.add("x" * 21, "ecms.tasks.purge", "success")
    with nothing_listening():
        counters.add(Compteur.TACHE, "ecms.tasks.purge", "success")
    assert not Compteur.objects.exists()


def test_in_few_queries_however_much_there_is(db):
    with CaptureQueriesContext(connection) as few:
        read()
    for name in ("users/code", "users/acces_ouvert", "mairies/approuvee"):
        CourrielFactory.create_batch(3, gabarit=name)
        counters.add(Compteur.COURRIEL, name, "sent")
    with CaptureQueriesContext(connection) as many:
        read()
    assert len(many) == len(few) <= 10


def test_without_a_database_there_is_nothing(db):
    with nothing_listening():
        assert read() is None


def test_what_hangs_is_not_waited_for_and_not_asked_twice():
    asked, go_on = [], threading.Event()

    def hang():
        asked.append(1)
        go_on.wait(20)
        return "late"

    reader = Bounded(hang, 0.2)
    assert reader() is None
    assert reader() is None
    assert asked == [1]
    go_on.set()
    reader._free.acquire(timeout=5)
    reader._free.release()
    assert reader() == "late"
