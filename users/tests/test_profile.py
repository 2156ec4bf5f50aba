from pathlib import Path

import pytest

from ecms.tests import files
from users.models import Utilisateur
from users.serializers import ProfileSerializer
from users.services import accounts, profile
from users.tests.factories import PASSWORD, agent_of
from users.tests.flows import AUTH, GOOD_PASSWORD, signs_in

URL = f"{AUTH}/profile"


def test_it_works(chantal, api):
    answer = api(chantal).get(URL)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "private, no-store"
    body = answer.json()
    assert body["email"] == "chantal@exemple.cm"
    assert body["role_user"] == "CITOYEN"
    assert body["langue_display"] == "Français"
    assert body["agent"] is None
    assert "password" not in body


def test_an_agent_sees_their_mairie(awa, api):
    assert api(awa).get(URL).json()["agent"]["mairie"] == "yaounde"


@pytest.mark.parametrize("method", ["put", "patch"])
def test_what_is_ones_own_is_changed(chantal, yaounde, api, method):
    body = {"first_name": "Chantal", "langue": "en", "telephone": "677000001", "mairie": "yaounde"}
    answer = getattr(api(chantal), method)(URL, body)
    assert answer.status_code == 200
    chantal.refresh_from_db()
    assert (chantal.first_name, chantal.langue, chantal.mairie) == ("Chantal", "en", yaounde)
    assert str(chantal.telephone) == "+237677000001"


@pytest.mark.parametrize(
    "body",
    [
        {"langue": "de"},
        {"telephone": "12"},
        {"date_naissance": "hier"},
        {"first_name": "x" * 151},
        {"first_name": "nul\0"},
        {"mairie": "inconnue"},
        {"mairie": 1.5},
        {"notifications_email": "peut-être"},
    ],
)
def test_an_invalid_body(chantal, api, body):
    assert api(chantal).patch(URL, body).status_code == 400


def test_a_list_is_no_profile(chantal, api):
    assert api(chantal).patch(URL, []).status_code == 400


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("role_user", "AGENT"),
        ("is_staff", True),
        ("is_superuser", True),
        ("is_active", False),
        ("is_verified", False),
        ("email_verifie", False),
        ("email", "autre@exemple.cm"),
        ("username", "autre"),
        ("avatar_url", "https://evil.cm/x.png"),
        ("password", GOOD_PASSWORD),
        ("telephone_verifie", True),
        ("consentement_le", "2000-01-01T00:00:00Z"),
        ("date_joined", "2000-01-01T00:00:00Z"),
        ("groups", [1]),
        ("agent", {"mairie": "douala"}),
        ("profilagentcommunal", {"mairie": "douala"}),
        ("id", 1),
    ],
)
def test_nothing_else_can_be_assigned(chantal, douala, api, field, value):
    before = Utilisateur.objects.values().get(pk=chantal.pk)
    assert api(chantal).patch(URL, {field: value}).status_code == 200
    after = Utilisateur.objects.values().get(pk=chantal.pk)
    before.pop("date_modification"), after.pop("date_modification")
    assert after == before


def test_the_commune_of_residence_gives_no_right(awa, douala, api):
    """An agent who prefers another mairie stays the agent of their own."""
    agent_of(douala, username="douglas")
    client = api(awa)
    assert client.patch(URL, {"mairie": "douala"}).status_code == 200
    rows = client.get("/api/v1/utilisateurs").json()["results"]
    assert [row["username"] for row in rows] == ["awa"]


def test_another_phone_is_not_verified(chantal, api):
    Utilisateur.objects.update(telephone="+237677000001", telephone_verifie=True)
    api(chantal).patch(URL, {"telephone": "+237677000001"})
    chantal.refresh_from_db()
    assert chantal.telephone_verifie
    api(chantal).patch(URL, {"telephone": "+237677000002"})
    chantal.refresh_from_db()
    assert not chantal.telephone_verifie


def test_the_picture_replaces_the_one_before(
    chantal, api, settings, django_capture_on_commit_callbacks
):
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            answer = api(chantal).patch(
                URL, {"avatar": files.upload(files.photo(), "moi.jpg")}, format="multipart"
            )
        assert answer.status_code == 200
    url = answer.json()["avatar_url"]
    assert url.startswith("http://testserver/media/users/avatars/")
    kept = list(Path(settings.MEDIA_ROOT, "users/avatars").iterdir())
    assert [path.name for path in kept] == [url.rsplit("/", 1)[1]]


def test_a_picture_that_is_none(chantal, api):
    fake = files.upload(b"<script>", "moi.png")
    answer = api(chantal).patch(URL, {"avatar": fake}, format="multipart")
    assert answer.json()["fields"].keys() == {"avatar"}


def test_a_change_of_profile_does_not_bring_an_old_password_back(chantal):
    """The row was read before the password was changed, and is written after."""
    stale = Utilisateur.objects.get(pk=chantal.pk)
    accounts.change_password(chantal, current=PASSWORD, password=GOOD_PASSWORD, address="")
    from_before(stale)
    assert signs_in("chantal", GOOD_PASSWORD)


def from_before(account):
    serializer = ProfileSerializer(account, data={"first_name": "C."}, partial=True)
    serializer.is_valid(raise_exception=True)
    profile.update(serializer, build_url=str)


def test_an_unverified_account_sees_its_profile(chantal, api):
    Utilisateur.objects.update(is_verified=False, email_verifie=False)
    assert api(chantal).get(URL).json()["is_verified"] is False


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete"])
def test_a_visitor(api, db, method):
    assert getattr(api(), method)(URL).status_code == 401
