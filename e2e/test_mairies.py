"""A mairie asks for a space of its own, and gets it."""

from playwright.sync_api import expect

from e2e import people
from mairies.models import DemandeCreationSite
from mairies.tests.factories import DemandeCreationSiteFactory
from mairies.workflow import StatutDemande, StatutMairie
from users.models import Utilisateur
from users.tests.second_factor import enrol


def waiting(desk) -> int:
    """How many requests the home counts."""
    label = desk.words("Demandes d'ouverture à traiter", "Opening requests to handle")
    task = desk.page.locator(".home-task").filter(has_text=label)
    return int(task.locator("strong").inner_text()) if task.count() else 0


def test_a_request_is_approved(site, sit_down):
    nadege = people.administrator()
    enrol(nadege)
    asked = people.town_hall(inactive=True)
    address = f"{asked.slug}@example.cm"
    DemandeCreationSiteFactory(mairie=asked, email=address)
    desk = sit_down(nadege)
    words, page = desk.words, desk.page
    desk.open("")
    desk.check()
    before = waiting(desk)
    assert before == DemandeCreationSite.objects.filter(statut=StatutDemande.EN_ATTENTE).count()
    label = words("Demandes d'ouverture à traiter", "Opening requests to handle")
    desk.follow(page.locator(".home-task").filter(has_text=label))
    desk.check()
    desk.follow(page.get_by_role("link", name=asked.nom))
    desk.check()
    paper = page.get_by_role("link", name=words("Télécharger", "Download")).get_attribute("href")
    assert page.request.get(f"{desk.root}{paper}").body().startswith(b"%PDF")
    desk.press(words("Valider et ouvrir l'espace", "Approve and open the space"))
    desk.expect_said(words("1 demande validée.", "1 request approved."))
    expect(page.get_by_text(words("Validée", "Approved")).first).to_be_visible()
    desk.check()

    asked.refresh_from_db()
    assert asked.statut == StatutMairie.ACTIVE
    (message,) = site.messages_to(address)
    assert "/mot-de-passe/" in message.get_body(("plain",)).get_content()
    first = Utilisateur.objects.with_profile().get(email=address)
    assert (first.mairie_agent, first.is_staff) == (asked, True)
    desk.open("")
    assert waiting(desk) == before - 1
    desk.check()
