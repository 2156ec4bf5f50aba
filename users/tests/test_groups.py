import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission

from users.groups import GROUPS, apply_groups
from users.tests.factories import agent_of


def migrate_again():
    for config in apps.get_app_configs():
        apply_groups(config, using="default")


def held(name) -> set[str]:
    rows = Group.objects.get(name=name).permissions.values_list(
        "content_type__app_label", "codename"
    )
    return {f"{app}.{codename}" for app, codename in rows}


def test_every_installation_has_them(db):
    assert set(Group.objects.values_list("name", flat=True)) >= GROUPS.keys()


def test_nothing_is_granted_beyond_the_table(db):
    assert held("Contenu") >= {"documents.add_actualite", "mairies.view_mairie"}
    assert not {p for p in held("Contenu") if p.startswith(("users.", "demarches.", "auth."))}
    assert "mairies.change_mairie" not in held("Contenu")
    assert "users.delete_utilisateur" not in held("Administration de la mairie")
    assert not any("delete_" in p or "add_" in p for p in held("Lecture"))


@pytest.mark.parametrize("name", GROUPS)
def test_none_touches_what_is_national(db, name):
    national = ("auth.", "sessions.", "django_q.", "ecms.", "admin.", "contenttypes.")
    assert not {p for p in held(name) if p.startswith(national)}
    assert not {p for p in held(name) if "demandecreationsite" in p or "token" in p}


def test_applying_again_changes_nothing_and_takes_nothing_away(db):
    extra = Permission.objects.get(codename="view_session", content_type__app_label="users")
    Group.objects.get(name="Lecture").permissions.add(extra)
    before = {name: held(name) for name in GROUPS}
    migrate_again()
    assert {name: held(name) for name in GROUPS} == before


def test_they_work_in_the_api(yaounde, api):
    client = api(agent_of(yaounde, groups=["Lecture"]))
    assert client.post("/api/v1/actualites", {"titre": "Avis"}).status_code == 403
    client = api(agent_of(yaounde, groups=["Contenu"]))
    assert client.post("/api/v1/actualites", {}).status_code == 400


def test_they_work_in_the_admin(yaounde, client):
    client.force_login(agent_of(yaounde, groups=["Lecture"]))
    assert client.get("/admin/documents/actualite/").status_code == 200
    assert client.get("/admin/documents/actualite/add/").status_code == 403
