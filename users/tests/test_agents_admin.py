"""Accounts in the admin: an invitation adds one, services close and open it."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.contrib.messages import get_messages

from users.models import Session, Utilisateur
from users.tests.factories import PASSWORD, SessionFactory, UtilisateurFactory, agent_of
from users.tests.flows import post, signs_in

LIST = "/admin/users/utilisateur/"
ADD = f"{LIST}add/"


@pytest.fixture
def browser(client):
    def signed_in(user):
        client.force_login(user)
        return client

    return signed_in


def act(client, action, *accounts):
    body = {"action": action, "_selected_action": [account.pk for account in accounts]}
    return client.post(LIST, body)


def change(client, account, **changes):
    """The form of an account, as the page shows it, with `changes`."""
    page = client.get(f"{LIST}{account.pk}/change/")
    assert page.status_code == 200
    form = page.context["adminform"].form
    body = {}
    for name in form.fields:
        value = form[name].value()
        if isinstance(value, list | tuple):
            body[name] = [getattr(item, "pk", item) for item in value]
        elif value not in (None, False):
            body[name] = "on" if value is True else value
    for formset in page.context["inline_admin_formsets"]:
        for field in formset.formset.management_form:
            body[field.html_name] = field.value()
        for inline in formset.formset.forms:
            for field in inline:
                if field.value() is not None:
                    body[field.html_name] = getattr(field.value(), "pk", field.value())
    body |= changes
    body = {name: value for name, value in body.items() if value is not None}
    return client.post(f"{LIST}{account.pk}/change/", body)


def test_an_agent_invites(awa, browser, mailbox):
    groups = awa.groups.values_list("pk", flat=True)
    body = {"email": "Paul@exemple.cm", "first_name": "Paul", "last_name": "E", "groupes": groups}
    assert browser(awa).post(ADD, body).status_code == 302
    paul = Utilisateur.objects.get(email="paul@exemple.cm")
    assert paul.mairie_agent.slug == "yaounde"
    assert mailbox()[-1].to == ["paul@exemple.cm"]


def test_an_agent_is_offered_their_own_mairie_and_groups_alone(yaounde, browser):
    small = agent_of(yaounde, groups=["Contenu"])
    small.user_permissions.add(*permission("add_utilisateur"))
    form = browser(small).get(ADD).context["adminform"].form
    assert "mairie" not in form.fields
    assert {group.name for group in form.fields["groupes"].queryset} == {"Contenu"}


def test_nobody_invites_with_groups_they_are_not_offered(yaounde, browser):
    small = agent_of(yaounde, groups=["Contenu"])
    small.user_permissions.add(*permission("add_utilisateur"))
    body = {"email": "p@exemple.cm", "first_name": "P", "last_name": "E"}
    bigger = group("Administration de la mairie")
    page = browser(small).post(ADD, {**body, "groupes": [bigger]})
    assert page.status_code == 200
    assert not Utilisateur.objects.filter(email="p@exemple.cm").exists()


def test_inviting_an_agent_again_is_told(awa, nadege, yaounde, browser):
    body = {
        "email": awa.email,
        "first_name": "A",
        "last_name": "B",
        "mairie": yaounde.pk,
        "groupes": [group("Contenu")],
    }
    page = browser(nadege).post(ADD, body)
    assert page.status_code == 200
    assert "déjà celle d" in page.content.decode()
    assert Utilisateur.objects.filter(email=awa.email).count() == 1


def test_an_agent_sees_the_accounts_of_their_mairie(awa, brice, chantal, browser):
    page = browser(awa).get(LIST).content.decode()
    assert "awa@example.cm" in page
    assert brice.email not in page
    assert chantal.email not in page
    assert browser(awa).get(f"{LIST}{brice.pk}/change/").status_code == 302


def test_an_agent_changes_no_account_by_hand(awa, yaounde, browser):
    colleague = agent_of(yaounde)
    answer = browser(awa).post(f"{LIST}{colleague.pk}/change/", {"is_superuser": "on"})
    assert answer.status_code == 403
    colleague.refresh_from_db()
    assert not colleague.is_superuser


def test_closing_and_opening(awa, yaounde, browser):
    colleague = agent_of(yaounde, username="colleague", groups=["Contenu"])
    session = SessionFactory(utilisateur=colleague)
    act(browser(awa), "desactiver", colleague)
    colleague.refresh_from_db()
    session.refresh_from_db()
    assert not colleague.is_active
    assert session.revoked_at
    act(browser(awa), "activer", colleague)
    assert signs_in("colleague", PASSWORD)


def test_the_accounts_of_another_mairie_are_out_of_reach(awa, brice, browser):
    act(browser(awa), "desactiver", brice)
    brice.refresh_from_db()
    assert brice.is_active


def test_one_does_not_close_oneself(nadege, browser):
    answer = act(browser(nadege), "desactiver", nadege)
    assert "On ne désactive pas son propre compte." in str(
        [str(message) for message in get_messages(answer.wsgi_request)]
    )
    nadege.refresh_from_db()
    assert nadege.is_active


def test_an_administrator_closes_sessions(nadege, awa, browser):
    tokens = post("login", {"username": "awa", "password": PASSWORD}).json()
    act(browser(nadege), "fermer_sessions", awa)
    assert post("token/refresh", {"refresh": tokens["refresh"]}).status_code == 401


@pytest.mark.parametrize("action", ["rouvrir_codes", "fermer_sessions"])
def test_what_is_national_is_not_for_agents(awa, yaounde, browser, action):
    session = SessionFactory(utilisateur=agent_of(yaounde))
    act(browser(awa), action, session.utilisateur)
    session.refresh_from_db()
    assert session.revoked_at is None


def test_an_administrator_changes_rights(nadege, awa, browser):
    answer = change(browser(nadege), awa, first_name="Awa", is_superuser="on")
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    awa = Utilisateur.objects.get(pk=awa.pk)
    assert (awa.first_name, awa.is_superuser, awa.email) == ("Awa", True, "awa@example.cm")


def test_the_last_administrator_keeps_the_right(nadege, browser):
    client = browser(nadege)
    answer = change(client, nadege, is_superuser=None)
    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors.keys() == {"is_superuser"}
    UtilisateurFactory(admin_national=True)
    assert change(client, nadege, is_superuser=None).status_code == 302
    nadege.refresh_from_db()
    assert not nadege.is_superuser


def test_nobody_sets_the_password_or_the_address_of_another(nadege, chantal, browser):
    client = browser(nadege)
    assert (
        "password" not in client.get(f"{LIST}{chantal.pk}/change/").context["adminform"].form.fields
    )
    body = {"password": "x", "email": "a@exemple.cm", "is_active": ""}
    assert change(client, chantal, **body).status_code == 302
    assert signs_in("chantal@exemple.cm", PASSWORD)


def test_nobody_deletes_an_account(nadege, chantal, browser):
    assert browser(nadege).get(f"{LIST}{chantal.pk}/delete/").status_code == 403


def test_sessions_are_looked_at_only(nadege, chantal, browser):
    session = SessionFactory(utilisateur=chantal)
    client = browser(nadege)
    page = client.get("/admin/users/session/")
    assert "chantal" in page.content.decode()
    assert client.post(f"/admin/users/session/{session.pk}/change/", {}).status_code == 403
    assert client.get("/admin/users/session/add/").status_code == 403
    assert Session.objects.filter(pk=session.pk, revoked_at=None).exists()


@pytest.mark.parametrize("path", [LIST, ADD, "/admin/users/session/"])
def test_a_visitor_and_a_citizen(client, chantal, path, db):
    assert client.get(path).status_code == 302
    client.force_login(chantal)
    assert client.get(path).status_code == 302


def permission(codename):
    return Permission.objects.filter(codename=codename)


def group(name):
    return Group.objects.get(name=name).pk
