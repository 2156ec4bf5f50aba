"""The mails about appointments, read as a person and as somebody else's agenda read them."""

from datetime import timedelta
from email import policy
from email.parser import BytesParser

import ics
import pytest
from django.core import mail as django_mail
from django.utils import timezone

from demarches.models import RendezVous
from demarches.tests.factories import RendezVousFactory
from demarches.tests.rendez_vous import URL, a, demande, lundi, service_ouvert
from ecms.models import Courriel
from users.tests.factories import UtilisateurFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def service(yaounde):
    yaounde.adresse = "Place de l'Hôtel de ville"
    yaounde.save()
    return service_ouvert(yaounde, nom="État civil", localisation="Guichet 2")


def book(api, service, **champs) -> RendezVous:
    answer = api().post(URL, demande(service, **champs), format="json")
    assert answer.status_code == 201, answer.json()
    return RendezVous.objects.get(pk=answer.json()["id"])


def act(client, row, name, **body):
    answer = client.post(f"{URL}/{row.pk}/{name}", body, format="json")
    assert answer.status_code == 200, answer.json()


def agenda_of(mail) -> tuple[str, ics.Event, str]:
    """The file's method, its one entry, and the file, out of the mail as it is on the wire."""
    message = BytesParser(policy=policy.default).parsebytes(mail.message().as_bytes())
    (part,) = message.iter_attachments()
    assert part.get_content_type() == "text/calendar"
    assert part.get_filename() == "rendez-vous.ics"
    text = part.get_content()
    calendar = ics.Calendar(text)
    (event,) = calendar.events
    assert part["Content-Type"].params["method"] == calendar.method
    return calendar.method, event, text


def sequence_of(text: str) -> int:
    (line,) = [line for line in text.splitlines() if line.startswith("SEQUENCE:")]
    return int(line.removeprefix("SEQUENCE:"))


def test_the_confirmation_has_the_place_the_link_and_the_agenda(api, service, mailbox):
    row = book(api, service, motif="Copie d'acte")
    (mail,) = mailbox()
    assert mail.to == ["fatima@exemple.cm"]
    assert mail.subject == f"Rendez-vous confirmé le {lundi():%d/%m/%Y} à 08:00 : État civil"
    assert f"https://ecms.test/rendez-vous/{row.pk}#{row.code}" in mail.body
    assert "Place de l'Hôtel de ville, Guichet 2" in mail.body
    assert "Motif : Copie d'acte" in mail.body
    assert "\n\n\n" not in mail.body
    method, event, text = agenda_of(mail)
    assert (method, event.uid) == ("PUBLISH", f"rendez-vous-{row.pk}@api.ecms.test")
    assert (event.begin.datetime, event.end.datetime) == (a("08:00"), a("08:30"))
    assert event.location == "Yaoundé, Place de l'Hôtel de ville, Guichet 2"
    assert (event.name, sequence_of(text)) == ("Rendez-vous : État civil, Yaoundé", 0)
    # The agenda may be shared: the secret is in the mail alone.
    assert row.code not in text


def test_the_queue_never_holds_the_code(api, service):
    row = book(api, service)
    (courriel,) = Courriel.objects.all()
    assert row.code not in str(courriel.contexte)


def test_in_english_for_whoever_reads_english(api, service, mailbox):
    book(api, service, langue="en")
    book(api, service, debut=a("09:00").isoformat())
    assert {mail.to[0] for mail in mailbox()} == {"fatima@exemple.cm"}
    assert set(RendezVous.objects.values_list("langue", flat=True)) == {"en", "fr"}


def test_the_language_of_the_request_is_taken(api, service):
    api().post(URL, demande(service), headers={"Accept-Language": "en"})
    assert RendezVous.objects.get().langue == "en"


def test_a_move_replaces_the_entry(api, service, mailbox):
    row = book(api, service)
    mailbox()
    act(api(), row, "deplacer", code=row.code, debut=a("09:00").isoformat())
    mail = mailbox()[-1]
    assert "déplacé" in mail.subject
    assert "08:00" in mail.body
    method, event, text = agenda_of(mail)
    assert (method, event.uid) == ("PUBLISH", f"rendez-vous-{row.pk}@api.ecms.test")
    assert (event.begin.datetime, sequence_of(text)) == (a("09:00"), 1)


