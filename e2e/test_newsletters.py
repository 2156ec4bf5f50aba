"""A letter: written, tried on oneself, looked at, scheduled."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from e2e import people
from evenements.models import Newsletter
from evenements.tests.factories import AbonneNewsletterFactory

TITLE = "La lettre de mai"


@pytest.fixture
def mairie(site):
    return people.town_hall()


@pytest.fixture
def awa(mairie):
    return people.agent(mairie)


def test_a_letter_to_oneself_then_to_everybody(site, sit_down, awa, mairie):
    AbonneNewsletterFactory(
        mairie=mairie, email=f"{awa.username}@abonne.cm", jeton=people.anew("jeton")
    )
    desk = sit_down(awa)
    words, page = desk.words, desk.page
    desk.open("")
    desk.menu("Newsletters")
    desk.check()
    desk.follow(page.get_by_role("link", name=words("Ajouter", "Add")).first)
    page.get_by_label(words("Titre", "Title")).first.fill(TITLE)
    page.get_by_role("textbox", name=words("Contenu", "Content")).click()
    page.keyboard.type("Le stade ouvre samedi.")
    desk.check()
    desk.press(words("Enregistrer et continuer les modifications", "Save and continue editing"))
    desk.check()
    letter = page.frame_locator("iframe.evenements-apercu")
    page.locator("iframe.evenements-apercu").scroll_into_view_if_needed()
    expect(letter.get_by_text("Le stade ouvre samedi.")).to_be_visible()

    desk.press(words("M'envoyer un essai", "Send me a test"))
    on_its_way = "1 essai en route vers votre adresse.", "1 test on its way to your address."
    desk.expect_said(words(*on_its_way))
    (message,) = site.messages_to(awa.email)
    assert TITLE in message["Subject"]
    assert "Le stade ouvre samedi." in text_of(message)
    assert Newsletter.objects.get(mairie=mairie).statut == "brouillon"
    schedule(desk, mairie)


def schedule(desk, mairie) -> None:
    words, page = desk.words, desk.page
    day = timezone.localdate() + timedelta(days=2)
    desk.press(words("Programmer l'envoi", "Schedule the sending"))
    desk.check()
    page.locator("[name=date_envoi_0]").fill(day.strftime(words("%d/%m/%Y", "%Y-%m-%d")))
    page.locator("[name=date_envoi_1]").fill("08:30")
    desk.press(words("Programmer l'envoi", "Schedule the sending"))
    desk.expect_said(words("1 newsletter programmée.", "1 newsletter scheduled."))
    back = words("Annuler la programmation", "Cancel the scheduling")
    expect(page.get_by_role("button", name=back)).to_be_visible()
    desk.check()
    letter = Newsletter.objects.get(mairie=mairie)
    moment = timezone.localtime(letter.date_envoi)
    assert (letter.statut, moment.date(), f"{moment:%H:%M}") == ("planifiee", day, "08:30")


def text_of(message) -> str:
    return message.get_body(("plain",)).get_content()
