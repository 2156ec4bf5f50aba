"""A report, from the list of the new ones to the mail that says it is done."""

from playwright.sync_api import expect

from demarches.tests.factories import SignalementFactory
from e2e import people


def test_report_is_resolved_and_whoever_reported_is_told(sit_down, site):
    mairie, number = people.town_hall(), people.anew("S").upper()
    address = f"{people.anew('chantal')}@exemple.cm"
    report = SignalementFactory(
        mairie=mairie,
        signaleur=None,
        email=address,
        titre="Lampadaire éteint",
        numero_suivi=number,
        code_suivi=number,
        latitude=3.866,
        longitude=11.516,
    )
    desk = sit_down(people.agent(mairie))
    words, page = desk.words, desk.page
    resolve = words("Marquer comme résolu", "Mark as resolved")
    desk.open("")
    desk.menu(words("Signalements", "Reports"))
    desk.follow(page.get_by_role("link", name=words("Nouveaux", "New"), exact=True))
    desk.check()
    desk.follow(page.get_by_role("link", name=number).first)
    desk.check()
    assert resolve in desk.steps()
    assert words("Rouvrir", "Reopen") not in desk.steps()

    desk.press(resolve)
    desk.check()
    page.get_by_label("Message").fill("L'ampoule est changée.")
    desk.press(resolve)
    desk.expect_said(words("1 signalement résolu.", "1 report resolved."))
    expect(page.get_by_text(words("Résolu", "Resolved"), exact=True).first).to_be_visible()
    assert resolve not in desk.steps()
    assert words("Rouvrir", "Reopen") in desk.steps()
    assert desk.timeline()[0].endswith(words("→ Résolu", "→ Resolved"))
    desk.check()
    (mail,) = site.messages_to(address)
    assert mail["Subject"] == "Résolu : Lampadaire éteint"
    assert "L'ampoule est changée." in mail.get_body(("plain",)).get_content()
    report.refresh_from_db()
    assert report.statut == "resolu"