def test_a_cancellation_takes_the_entry_out(api, service, mailbox):
    row = book(api, service)
    mailbox()
    act(api(), row, "annuler", code=row.code)
    mail = mailbox()[-1]
    assert "la mairie a dû" not in mail.body
    assert row.code not in mail.body
    method, event, text = agenda_of(mail)
    assert (method, event.status, sequence_of(text)) == ("CANCEL", "CANCELLED", 1)
    assert event.uid == f"rendez-vous-{row.pk}@api.ecms.test"


def test_the_mairie_cancels_with_its_reason(api, service, awa, mailbox):
    row = book(api, service)
    mailbox()
    act(api(awa), row, "annuler", message="L'officier est en formation.\nDésolés.")
    mail = mailbox()[-1]
    assert "la mairie a dû annuler" in mail.body
    assert "L'officier est en formation." in mail.body


def test_nobody_writes_to_a_stranger_through_the_mairie(api, service, mailbox):
    """The address is whatever the visitor gave: they may word no mail to it."""
    row = book(api, service, nom="Awa\n\nVotre compte est suspendu", motif="Acte\r\n\r\nPayez")
    act(api(), row, "annuler", code=row.code, message="Payez sur http://exemple.test")
    for mail in mailbox():
        assert "http://exemple.test" not in mail.body + mail.alternatives[0][0]
        assert not {"Votre compte est suspendu", "Payez"} & set(mail.body.splitlines())
    assert row.suivis.latest("pk").message == "Payez sur http://exemple.test"


def test_what_was_superseded_before_it_left_is_not_sent(api, service, mailbox):
    row = book(api, service)
    act(api(), row, "deplacer", code=row.code, debut=a("09:00").isoformat())
    (moved,) = mailbox()
    assert "déplacé" in moved.subject
    act(api(), row, "deplacer", code=row.code, debut=a("09:30").isoformat())
    act(api(), row, "annuler", code=row.code)
    assert [mail.subject.split()[1] for mail in mailbox()] == ["déplacé", "annulé"]


def test_an_account_is_written_to_at_its_verified_address(api, service, chantal, mailbox):
    body = demande(service)
    del body["email"]
    api(chantal).post(URL, body)
    assert [mail.to for mail in mailbox()] == [["chantal@exemple.cm"]]


def test_who_wants_no_mail_gets_none(api, service, mailbox):
    quiet = UtilisateurFactory(notifications_email=False)
    assert api(quiet).post(URL, demande(service)).status_code == 201
    assert api().post(URL, demande(service, "09:00", email="", telephone="677000001")).json()["id"]
    assert mailbox() == []


def test_a_refused_booking_mails_nothing(api, service):
    book(api, service)
    Courriel.objects.all().delete()
    assert api().post(URL, demande(service)).status_code == 409
    assert not Courriel.objects.exists()
    assert django_mail.outbox == []


def test_the_agenda_as_a_file(api, service, chantal, awa, brice):
    row = RendezVousFactory(
        service=service,
        mairie=service.mairie,
        citoyen=chantal,
        langue="en",
        debut=a("08:00"),
        fin=a("08:00") + timedelta(minutes=30),
    )
    for account in (chantal, awa):
        answer = api(account).get(f"{URL}/{row.pk}/agenda")
        assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
        assert "no-store" in answer.headers["Cache-Control"]
        (event,) = ics.Calendar(answer.content.decode()).events
        assert event.begin.datetime == a("08:00")
    assert api(brice).get(f"{URL}/{row.pk}/agenda").status_code == 404
    assert api().get(f"{URL}/{row.pk}/agenda").status_code == 401


def test_a_text_of_a_person_cannot_write_the_agenda(api, service, mailbox):
    book(api, service, motif="x\r\nATTENDEE:mailto:a@b.cm\nEND:VEVENT")
    _method, event, text = agenda_of(mailbox()[0])
    assert "\nATTENDEE" not in text
    assert "ATTENDEE" in event.description
    assert timezone.is_aware(event.begin.datetime)
