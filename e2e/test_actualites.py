"""News, from the first word to the site of the mairie."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from documents.models import Actualite
from e2e import people
from ecms.tests.files import photo

IMAGE = {"name": "marche.jpg", "mimeType": "image/jpeg", "buffer": photo()}


@pytest.fixture
def mairie(site):
    return people.town_hall()


@pytest.fixture
def desk(sit_down, mairie):
    return sit_down(people.agent(mairie))


def published(desk, mairie) -> list[str]:
    """The titles that a visitor is given."""
    answer = desk.page.request.get(f"{desk.root}/api/v1/actualites?mairie={mairie.slug}")
    return [each["titre"] for each in answer.json()["results"]]


def write(desk, title: str) -> None:
    """A text with a heading, a bold word and a link, as somebody types it."""
    page, words = desk.page, desk.words
    page.get_by_label(words("Titre", "Title")).first.fill(title)
    text = page.locator("#id_contenu").locator("xpath=preceding-sibling::*[@role='textbox']")
    bar = page.locator("[data-ecms-editor]:has(#id_contenu)").get_by_role("toolbar")
    text.click()
    bar.get_by_role("button", name=words("Titre de partie", "Heading"), exact=True).click()
    page.keyboard.type("Le marché rouvre")
    page.keyboard.press("Enter")
    bar.get_by_role("button", name=words("Gras", "Bold")).click()
    page.keyboard.type("Lundi")
    bar.get_by_role("button", name=words("Gras", "Bold")).click()
    page.keyboard.type(" à 6 heures. ")
    bar.get_by_role("button", name=words("Lien", "Link")).click()
    page.get_by_label(words("Adresse du lien", "Address of the link")).fill("marche.cm")
    page.get_by_role("button", name=words("Poser le lien", "Set the link")).click()


def test_news_with_an_image_is_scheduled_and_published(desk, mairie):
    words, page = desk.words, desk.page
    desk.open("")
    desk.menu(words("Actualités", "News items"))
    desk.check()
    desk.follow(page.get_by_role("link", name=words("Ajouter", "Add")).first)
    write(desk, "Le marché")
    page.locator("input[type=file]").set_input_files(IMAGE)
    chosen = words("Image choisie, pas encore enregistrée", "Chosen image, not saved yet")
    expect(page.get_by_alt_text(chosen)).to_be_visible()
    desk.check()
    desk.press(words("Enregistrer", "Save"))
    desk.check()
    news = Actualite.objects.get(mairie=mairie)
    # Chromium writes the spaces at the end of what is bold as it likes.
    assert news.contenu.replace("&nbsp;", " ") == (
        "<h2>Le marché rouvre</h2><p><strong>Lundi</strong> à 6 heures. "
        '<a href="https://marche.cm" rel="noopener noreferrer nofollow">marche.cm</a></p>'
    )
    expect(page.get_by_alt_text(words("Image actuelle", "Present image"))).to_be_visible()
    schedule(desk, news)
    assert published(desk, mairie) == []
    desk.press(words("Publier maintenant", "Publish now"))
    desk.expect_said(words("1 actualité publiée.", "1 news item published."))
    desk.check()
    assert published(desk, mairie) == ["Le marché"]


def schedule(desk, news) -> None:
    """For tomorrow at eight, in Douala."""
    words, page = desk.words, desk.page
    day = timezone.localdate() + timedelta(days=1)
    desk.press(words("Programmer", "Schedule"))
    desk.check()
    page.locator("[name=le_0]").fill(day.strftime(words("%d/%m/%Y", "%Y-%m-%d")))
    page.locator("[name=le_1]").fill("08:00")
    desk.press(words("Programmer", "Schedule"))
    desk.expect_said(words("1 actualité programmée.", "1 news item scheduled."))
    expect(page.get_by_text(words("Programmée", "Scheduled"), exact=True).first).to_be_visible()
    desk.check()
    news.refresh_from_db()
    moment = timezone.localtime(news.date_publication)
    assert (moment.date(), moment.hour, moment.utcoffset()) == (day, 8, timedelta(hours=1))
