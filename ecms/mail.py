"""Outgoing mail: a row in the transaction that it tells of, sent by the task queue.

A mail named `users/code` is written by the template `users/mails/code.txt` (first line: the
subject), whose paragraphs also make the HTML part. What is secret or may have changed is looked
up when it is sent, by the function that `@prepares("users/code")` registers.
"""

import re
import smtplib
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django_q.tasks import async_task

from ecms.backups import aftermath
from ecms.models import Compteur, Courriel
from ecms.observing import counters

MAX_TRIES = 12
LONGEST_DELAY = timedelta(hours=2)
# Beyond the time that a worker gives to one task (`Q_CLUSTER`): the try is lost, not under way. And
# less than what passes until a lost task is taken again, which then finds its mail due.
LONGEST_TRY = timedelta(seconds=75)
TASK = "ecms.tasks.send_mail"
OUTCOMES = {
    Courriel.Statut.ENVOYE: "sent",
    Courriel.Statut.EN_ATTENTE: "deferred",
    Courriel.Statut.REFUSE: "refused",
}
BLANK = re.compile(r"\n{3,}")

Preparation = Callable[[Courriel], dict | None]
_preparations: dict[str, Preparation] = {}


def prepares(name: str):
    """Register what completes the mail `name` when it is sent.

    The function gets the locked `Courriel`, may change it, and returns what the template needs
    besides `contexte`; None when the mail has no reason any more and is dropped. It may run again
    after a failed delivery. Under `attachments` it returns files: (name, content, type) each;
    under `reply_to`, where an answer goes; under `html`, an HTML part of its own.
    """

    def register(function: Preparation) -> Preparation:
        _preparations[name] = function
        return function

    return register


def queue_mail(name: str, *, to: str, language: str = "fr", **context) -> Courriel:
    """Queue the mail `name`; it leaves once the surrounding transaction is committed.

    `context` is kept in clear until then: ids and plain words, never a code.
    """
    courriel = Courriel.objects.create(
        gabarit=name, destinataire=to, langue=language, contexte=context
    )
    async_task(TASK, courriel.pk)
    return courriel


def deliver(pk: int) -> bool:
    """Send the mail if it is still due; True when it went.

    The try is claimed, and what is prepared for it (a new code) is committed, before the wire is
    touched: two workers send one mail, a silent mail server holds no lock, and a mail that breaks
    its worker lets the others pass.
    """
    if (courriel := _claim(pk)) is None or (context := _prepare(courriel)) is None:
        return False
    message = _message(courriel, context)
    try:
        message.send()
    except smtplib.SMTPException as error:
        _failed(courriel, error, for_good=_is_permanent(error))
    except OSError as error:
        _failed(courriel, error, for_good=False)
    except ValueError as error:
        # An address, or a name, that cannot be written into a mail.
        _failed(courriel, error, for_good=True)
    else:
        _sent(courriel)
    _count(courriel)
    return courriel.statut == Courriel.Statut.ENVOYE


def due() -> list[int]:
    """The mails that wait for a try, oldest first."""
    waiting = Courriel.objects.filter(
        statut=Courriel.Statut.EN_ATTENTE, prochain_essai__lte=timezone.now()
    )
    return list(waiting.order_by("prochain_essai").values_list("pk", flat=True)[:500])


def drop_waiting() -> int:
    """Nothing that waited in a backup leaves after a restoration: nearly all of it went within a
    minute of the backup, and what did not is old news by now. The rows stay, refused and empty, so
    that the operator sees how many there were."""
    waiting = Courriel.objects.filter(statut=Courriel.Statut.EN_ATTENTE)
    return waiting.update(
        statut=Courriel.Statut.REFUSE, destinataire="", contexte={}, derniere_erreur="restauration"
    )


aftermath.declare("courriels abandonnés", drop_waiting)


