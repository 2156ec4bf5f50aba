"""An appointment, from the free place in the agenda to the mail with another hour."""

from datetime import date, timedelta

from django.utils import timezone
from playwright.sync_api import expect

from demarches.models import RendezVous
from demarches.tests.rendez_vous import a, service_ouvert
from e2e import people


def next_monday() -> date:
    today = timezone.localdate()
    return today + timedelta(weeks=1, days=-today.weekday())


def subject(mail) -> str:
    """In one line, as it is read."""
    return " ".join(mail["Subject"].split())


def to_monday(desk) -> None:
    """The week after this one; a telephone shows one of its days."""
    desk.press(desk.words("Semaine suivante", "Next week"))
    if desk.phone:
        days = desk.page.get_by_role(
            "navigation", name=desk.words("Jours de la semaine", "Days of the week")
        )
        desk.follow(days.get_by_role("link").first)


def test_appointment_is_booked_from_the_agenda_and_moved(sit_down, site):
    mairie = people.town_hall()
    service = service_ouvert(mairie, nom="État civil")
    desk, monday = sit_down(people.agent(mairie)), next_monday()
    words, page = desk.words, desk.page
    address = f"{people.anew('fatima')}@exemple.cm"
    desk.open("")
    desk.menu(words("Agenda des rendez-vous", "Appointment calendar"))
    desk.check()
    to_monday(desk)
    desk.check()
    free = page.get_by_role("link", name=words("08:00 Réserver", "08:00 Book"))
    desk.follow(free.locator("visible=true").first)
    desk.check()
    expect(page.get_by_label("08:00 – 08:30")).to_be_checked()
    page.get_by_label(words("Nom", "Name"), exact=False).first.fill("Fatima Bello")
    page.get_by_label(words("Adresse électronique", "Email address")).fill(address)
    desk.press(words("Réserver", "Book"))
    desk.expect_said(words("Rendez-vous réservé :", "Appointment booked:"))
    desk.check()
    (mail,) = site.messages_to(address)
    assert subject(mail) == f"Rendez-vous confirmé le {monday:%d/%m/%Y} à 08:00 : État civil"

    move(desk, monday)
    (*_first, mail) = site.messages_to(address, at_least=2)
    assert subject(mail) == f"Rendez-vous déplacé au {monday:%d/%m/%Y} à 09:00 : État civil"
    assert RendezVous.objects.get(service=service).debut == a("09:00", monday)

    desk.menu(words("Agenda des rendez-vous", "Appointment calendar"))
    to_monday(desk)
    expect(page.get_by_role("link", name="09:00 – 09:30 Fatima Bello")).to_be_visible()
    expect(free.locator("visible=true").first).to_be_visible()
    desk.check()


def move(desk, monday: date) -> None:
    """To nine o'clock of the same day."""
    words, page = desk.words, desk.page
    desk.press(words("Déplacer", "Move"))
    desk.check()
    page.get_by_label(words("Nouveau créneau", "New slot")).select_option(
        value=a("09:00", monday).isoformat()
    )
    desk.press(words("Déplacer", "Move"))
    desk.expect_said(words("1 rendez-vous déplacé.", "1 appointment moved."))
    desk.check()
