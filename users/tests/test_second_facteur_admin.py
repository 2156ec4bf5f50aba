"""One's own second factor inside the admin, that of others, and the command."""

import pytest
from django.contrib.messages import get_messages
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from users.models import SecondFacteur, Session
from users.services import second_factor
from users.tests.factories import PASSWORD, SecondFacteurFactory, SessionFactory, UtilisateurFactory
from users.tests.flows import later
from users.tests.second_factor import CODES, code_of, enrol, secret_in, secret_of, wrong_code

PAGE = "/admin/second-facteur/"
ENROL = f"{PAGE}activer/"
LIST = "/admin/users/utilisateur/"


@pytest.fixture
def browser():
    def signed_in(user):
        client = Client()
        client.force_login(user)
        client.get("/admin/")
        return client

    return signed_in


def act(client, name, code):
    return client.post(PAGE, {"acte": name, "code": code})


def test_enrolling_inside(awa, browser, mailbox):
    client, elsewhere = browser(awa), SessionFactory(utilisateur=awa)
    assert "Activer" in client.get(PAGE).content.decode()
    secret = secret_in(client.get(ENROL))
    known = {"mot_de_passe": PASSWORD}
    assert client.post(ENROL, {"code": wrong_code(secret), **known}).context["form"].errors
    assert client.post(ENROL, {"code": code_of(secret), **known})["Location"] == CODES
    assert secret_of(awa) == secret
    assert len(client.get(CODES).context["codes"]) == 10
    assert client.post(CODES)["Location"] == PAGE
    elsewhere.refresh_from_db()
    assert elsewhere.revoked_at
    assert client.get(PAGE).status_code == 200
    assert mailbox()[-1].subject == "Votre second facteur est actif"


@pytest.mark.parametrize("given", ["", "pas-le-mien", "nul\0"])
def test_a_desk_left_open_enrols_nobody_elses_telephone(awa, browser, given):
    client = browser(awa)
    secret = secret_in(client.get(ENROL))
    answer = client.post(ENROL, {"code": code_of(secret), "mot_de_passe": given})
    assert answer.context["form"].errors["mot_de_passe"]
    assert not SecondFacteur.objects.exists()


def test_guesses_of_the_password_are_counted_there(awa, browser, settings):
    settings.RATES = {**settings.RATES, "connexion_compte": (1, 900)}
    client = browser(awa)
    code = code_of(secret_in(client.get(ENROL)))
    client.post(ENROL, {"code": code, "mot_de_passe": "pas-le-mien"})
    answer = client.post(ENROL, {"code": code, "mot_de_passe": PASSWORD})
    assert "Trop d&#x27;essais" in answer.content.decode()
    assert not SecondFacteur.objects.exists()


def test_renewing_takes_a_code(awa, browser):
    secret, client = enrol(awa), browser(awa)
    assert act(client, "renouveler", wrong_code(secret)).context["form"].errors
    assert second_factor.recovery_codes_left(awa) == 0
    assert act(client, "renouveler", code_of(secret))["Location"] == CODES
    assert len(client.get(CODES).context["codes"]) == 10


def test_another_telephone(awa, browser, time_machine):
    secret, client = enrol(awa), browser(awa)
    assert client.get(ENROL)["Location"] == PAGE
    assert act(client, "remplacer", code_of(secret))["Location"] == ENROL
    new = secret_in(client.get(ENROL))
    assert secret_of(awa) == secret
    assert client.post(ENROL, {"code": code_of(new)})["Location"] == CODES
    assert secret_of(awa) == new
    assert client.get(ENROL)["Location"] == PAGE
    assert client.get("/admin/").status_code == 200


def test_the_proof_for_another_telephone_does_not_last(awa, browser, time_machine):
    secret, client = enrol(awa), browser(awa)
    act(client, "remplacer", code_of(secret))
    later(time_machine, minutes=11)
    assert client.post(ENROL, {"code": "123456"})["Location"] == PAGE


def test_removing_where_it_is_not_required(awa, browser):
    secret, client = enrol(awa), browser(awa)
    assert act(client, "retirer", code_of(secret))["Location"] == PAGE
    assert not SecondFacteur.objects.exists()
    assert client.get("/admin/").status_code == 200


def test_removing_where_it_is(nadege, browser):
    secret, client = enrol(nadege), browser(nadege)
    assert "retirer" not in client.get(PAGE).content.decode()
    assert "obligatoire" in act(client, "retirer", code_of(secret)).content.decode()
    assert SecondFacteur.objects.exists()


@pytest.mark.parametrize("body", [{}, {"acte": "x"}, {"code": "1"}, {"acte": "x", "code": "nul\0"}])
def test_what_is_no_act_does_nothing(awa, browser, body):
    enrol(awa)
    assert browser(awa).post(PAGE, body).status_code in {200, 302}
    assert SecondFacteur.objects.exists()


def test_its_guesses_are_counted(awa, browser, settings):
    settings.RATES = {**settings.RATES, "second_facteur_compte": (1, 900)}
    secret, client = enrol(awa), browser(awa)
    act(client, "retirer", wrong_code(secret))
    assert "Trop d&#x27;essais" in act(client, "retirer", code_of(secret)).content.decode()


