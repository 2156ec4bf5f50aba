"""Mail over a real wire: an SMTP server of our own on loopback, that misbehaves when told to."""

import contextlib
import logging
import socket
from datetime import timedelta
from email import policy
from email.parser import BytesParser

import pytest
from aiosmtpd.controller import Controller
from django.core import mail as outbox
from django.db import connection
from django.utils import timezone
from django_q.models import OrmQ

from ecms import mail, tasks
from ecms.models import Courriel
from ecms.tests.factories import CourrielFactory
from ecms.tests.together import together
from users.models import TokenVerification
from users.tests.factories import TokenVerificationFactory, UtilisateurFactory
from users.tests.flows import code_in, in_english, later, post

SMTP = "django.core.mail.backends.smtp.EmailBackend"


class Server:
    """Keeps what it receives; `answers[command]` is said instead, as long as it lasts."""

    def __init__(self):
        self.messages = []
        self.answers = {}

    async def handle_RCPT(self, server, session, envelope, address, options):
        if "RCPT" in self.answers:
            return self.answers["RCPT"]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if "DATA" in self.answers:
            return self.answers["DATA"]
        self.messages.append(BytesParser(policy=policy.default).parsebytes(envelope.content))
        return "250 OK"


def _use(settings, port):
    settings.EMAIL_BACKEND = SMTP
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_TIMEOUT = 1


def _free_port() -> int:
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def server(settings):
    handler = Server()
    controller = Controller(handler, hostname="127.0.0.1", port=_free_port())
    controller.start()
    _use(settings, controller.port)
    yield handler
    controller.stop()


@pytest.fixture
def silent(settings):
    """A server that takes the call and says nothing."""
    with contextlib.closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(50)
        _use(settings, listener.getsockname()[1])
        yield


@pytest.fixture
def closed(settings):
    _use(settings, _free_port())


def verification(language="fr"):
    account = UtilisateurFactory(email="aline@exemple.cm", non_verifie=True, langue=language)
    return mail.queue_mail(
        "users/verification", to=account.email, language=language, utilisateur=account.pk
    )


def read(courriel):
    courriel.refresh_from_db()
    return courriel


def is_due(courriel):
    Courriel.objects.filter(pk=courriel.pk).update(prochain_essai=timezone.now())


def text_of(message) -> str:
    return message.get_body(("plain",)).get_content()


def test_it_works(db, server):
    courriel = verification()
    assert mail.deliver(courriel.pk)
    (message,) = server.messages
    code = TokenVerification.objects.get().code_otp
    assert message["To"] == "aline@exemple.cm"
    assert message["Subject"] == "Votre code de vérification"
    assert message["Auto-Submitted"] == "auto-generated"
    assert code in text_of(message)
    html = message.get_body(("html",)).get_content()
    assert html.count(code) == 1
    assert '<html lang="fr">' in html


def test_it_is_emptied_once_it_is_gone(db, server):
    courriel = verification()
    mail.deliver(courriel.pk)
    read(courriel)
    assert (courriel.statut, courriel.destinataire, courriel.contexte) == ("envoye", "", {})
    assert courriel.date_envoi
    assert not mail.deliver(courriel.pk)
    assert len(server.messages) == 1


def test_in_english(db, server):
    mail.deliver(verification("en").pk)
    (message,) = server.messages
    assert message["Subject"] == in_english("Votre code de vérification")
    assert '<html lang="en">' in message.get_body(("html",)).get_content()


@pytest.mark.parametrize("where", ["RCPT", "DATA"])
def test_a_server_that_is_busy_is_asked_again_later_and_later(db, server, where, time_machine):
    courriel = verification()
    server.answers[where] = "451 4.3.0 aline@exemple.cm: try again"
    waits = []
    for _ in range(4):
        assert not mail.deliver(courriel.pk)
        read(courriel)
        waits.append(round((courriel.prochain_essai - timezone.now()) / timedelta(minutes=1)))
        assert courriel.derniere_erreur.startswith("SMTP")
        assert "exemple.cm" not in courriel.derniere_erreur
        assert mail.due() == []
        is_due(courriel)
    assert waits == [1, 2, 4, 8]
    server.answers.clear()
    tasks.send_due_mails()
    assert read(courriel).statut == "envoye"
    assert TokenVerification.objects.count() == 1


