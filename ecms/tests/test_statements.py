"""Rows that are made without the ORM's ceremony are the rows that it makes."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import EmptyResultSet
from django.db.models import F
from django.utils import timezone

from demarches.models import Signalement
from demarches.tests.factories import SignalementFactory
from documents.models import Actualite
from documents.tests.factories import ActualiteFactory
from ecms.api.rows import Listed, listed
from ecms.db.statements import Lookup, Statement
from ecms.scoping import NOTHING
from ecms.tests.walking import our_models, rows_of
from mairies.models import Mairie
from users.models import Session, Utilisateur
from users.services import sessions

HARD = ["100 % d'été", "\\", "E'\\''", "%s", "%(a)s", "$1", '"; DROP TABLE x; --', "é\u2028"]


def facts(row) -> dict:
    # The last is for whoever saves a row (django-cleanup); these are only read.
    beside = {"_state", "_count", "_django_cleanup_original_cache"}
    return {name: value for name, value in vars(row).items() if name not in beside}


@pytest.mark.parametrize("model", our_models(), ids=lambda model: model._meta.label)
def test_every_model(model, yaounde):
    made = rows_of(model, yaounde)
    rows = model._default_manager.order_by("pk")
    found = Listed(rows, 10).page("default", 0, 100, None)[0]
    ever = list(rows[:100])
    assert len(found) == len(ever) >= len(made) > 0
    for one, other in zip(found, ever, strict=True):
        given, known = facts(one), facts(other)
        assert given.keys() == known.keys()
        # As stored: what is made of it compares as its text.
        assert {k: str(v) for k, v in given.items()} == {k: str(v) for k, v in known.items()}
        assert one == other
        assert not one._state.adding
        assert one._state.db == "default"


def test_what_is_joined(yaounde, awa):
    SignalementFactory(mairie=yaounde, signaleur=None)
    SignalementFactory(mairie=yaounde, signaleur=awa)
    rows = Signalement.objects.select_related("mairie", "service", "signaleur").order_by("pk")
    found = Listed(rows, 10).page("default", 0, 5, None)[0]
    assert [row.signaleur for row in found] == [None, awa]
    assert all(row.mairie == yaounde and row.service is None for row in found)


def test_what_was_left_out_is_read_when_asked_for(yaounde, django_assert_num_queries):
    row = ActualiteFactory(mairie=yaounde)
    (found,) = Listed(Actualite.objects.only("titre"), 5).page("default", 0, 5, None)[0]
    assert found.get_deferred_fields() >= {"contenu", "slug"}
    with django_assert_num_queries(1):
        assert found.slug == row.slug


def test_what_is_annotated_is_converted(yaounde):
    ActualiteFactory(mairie=yaounde)
    rows = Actualite.objects.annotate(vues=F("nombre_vues") + 1)
    assert Listed(rows, 5).page("default", 0, 5, None)[0][0].vues == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("prepares", [True, False])
def test_values_are_never_read_as_sql(yaounde, settings, prepares):
    settings.DB_PREPARES = prepares
    for word in HARD:
        ActualiteFactory(mairie=yaounde, titre=word)
    for word in HARD:
        asked = Listed(Actualite.objects.filter(titre=word).exclude(titre__contains="absent%"), 9)
        for count in (None, 1):
            rows, counted = asked.page("default", 0, 5, count)
            assert ([row.titre for row in rows], counted) == ([word], 1)


def test_how_many_there_are(yaounde):
    ActualiteFactory.create_batch(3, mairie=yaounde)
    asked = Listed(Actualite.objects.order_by("pk"), 2)
    assert [asked.page("default", start, start + 2, None)[1] for start in (0, 2, 9)] == [2, 2, 2]
    none = Listed(Actualite.objects.filter(titre="absent"), 2)
    assert none.page("default", 0, 5, None) == ([], 0)


def test_what_only_a_query_set_knows(yaounde):
    rows = Actualite.objects.all()
    for other in (rows.values("pk"), rows[:3], rows.union(rows), rows.filter(NOTHING), rows.none()):
        assert listed(other, 5) is None
    with pytest.raises(EmptyResultSet):
        Listed(rows.none(), 5)


def test_a_lookup_is_built_once_and_asked_with_other_values(yaounde, douala):
    built = []

    @Lookup
    def named(pk: int):
        built.append(pk)
        return Mairie.objects.filter(pk=pk)

    assert named(pk=yaounde.pk) == [yaounde]
    assert named(pk=douala.pk) == [douala]
    assert named(pk=0) == []
    assert len(built) == 1
    assert named(pk=yaounde.pk)[0].telephone == yaounde.telephone


def test_a_lookup_that_loses_a_value_is_refused(db):
    careless = Lookup(lambda pk, other: Mairie.objects.filter(pk=pk))
    with pytest.raises(ValueError, match="other"):
        careless(pk=1, other=2)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("prepares", [True, False])
def test_the_session_of_a_token(chantal, awa, settings, prepares):
    settings.DB_PREPARES = prepares
    for user in (chantal, awa):
        session = sessions.open_session(user, user_agent="pytest")
        token = sessions.tokens_of(session)["access"]
        found = sessions.session_of_access(token)
        assert (found, found.utilisateur) == (session, user)
        assert found.utilisateur.mairie_agent == user.mairie_agent
        assert isinstance(found.utilisateur, Utilisateur)
        Session.objects.filter(pk=session.pk).update(revoked_at=timezone.now())
        with pytest.raises(sessions.InvalidToken):
            sessions.session_of_access(token)


def test_an_account_that_was_looked_up_can_be_saved(chantal):
    session = sessions.open_session(chantal, user_agent="pytest")
    found = sessions.session_of_access(sessions.tokens_of(session)["access"]).utilisateur
    found.first_name = "Nouveau"
    found.save()
    chantal.refresh_from_db()
    assert chantal.first_name == "Nouveau"
    assert found._password is None


def test_moments_and_keys_are_values(chantal):
    session = sessions.open_session(chantal, user_agent="pytest")
    live = Lookup(lambda sid, now: Session.objects.live(now).filter(pk=sid))
    now = timezone.now()
    assert live(sid=session.pk, now=now) == [session]
    assert live(sid=session.pk, now=now + timedelta(days=4000)) == []
    assert live(sid=uuid.uuid4(), now=datetime(2000, 1, 1, tzinfo=UTC)) == []


def test_a_query_of_values_is_told_as_it_is(yaounde):
    statement = Statement(Mairie.objects.order_by().values_list("pk"))
    assert statement.told([(1,)], "default") == [(1,)]