def test_the_menu_leads_there(awa, browser):
    page = browser(awa).get("/admin/").content.decode()
    assert f'href="{PAGE}"' in page
    assert 'href="/admin/mot-de-passe/"' in page
    assert "users/presence.js?/admin/presence/" in page


# Those of others


def take(client, account, name="retirer_second_facteur"):
    return client.post(f"{LIST}{account.pk}/etape/{name}/")


def offered(client, account) -> list[str]:
    return [step.name for step in client.get(f"{LIST}{account.pk}/change/").context["steps"]]


def test_an_administrator_removes_that_of_someone_who_lost_it(nadege, awa, browser, mailbox):
    session = SessionFactory(utilisateur=awa)
    client = browser(nadege)
    assert offered(client, awa) == ["desactiver", "fermer_sessions"]
    enrol(awa)
    assert offered(client, awa)[-1] == "retirer_second_facteur"
    take(client, awa)
    assert not SecondFacteur.objects.exists()
    session.refresh_from_db()
    assert session.revoked_at
    assert (mailbox()[-1].to, mailbox()[-1].subject) == (
        ["awa@example.cm"],
        "Votre second facteur est retiré",
    )


def test_not_their_own(nadege, browser):
    enrol(nadege)
    answer = take(browser(nadege), nadege)
    assert "Second facteur" in str([str(m) for m in get_messages(answer.wsgi_request)])
    assert SecondFacteur.objects.exists()


def test_no_agent_does(awa, yaounde, browser):
    colleague = SecondFacteurFactory(
        utilisateur=UtilisateurFactory(agent=True, profil__mairie=yaounde)
    ).utilisateur
    client = browser(awa)
    assert offered(client, colleague) == ["desactiver"]
    take(client, colleague)
    client.post(LIST, {"action": "retirer_second_facteur", "_selected_action": [colleague.pk]})
    assert second_factor.exists(colleague)


def test_the_list_says_who_has_one(nadege, awa, brice, browser):
    enrol(awa)
    client = browser(nadege)
    for chosen, found in (("oui", {awa}), ("non", {nadege, brice}), ("x", {awa, nadege, brice})):
        page = client.get(f"{LIST}?second_facteur={chosen}")
        assert set(page.context["cl"].queryset) == found


def test_nothing_of_the_secret_is_found_through_the_list(nadege, browser):
    enrol(nadege)
    answer = browser(nadege).get(f"{LIST}?secondfacteur__secret__startswith=g")
    assert answer.status_code in {302, 400}


def test_greater_rights_end_what_was_open(nadege, awa):
    """Awa would have had to give more than a password to open it."""
    session = SessionFactory(utilisateur=awa)
    client = Client()
    client.force_login(nadege)
    page = client.get(f"{LIST}{awa.pk}/change/")
    body = {"username": "awa", "role_user": "AGENT", "langue": "fr", "is_staff": "on"}
    body |= {"is_superuser": "on"}
    for formset in page.context["inline_admin_formsets"]:
        for field in formset.formset.management_form:
            body[field.html_name] = field.value()
        for inline in formset.formset.forms:
            body |= {f.html_name: f.value() for f in inline if f.value() is not None}
    assert client.post(f"{LIST}{awa.pk}/change/", body).status_code == 302
    session.refresh_from_db()
    assert session.revoked_at


# The command


def run(*arguments, capsys=None) -> str:
    call_command("second_facteur", *arguments)
    return capsys.readouterr().out.strip() if capsys else ""


def test_the_command_removes_that_of_the_last_administrator(nadege, mailbox):
    enrol(nadege)
    session = SessionFactory(utilisateur=nadege)
    run("retirer", "Nadege")
    assert not SecondFacteur.objects.exists()
    assert not Session.objects.live().filter(pk=session.pk).exists()
    assert mailbox()[-1].to == [nadege.email]


@pytest.mark.parametrize(
    "arguments", [("retirer", "inconnue"), ("retirer", "awa"), ("code", "awa"), ("code", "x")]
)
def test_the_command_says_what_is_not_there(awa, settings, arguments):
    settings.DEMO = True
    with pytest.raises(CommandError):
        run(*arguments)


def test_the_command_shows_a_code_in_the_demonstration_alone(awa, settings, capsys):
    secret = enrol(awa)
    settings.DEMO = True
    code = run("code", "awa", capsys=capsys)
    assert code == code_of(secret)
    second_factor.verify(awa, code, address="")
    second_factor.verify(awa, run("code", "awa", capsys=capsys), address="")
    with pytest.raises(CommandError, match="vient de servir"):
        run("code", "awa")
    settings.DEMO = False
    with pytest.raises(CommandError, match="démonstration"):
        run("code", "awa")


def test_the_command_seals_anew(awa, brice, settings):
    secret = enrol(awa)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "k" * 50
    run("rechiffrer")
    settings.SECRET_KEY_FALLBACKS = []
    assert secret_of(awa) == secret
    settings.SECRET_KEY = "l" * 50
    with pytest.raises(CommandError, match="1 secret"):
        run("rechiffrer")