@transaction.atomic
def _claim(pk: int) -> Courriel | None:
    """The mail for one more try; None if it is gone, not due yet, or in another worker's hands."""
    now = timezone.now()
    waiting = Courriel.objects.filter(
        pk=pk, statut=Courriel.Statut.EN_ATTENTE, prochain_essai__lte=now
    )
    courriel = waiting.select_for_update(skip_locked=True).first()
    if courriel is None:
        return None
    courriel.tentatives += 1
    courriel.prochain_essai = now + max(_delay(courriel.tentatives), LONGEST_TRY)
    if courriel.tentatives > MAX_TRIES:
        _refuse(courriel)
        _count(courriel)
    courriel.save()
    return courriel if courriel.statut == Courriel.Statut.EN_ATTENTE else None


@transaction.atomic
def _prepare(courriel: Courriel) -> dict | None:
    prepare = _preparations.get(courriel.gabarit)
    found = prepare(courriel) if prepare else {}
    if found is None:
        courriel.delete()
        return None
    courriel.save()
    return {**courriel.contexte, **found}


def _message(courriel: Courriel, context: dict) -> EmailMultiAlternatives:
    app, name = courriel.gabarit.split("/")
    with translation.override(courriel.langue):
        context = {**context, "site": settings.FRONTEND_URL}
        text = render_to_string(f"{app}/mails/{name}.txt", context).strip()
        # What a template has nothing to say in leaves its blank lines behind.
        text = BLANK.sub("\n\n", text)
        subject, _newline, body = text.partition("\n")
        # The HTML part has its own places for the code and the link.
        alone = {context.get("code"), context.get("lien")}
        paragraphs = [p for p in body.strip().split("\n\n") if p.strip() not in alone]
        html = context.get("html") or render_to_string(
            "ecms/mails/base.html",
            {**context, "subject": subject, "body": "\n\n".join(paragraphs)},
        )
    subject = " ".join(subject.split())
    message = EmailMultiAlternatives(subject, body.strip() + "\n", to=[courriel.destinataire])
    message.reply_to = [context["reply_to"]] if context.get("reply_to") else []
    message.attach_alternative(html, "text/html")
    for name, content, type_mime in context.get("attachments", []):
        # A line end in a name would be a header of its own, and is refused as such.
        message.attach(" ".join(name.split()), content, type_mime)
    message.extra_headers["Auto-Submitted"] = "auto-generated"
    return message


def _is_permanent(error: smtplib.SMTPException) -> bool:
    """Whether the server refused this recipient or this message for good (RFC 5321, 4.2.1).

    A refused sender or sign-in is a fault of the configuration: the mail waits for its repair.
    """
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(500 <= code < 600 for code, _text in error.recipients.values())
    return isinstance(error, smtplib.SMTPDataError) and 500 <= error.smtp_code < 600


def _failed(courriel: Courriel, error: Exception, *, for_good: bool) -> None:
    # The class alone: a server's sentence often repeats the address.
    courriel.derniere_erreur = type(error).__name__
    courriel.prochain_essai = timezone.now() + _delay(courriel.tentatives)
    if for_good or courriel.tentatives >= MAX_TRIES:
        _refuse(courriel)
    courriel.save()


def _count(courriel: Courriel) -> None:
    counters.add(Compteur.COURRIEL, courriel.gabarit, OUTCOMES[courriel.statut])


def _delay(tries: int) -> timedelta:
    return min(timedelta(minutes=2 ** (tries - 1)), LONGEST_DELAY)


def _sent(courriel: Courriel) -> None:
    courriel.statut = Courriel.Statut.ENVOYE
    courriel.date_envoi = timezone.now()
    _empty(courriel)
    courriel.save()


def _refuse(courriel: Courriel) -> None:
    courriel.statut = Courriel.Statut.REFUSE
    _empty(courriel)


def _empty(courriel: Courriel) -> None:
    courriel.destinataire = ""
    courriel.contexte = {}
