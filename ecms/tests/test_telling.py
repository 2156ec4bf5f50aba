"""The compiled representation of every serializer is REST framework's own."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.utils import translation
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from documents.serializers.actualites import ActualiteListSerializer
from documents.tests.factories import ActualiteFactory
from ecms.api.rows import listed
from ecms.api.serializers import ScopedModelSerializer
from ecms.api.telling import told
from ecms.scoping import manages
from ecms.tests.walking import our_serializers, rows_of
from mairies.serializers import MairieListSerializer

# Every view, and with it every serializer.
import_module(settings.ROOT_URLCONF)
OURS = sorted(
    {s for s in our_serializers(ScopedModelSerializer) if hasattr(s, "Meta")},
    key=lambda each: each.__qualname__,
)


def context_for(user) -> dict:
    request = Request(APIRequestFactory().get("/api/v1/preuve"))
    request.user = user
    request.auth = None
    view = SimpleNamespace(cote_mairie=True, request=request, action="list", kwargs={})
    return {"request": request, "view": view, "est_agent": True, "est_public": False}


def as_ever(serializer, row) -> dict:
    data = serializers.Serializer.to_representation(serializer, row)
    hidden = set()
    if serializer.reserved and not manages(serializer.context["request"].user, row.mairie_id):
        hidden = serializer.reserved | {f"{name}_display" for name in serializer.reserved}
    return {name: value for name, value in data.items() if name not in hidden}


def either(tell, *args):
    """What it says, or which fault it is: of a row without what the view adds."""
    try:
        return tell(*args)
    except (AttributeError, KeyError) as fault:
        return type(fault), str(fault)


@pytest.fixture
def everybody(awa, chantal, nadege):
    return [AnonymousUser(), awa, chantal, nadege]


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("kind", OURS, ids=lambda each: each.__qualname__)
def test_every_serializer(kind, language, everybody, yaounde):
    model = kind.Meta.model
    made = rows_of(model, yaounde)
    rows = model._default_manager.order_by("pk")
    light = listed(rows, 100).page("default", 0, 100, None)[0]
    assert len(light) >= len(made)
    with translation.override(language):
        for user in everybody:
            serializer = kind(context=context_for(user))
            for row, stored in zip(rows, light, strict=True):
                expected = either(as_ever, serializer, row)
                compiled = ScopedModelSerializer.to_representation
                assert either(compiled, serializer, row) == expected
                assert either(compiled, serializer, stored) == expected
                if isinstance(expected, dict):
                    assert list(compiled(serializer, row)) == list(expected)


def test_languages_do_not_mix(everybody, yaounde):
    context = context_for(everybody[0])
    for _again in range(2):
        for language in ("fr", "en"):
            with translation.override(language):
                (row,) = told(MairieListSerializer, [yaounde], context)
                assert row["type_display"] == str(yaounde.get_type_display())


def test_nothing_of_a_request_outlives_it(everybody, yaounde):
    row = ActualiteFactory(mairie=yaounde, publiee=True)
    visitor, agent, _citizen, national = everybody
    keys = [
        set(told(ActualiteListSerializer, [row], context_for(user))[0])
        for user in (agent, visitor, national)
    ]
    assert keys[0] == keys[2] > keys[1]
    assert "statut" not in keys[1]


def test_rows_told_in_the_middle_of_others(everybody, yaounde):
    """The serializer is the thread's: one that is asked again meanwhile keeps its request."""
    row = ActualiteFactory(mairie=yaounde, publiee=True)
    visitor, agent = context_for(everybody[0]), context_for(everybody[1])

    def rows():
        yield row
        assert "statut" not in told(ActualiteListSerializer, [row], visitor)[0]
        yield row

    assert all("statut" in each for each in told(ActualiteListSerializer, rows(), agent))