@pytest.mark.parametrize("where", ["RCPT", "DATA"])
def test_a_server_that_refuses_is_not_asked_again(db, server, where):
    courriel = verification()
    server.answers[where] = "550 5.1.1 no such user"
    mail.deliver(courriel.pk)
    assert (read(courriel).statut, courriel.destinataire, courriel.contexte) == ("refuse", "", {})
    assert mail.due() == []


def test_after_twelve_tries_it_is_given_up(db, server):
    courriel = verification()
    server.answers["RCPT"] = "451 later"
    for _ in range(mail.MAX_TRIES):
        is_due(courriel)
        mail.deliver(courriel.pk)
    assert (read(courriel).statut, courriel.tentatives) == ("refuse", 12)


def test_the_longest_wait_is_two_hours(db, closed):
    courriel = verification()
    Courriel.objects.update(tentatives=10)
    mail.deliver(courriel.pk)
    wait = read(courriel).prochain_essai - timezone.now()
    assert timedelta(minutes=119) < wait <= timedelta(hours=2)


@pytest.mark.parametrize("wire", ["closed", "silent"])
def test_a_dead_server_changes_no_answer(chantal, request, wire):
    """The request is answered without touching the wire; the mail waits for the worker."""
    request.getfixturevalue(wire)
    answer = post("password/forgot", {"email": chantal.email})
    assert answer.status_code == 200
    (pk,) = mail.due()
    assert not mail.deliver(pk)
    courriel = Courriel.objects.get()
    assert courriel.statut == "en_attente"
    assert courriel.derniere_erreur in {
        "ConnectionRefusedError",
        "TimeoutError",
        "SMTPServerDisconnected",
    }


def test_what_waited_leaves_with_a_code_that_is_still_good(chantal, closed, settings, time_machine):
    post("password/forgot", {"email": chantal.email})
    (pk,) = mail.due()
    mail.deliver(pk)
    first = TokenVerification.objects.get().code_otp
    later(time_machine, minutes=7)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    tasks.send_due_mails()
    token = TokenVerification.objects.get()
    assert code_in(outbox.outbox[-1]) == token.code_otp
    assert token.code_otp != first
    left = token.expire_at - timezone.now()
    assert timedelta(minutes=5, seconds=50) < left <= timedelta(minutes=6)


def test_what_waited_briefly_keeps_its_code(chantal, closed, settings, time_machine):
    post("password/forgot", {"email": chantal.email})
    mail.deliver(mail.due()[0])
    first = TokenVerification.objects.get().code_otp
    later(time_machine, minutes=2)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    tasks.send_due_mails()
    assert code_in(outbox.outbox[-1]) == first


@pytest.mark.parametrize("why", ["used", "superseded", "gone", "out of guesses"])
def test_what_has_no_reason_any_more_is_dropped(chantal, closed, settings, why):
    post("password/forgot", {"email": chantal.email})
    courriel = Courriel.objects.get()
    mail.deliver(courriel.pk)
    codes = TokenVerification.objects
    if why == "used":
        codes.update(is_used=True, code_otp="")
    elif why == "superseded":
        TokenVerificationFactory(utilisateur=chantal, type_token=codes.get().type_token)
    elif why == "gone":
        codes.all().delete()
    else:
        codes.update(tentatives=5)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    is_due(courriel)
    assert not mail.deliver(courriel.pk)
    assert outbox.outbox == []
    assert not Courriel.objects.exists()


def test_a_mail_to_the_holder_keeps_its_link_through_a_retry(chantal, closed, settings):
    UtilisateurFactory(username="voleuse")
    account = UtilisateurFactory(email=chantal.email, non_verifie=True)
    courriel = mail.queue_mail("users/verification", to=chantal.email, utilisateur=account.pk)
    mail.deliver(courriel.pk)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    is_due(courriel)
    assert mail.deliver(courriel.pk)
    assert "https://ecms.test/mot-de-passe-oublie" in outbox.outbox[0].body


