"""Files that a mail brings along, and where an answer to it goes."""

from email import policy
from email.parser import BytesParser

import pytest
from django.core import mail as outbox
from django.utils import timezone

from ecms import mail
from ecms.models import Courriel
from ecms.tests.factories import CourrielFactory
from ecms.tests.files import small_pdf

NAME = "users/compte_efface"
LOCMEM, SMTP = (f"django.core.mail.backends.{name}.EmailBackend" for name in ("locmem", "smtp"))


@pytest.fixture
def prepared(db, monkeypatch):
    """`prepared(**found)`: a mail for whose sending that is looked up."""

    def prepare(**found):
        monkeypatch.setitem(mail._preparations, NAME, lambda courriel: found)
        return CourrielFactory(gabarit=NAME)

    return prepare


def sent(courriel):
    """The mail as its reader gets it."""
    assert mail.deliver(courriel.pk)
    content = outbox.outbox[-1].message().as_bytes()
    return BytesParser(policy=policy.default).parsebytes(content)


def test_it_works(prepared):
    pdf, calendar = small_pdf(), b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
    message = sent(
        prepared(
            attachments=[
                ("récépissé.pdf", pdf, "application/pdf"),
                ("rendez-vous.ics", calendar, "text/calendar"),
            ]
        )
    )
    first, second = message.iter_attachments()
    assert (first.get_filename(), first.get_content_type()) == ("récépissé.pdf", "application/pdf")
    assert first.get_payload(decode=True) == pdf
    assert second.get_filename() == "rendez-vous.ics"
    assert second.get_content_type() == "text/calendar"
    assert second.get_payload(decode=True).splitlines() == calendar.splitlines()
    assert message.get_body(("plain",)).get_content()
    assert message.get_body(("html",)).get_content()


def test_a_mail_without_files_has_none(prepared):
    assert list(sent(prepared()).iter_attachments()) == []


def test_a_retried_mail_has_its_files_again(prepared, settings):
    courriel = prepared(attachments=[("a.pdf", small_pdf(), "application/pdf")])
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = SMTP, "127.0.0.1", 1
    assert not mail.deliver(courriel.pk)
    settings.EMAIL_BACKEND = LOCMEM
    Courriel.objects.update(prochain_essai=timezone.now())
    assert len(list(sent(courriel).iter_attachments())) == 1


def test_the_name_of_a_file_adds_no_header(prepared):
    name = 'a"; x=y\r\nBcc: tous@exemple.cm\r\n.pdf'
    message = sent(prepared(attachments=[(name, small_pdf(), "application/pdf")]))
    (attached,) = message.iter_attachments()
    assert "Bcc" not in message
    assert "Bcc" not in attached


def test_an_answer_goes_to_whom_the_mail_says(prepared):
    assert sent(prepared(reply_to="etat-civil@yaounde.cm"))["Reply-To"] == "etat-civil@yaounde.cm"
    assert sent(prepared())["Reply-To"] is None


def test_a_reply_address_adds_no_header(prepared):
    courriel = prepared(reply_to="a@exemple.cm\r\nBcc: tous@exemple.cm")
    assert not mail.deliver(courriel.pk)
    assert outbox.outbox == []
    assert Courriel.objects.get(pk=courriel.pk).statut == "refuse"
