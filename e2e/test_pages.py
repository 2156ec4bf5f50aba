"""Every list, and a form to add each thing: nothing on the console, nothing serious for axe."""

import pytest
from django.contrib import admin
from django.urls import reverse

from ecms.tests.walking import OURS
from users.models import Utilisateur

MODELS = [model for model in admin.site._registry if model._meta.app_label in OURS]


@pytest.fixture
def language():
    """The pages are the same in both; the stories are told in both."""
    return "fr"


@pytest.fixture
def agent(site):
    return Utilisateur.objects.with_profile().get(username="agent.yaounde-1er")


def test_home(sit_down, agent):
    desk = sit_down(agent)
    assert desk.open("").status == 200
    desk.check()


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label_lower)
def test_list_and_forms(sit_down, agent, model):
    desk = sit_down(agent)
    for name in ("changelist", "add"):
        path = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}")
        if desk.open(path.split("/", 2)[2]).status == 200:
            desk.check()
            desk.said.clear()
        else:
            # A page that this agent may not have.
            desk.said.clear()
