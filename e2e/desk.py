"""A person at the admin, in a browser: what they do, and what every page of theirs must hold to."""

from dataclasses import dataclass, field

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from playwright.sync_api import Locator, Page, Response, expect

# What a page may not have, of what axe-core finds.
SERIOUS = {"serious", "critical"}
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}


@dataclass
class Desk:
    """`page` of somebody at `root`; `check()` after each step of a story."""

    page: Page
    root: str
    language: str
    phone: bool
    said: list[str] = field(default_factory=list)

    def __post_init__(self):
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.said.append(f"error: {error}"))

    def _heard(self, message) -> None:
        if message.type == "error":
            where = message.location.get("url", "")
            self.said.append(f"console: {message.text} ({where})")

    def open(self, path: str) -> Response:
        """Go to `path` of the admin."""
        response = self.page.goto(f"{self.root}/{settings.ADMIN_URL}{path}")
        self.page.wait_for_load_state("networkidle")
        return response

    def menu(self, entry: str) -> None:
        """Follow `entry` of the sidebar, which a telephone opens first."""
        self._open_menu()
        side = self.page.locator("#nav-sidebar-apps")
        named = self.page.get_by_text(entry, exact=True)
        self.follow(side.get_by_role("link").filter(has=named))

    def press(self, button: str) -> None:
        """A button or a link that looks like one, by its words; then the page that follows."""
        said = self.page.get_by_role("button", name=button, exact=True)
        self.follow(said.or_(self.page.get_by_role("link", name=button, exact=True)).first)

    def follow(self, target: Locator) -> None:
        """Click on what leads to another page, and be there."""
        with self.page.expect_navigation():
            target.click()

    def sign_out(self) -> None:
        """By the menu that is under one's name in the sidebar, which a telephone opens first."""
        self._open_menu()
        sidebar = self.page.locator("#nav-sidebar-inner")
        sidebar.get_by_role("button", expanded=False).click()
        self.press(self.words("Déconnexion", "Log out"))

    def steps(self) -> list[str]:
        """What may be done now to the row of the page."""
        group = self.page.get_by_role(
            "group", name=self.words("Étapes possibles", "Possible steps")
        )
        return [each.strip() for each in group.locator("a, button").all_inner_texts()]

    def timeline(self) -> list[str]:
        """What happened to the row of the page, the last first."""
        return self.page.locator("#histoire li strong").all_inner_texts()

    def words(self, french: str, english: str) -> str:
        return french if self.language == "fr" else english

    def check(self) -> None:
        """Nothing on the console, nothing serious for who cannot see or point, and no page that is
        wider than its screen."""
        assert not self.said, self.said
        wide, screen = self.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert wide <= screen, f"{self.page.url}: {wide} > {screen}"
        found = Axe().run(self.page, options=RULES).response["violations"]
        grave = [_told(each) for each in found if each["impact"] in SERIOUS]
        assert not grave, "\n".join([self.page.url, *grave])

    def expect_said(self, text: str) -> None:
        """A message of the admin after a step."""
        expect(self.page.get_by_text(text).first).to_be_visible()

    def _open_menu(self) -> None:
        if self.phone:
            self.page.get_by_role("button", name="Menu", exact=True).click()

    def sign_in_as(self, account) -> None:
        """Past the door (which has a story of its own): a cookie as the sign-in leaves it."""
        session = SessionStore()
        session[SESSION_KEY] = str(account.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = account.get_session_auth_hash()
        session.save()
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session.session_key}
        self.page.context.add_cookies([{**cookie, "url": self.root}])


def _told(violation: dict) -> str:
    nodes = [f"    {node['html'][:200]} {node['target']}" for node in violation["nodes"][:5]]
    return "\n".join([f"{violation['impact']} {violation['id']}: {violation['help']}", *nodes])
