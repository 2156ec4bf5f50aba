import uuid
from datetime import timedelta

from django.utils import timezone

from users import tasks
from users.models import Session
from users.tests.factories import PASSWORD, SessionFactory
from users.tests.flows import AUTH, bearer, is_open, post

URL = f"{AUTH}/sessions"


def test_it_works(chantal, awa, api):
    api(awa)
    SessionFactory(utilisateur=chantal, revoked_at=timezone.now())
    SessionFactory(utilisateur=chantal, expires_at=timezone.now())
    other = SessionFactory(utilisateur=chantal, user_agent="Téléphone")
    rows = api(chantal).get(URL).json()["results"]
    assert {row["user_agent"]: row["est_courante"] for row in rows} == {
        "pytest": True,
        "Téléphone": False,
    }
    assert str(other.pk) in {row["id"] for row in rows}
    assert rows[0].keys() == {
        "id", "created_at", "last_used_at", "expires_at", "user_agent", "est_courante"
    }  # fmt: skip


def test_one_is_ended(chantal, api):
    phone = post("login", {"username": "chantal", "password": PASSWORD}).json()
    sid = Session.objects.get().pk
    client = api(chantal)
    assert client.delete(f"{URL}/{sid}").status_code == 204
    assert not is_open(phone["access"])
    assert client.delete(f"{URL}/{sid}").status_code == 404
    assert client.get(URL).json()["count"] == 1


def test_ones_own_session_ends_too(chantal):
    tokens = post("login", {"username": "chantal", "password": PASSWORD}).json()
    client = bearer(tokens["access"])
    client.delete(f"{URL}/{Session.objects.get().pk}")
    assert client.get(URL).status_code == 401


def test_somebody_elses_does_not_exist(chantal, awa, nadege, api):
    theirs = SessionFactory(utilisateur=awa)
    for user in (chantal, nadege):
        answer = api(user).delete(f"{URL}/{theirs.pk}")
        unknown = api(user).delete(f"{URL}/{uuid.uuid4()}")
        assert answer.status_code == unknown.status_code == 404
        assert answer.json()["detail"] == unknown.json()["detail"]
    theirs.refresh_from_db()
    assert theirs.revoked_at is None


def test_an_id_that_is_none(chantal, api):
    assert api(chantal).delete(f"{URL}/1").status_code == 404


def test_a_visitor(api, db):
    assert api().get(URL).status_code == 401
    assert api().delete(f"{URL}/{uuid.uuid4()}").status_code == 401


def test_the_list_takes_the_same_queries_however_long(chantal, api, django_assert_num_queries):
    client = api(chantal)
    for length in (1, 20):
        SessionFactory.create_batch(length, utilisateur=chantal)
        with django_assert_num_queries(3):
            client.get(URL)


def test_sessions_that_are_long_over_are_purged(chantal):
    SessionFactory(utilisateur=chantal, expires_at=timezone.now() - timedelta(days=31))
    kept = SessionFactory(utilisateur=chantal, expires_at=timezone.now() - timedelta(days=29))
    tasks.purge()
    assert Session.objects.get() == kept