@pytest.mark.parametrize("address", [f"a@{'ı' * 60}.cm", "a b@exemple.cm\n"])
def test_what_cannot_be_written_into_a_mail_is_refused_and_lets_the_others_pass(
    db, server, address
):
    """Such an address is refused at every door; the queue holds even if one is in."""
    bad = CourrielFactory(gabarit="users/compte_efface", destinataire=address)
    good = CourrielFactory(gabarit="users/compte_efface")
    tasks.send_due_mails()
    assert read(bad).statut == "refuse"
    assert read(good).statut == "envoye"


def test_a_mail_that_breaks_its_worker_lets_the_others_pass(db, server):
    broken = CourrielFactory(gabarit="users/inconnu")
    good = CourrielFactory(gabarit="users/compte_efface")
    with pytest.raises(Exception, match="inconnu"):
        tasks.send_due_mails()
    tasks.send_due_mails()
    assert read(broken).statut == "en_attente"
    assert read(good).statut == "envoye"
    for _ in range(mail.MAX_TRIES):
        is_due(broken)
        with contextlib.suppress(Exception):
            tasks.send_due_mails()
    assert read(broken).statut == "refuse"


def test_no_header_can_be_added(db, server):
    CourrielFactory(
        gabarit="users/invitation", contexte={"mairie": "Yaoundé\r\nBcc: tous@exemple.cm"}
    )
    tasks.send_due_mails()
    (message,) = server.messages
    assert message["Bcc"] is None


def test_what_people_wrote_is_text(db, server):
    CourrielFactory(gabarit="users/invitation", contexte={"mairie": "<script>alert(1)</script>"})
    tasks.send_due_mails()
    (message,) = server.messages
    assert "<script>" not in message.get_body(("html",)).get_content()
    assert "<script>alert(1)</script>" in text_of(message)


def test_no_code_is_kept_in_the_queue_or_the_logs(chantal, server, caplog):
    with caplog.at_level(logging.INFO):
        post("password/forgot", {"email": chantal.email})
        mail.deliver(mail.due()[0])
        code = TokenVerification.objects.get().code_otp
        kept = str(list(Courriel.objects.values())) + str([row.task for row in OrmQ.objects.all()])
        body = {"email": chantal.email, "code_otp": code, "password": "court"}
        post("password/reset", body)
    assert code in text_of(server.messages[0])
    assert code not in kept
    # But for those of the mail server, which is the test's.
    said = " ".join(r.getMessage() for r in caplog.records if r.name != "mail.log")
    assert said
    assert code not in said
    assert chantal.email not in said


def test_the_task_carries_the_number_of_the_mail_alone(chantal):
    post("password/forgot", {"email": chantal.email})
    task = OrmQ.objects.get().task
    assert task["func"] == "ecms.tasks.send_mail"
    assert task["args"] == (Courriel.objects.get().pk,)


def test_a_mail_vanishes_with_its_transaction(chantal, django_assert_num_queries):
    with django_assert_num_queries(2):
        mail.queue_mail("users/compte_efface", to="a@exemple.cm")


def test_mails_that_are_long_gone_are_purged(db):
    old, kept = CourrielFactory(statut="envoye"), CourrielFactory(statut="envoye")
    waiting = CourrielFactory()
    Courriel.objects.exclude(pk=kept.pk).update(
        date_modification=timezone.now() - timedelta(days=31)
    )
    tasks.purge()
    assert set(Courriel.objects.values_list("pk", flat=True)) == {kept.pk, waiting.pk}
    assert old.pk not in {kept.pk, waiting.pk}


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_one_mail(server):
    courriel = verification()
    sent = together(*[lambda: mail.deliver(courriel.pk)] * 4)
    assert sorted(sent) == [False, False, False, True]
    assert len(server.messages) == 1


@pytest.mark.django_db(transaction=True)
def test_a_silent_server_holds_no_lock(silent):
    """While the worker waits, the account can be used: nothing of it is locked."""
    courriel = verification()
    account = TokenVerification.objects.model.utilisateur.field.related_model.objects.get()
    waited = together(
        lambda: mail.deliver(courriel.pk), lambda: _locks_within(account, milliseconds=700)
    )
    assert waited == [False, True]


def _locks_within(account, milliseconds) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = {milliseconds}")
        cursor.execute("SELECT pg_sleep(0.3)")
        cursor.execute("UPDATE users_utilisateur SET langue = 'en' WHERE id = %s", [account.pk])
        cursor.execute("UPDATE ecms_courriel SET langue = 'en'")
    return True
