"""Rows that not even their mairie sees yet, and rows that a secret opens, on every model."""

import pytest
from django.contrib.auth.models import AnonymousUser

from ecms.scoping import NOTHING
from ecms.tests import walking
from mairies.tests.factories import MairieFactory
from users.models import Utilisateur

HIDING = [m for m in walking.our_models() if m._default_manager.all().hidden_from_staff != NOTHING]
SECRET = [m for m in walking.our_models() if m._default_manager.all().code_lookup]


def secret_of(row) -> str:
    lookup = type(row)._default_manager.all().code_lookup
    return type(row)._base_manager.values_list(lookup, flat=True).get(pk=row.pk) or ""


def opened(model, secret, user=None) -> set:
    found = model._default_manager.open_to(user or AnonymousUser(), staff=False, secret=secret)
    return set(found.values_list("pk", flat=True))


def test_drafts_are_hidden_and_secrets_open():
    hiding, secret = ({m._meta.label for m in found} for found in (HIDING, SECRET))
    assert hiding >= {"demarches.DemarcheAdministrative", "demarches.PieceJointe"}
    assert secret >= {"demarches.DemarcheAdministrative", "demarches.Signalement"}
    assert "demarches.RendezVous" in secret


@pytest.mark.parametrize("model", HIDING, ids=lambda m: m._meta.label)
def test_what_is_hidden_from_staff_is_its_owners_alone(model, yaounde, awa, nadege):
    rows = walking.rows_of(model, yaounde)
    scope = model._default_manager
    hidden = scope.filter(scope.all().hidden_from_staff)
    assert 0 < hidden.count() < len(rows)
    for found in (scope.manageable_by(awa), scope.visible_to(awa), scope.open_to(awa, staff=True)):
        assert not found.filter(pk__in=hidden).exists()
        assert found.exists()
    owner = Utilisateur.objects.get(pk=hidden.values_list(scope.all().owner_lookup, flat=True)[0])
    assert scope.visible_to(owner).filter(pk__in=hidden).exists()
    assert scope.open_to(owner, staff=False).filter(pk__in=hidden).exists()


@pytest.mark.parametrize("model", SECRET, ids=lambda m: m._meta.label)
def test_a_secret_opens_the_row_that_it_is_of(model, yaounde, brice):
    rows = walking.rows_of(model, yaounde)
    others = {row.pk for row in walking.rows_of(model, MairieFactory())}
    for row in rows:
        if secret := secret_of(row):
            for user in (None, brice):
                assert opened(model, secret, user) == {row.pk}
    assert not opened(model, "") & (others | {row.pk for row in rows})


@pytest.mark.parametrize("model", SECRET, ids=lambda m: m._meta.label)
def test_what_is_no_secret_opens_nothing(model, yaounde):
    (row, *_rest) = walking.rows_of(model, yaounde)
    for wrong in ("", "X", secret_of(row)[:-1], secret_of(row) + "X", secret_of(row).lower()):
        assert opened(model, wrong) == set()


@pytest.mark.parametrize("model", SECRET, ids=lambda m: m._meta.label)
def test_a_secret_manages_nothing(model, yaounde):
    (row, *_rest) = walking.rows_of(model, yaounde)
    staff = model._default_manager.open_to(AnonymousUser(), staff=True, secret=secret_of(row))
    assert set(staff.values_list("pk", flat=True)) == opened(model, secret_of(row))


@pytest.mark.parametrize(
    "model", [m for m in walking.our_models() if m not in SECRET], ids=lambda m: m._meta.label
)
def test_a_model_without_secret_is_opened_by_none(model, yaounde):
    walking.rows_of(model, yaounde)
    assert opened(model, "SECRET") == set()


@pytest.mark.parametrize("model", walking.our_models(), ids=lambda m: m._meta.label)
def test_where_owners_and_agents_meet_nothing_is_of_another_mairie(model, yaounde, brice):
    walking.rows_of(model, yaounde)
    found = model._default_manager.open_to(brice, staff=True)
    reached = set(found.values_list("pk", flat=True))
    own = model._default_manager.owned_by(brice).values_list("pk", flat=True)
    managed = model._default_manager.manageable_by(brice).values_list("pk", flat=True)
    assert reached <= {*own, *managed}
