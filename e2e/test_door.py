"""The door of the admin: a password, then what a telephone shows."""

from django.core.management import call_command
from playwright.sync_api import expect

from e2e import people
from users.tests.factories import PASSWORD
from users.tests.second_factor import code_of, wrong_code


def give_password(desk, username: str) -> None:
    page, words = desk.page, desk.words
    page.get_by_label(words("Nom d'utilisateur", "Username")).fill(username)
    page.get_by_label(words("Mot de passe", "Password")).fill(PASSWORD)
    desk.press(words("Connexion", "Log in"))


def give_code(desk, code: str) -> None:
    words = desk.words
    asked = words("Code à six chiffres, ou code de secours", "Six-digit code, or recovery code")
    desk.page.get_by_label(asked).fill(code)
    desk.press(words("Se connecter", "Sign in"))


def enrol(desk) -> tuple[str, list[str]]:
    """Type the secret of the page into an app, so to speak; that secret and the recovery codes."""
    page, words = desk.page, desk.words
    must = words("Votre compte doit être protégé par un", "Your account must be protected by a")
    expect(page.get_by_text(must)).to_be_visible()
    expect(page.get_by_role("button", name=words("Plus tard", "Later"))).to_have_count(0)
    page.get_by_text(
        words("Je ne peux pas photographier le code", "I cannot scan the code")
    ).click()
    secret = page.locator(".second-facteur-secret").inner_text().replace(" ", "")
    desk.check()
    shown = words("Code à six chiffres que l'application affiche", "Six-digit code that the app")
    page.get_by_label(shown).fill(code_of(secret))
    desk.press(words("Activer et entrer", "Turn on and sign in"))
    codes = page.locator("#codes-de-secours li").all_inner_texts()
    desk.check()
    desk.press(words("Je les ai notés, continuer", "I have noted them, continue"))
    return secret, codes


def is_home(desk) -> bool:
    path = desk.page.url.removeprefix(desk.root)
    return path == "/admin/" and desk.page.locator("#nav-sidebar-apps").count() == 1


def test_agent_enrols_and_comes_back(desk, site):
    agent, words = people.agent(people.town_hall()), desk.words
    desk.open("")
    desk.check()
    give_password(desk, agent.username)
    secret, codes = enrol(desk)
    assert len(set(codes)) == 10
    assert is_home(desk)
    desk.check()
    desk.sign_out()

    desk.open("")
    give_password(desk, agent.username)
    desk.check()
    give_code(desk, wrong_code(secret))
    desk.expect_said(words("Ce code n'est pas valable", "This code is not valid"))
    desk.check()
    # The present one has served to enrol.
    give_code(desk, code_of(secret, 1))
    assert is_home(desk)
    desk.sign_out()

    desk.open("")
    give_password(desk, agent.username)
    give_code(desk, codes[0])
    assert is_home(desk)
    assert len(site.messages_to(agent.email, at_least=2)) == 2


def test_new_national_administrator_must_enrol(desk, monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    username = people.anew("chef")
    address = f"{username}@exemple.cm"
    call_command("createsuperuser", "--noinput", username=username, email=address, verbosity=0)
    desk.open("")
    give_password(desk, username)
    # Nothing opens before that, whatever is asked for.
    desk.open("mairies/mairie/")
    assert "/login/" in desk.page.url
    give_password(desk, username)
    _secret, codes = enrol(desk)
    assert len(codes) == 10
    assert desk.page.url.endswith("/admin/mairies/mairie/")
    desk.open("")
    desk.check()
