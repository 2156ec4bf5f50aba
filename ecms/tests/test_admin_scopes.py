"""The admin shows and changes the rows of one's mairie, whatever the model: walked like the API."""

import pytest
from django.contrib import admin
from django.contrib.messages.storage.fallback import FallbackStorage
from django.test import Client
from django.urls import reverse

from documents.admin.actualites import ActualiteAdmin
from documents.models import Actualite
from documents.tests.factories import ActualiteFactory
from ecms.admin import ScopedAdmin
from ecms.tests import walking

OURS = [m for m in admin.site._registry if m._meta.app_label in walking.OURS]
PAGES = ["change", "delete", "history"]


@pytest.fixture
def brice(brice):
    brice.user_permissions.set(walking.all_permissions())
    return brice


@pytest.fixture
def desk(brice):
    """Brice at the admin."""
    client = Client()
    client.force_login(brice, backend="users.backends.Backend")
    return client


def address(model, page: str, *args) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


@pytest.mark.parametrize("model", OURS, ids=lambda m: m._meta.label)
def test_a_row_of_another_mairie_does_not_exist(model, desk, yaounde):
    for row in walking.rows_of(model, yaounde):
        before = model._base_manager.filter(pk=row.pk).values().get()
        for page in PAGES:
            for answer in (
                desk.get(address(model, page, row.pk)),
                desk.post(address(model, page, row.pk), {"post": "yes", "nom": "x"}),
            ):
                assert answer.status_code in {302, 403, 404}, (page, answer.status_code)
        assert model._base_manager.filter(pk=row.pk).values().get() == before


@pytest.mark.parametrize("model", OURS, ids=lambda m: m._meta.label)
def test_lists_and_bulk_actions_hold_nothing_of_another_mairie(model, desk, brice, yaounde, rf):
    rows = [row.pk for row in walking.rows_of(model, yaounde)]
    request = rf.get("/")
    request.user, request.session = brice, {}
    request._messages = FallbackStorage(request)
    model_admin = admin.site._registry[model]
    assert not model_admin.get_queryset(request).filter(pk__in=rows).exists()
    for action in model_admin.get_actions(request):
        body = {"action": action, "_selected_action": [str(pk) for pk in rows], "post": "yes"}
        answer = desk.post(address(model, "changelist"), body)
        assert answer.status_code in {200, 302, 403}
    assert model._base_manager.filter(pk__in=rows).count() == len(rows)


@pytest.mark.parametrize("model", OURS, ids=lambda m: m._meta.label)
def test_pickers_offer_nothing_of_another_mairie(model, brice, yaounde, rf):
    request = rf.get("/")
    request.user = brice
    model_admin = admin.site._registry[model]
    for field in model._meta.get_fields():
        if not (field.many_to_one or field.one_to_one) or field.auto_created:
            continue
        if field.related_model._meta.app_label not in walking.OURS:
            continue
        rows = [row.pk for row in walking.rows_of(field.related_model, yaounde)]
        offered = model_admin.formfield_for_foreignkey(field, request).queryset
        assert not offered.filter(pk__in=rows).exists(), field.name


def test_filters_over_other_rows_are_not_offered(brice, nadege, rf):
    class Filtered(ActualiteAdmin):
        list_filter = [
            "statut",
            "mairie",
            ("auteur", admin.RelatedOnlyFieldListFilter),
            "mairie__nom",
        ]

    request = rf.get("/")
    request.user = brice
    assert Filtered(Actualite, admin.site).get_list_filter(request) == ["statut"]
    request.user = nadege
    assert len(Filtered(Actualite, admin.site).get_list_filter(request)) == 4


def test_hidden_columns_cannot_be_probed(desk, brice, douala):
    brice.first_name = "Brice"
    brice.save()
    people = address(type(brice), "changelist")
    for probe in ("password__startswith=md5", "telephone__gt=0", "mairie=1", "courriel__id=1"):
        assert desk.get(f"{people}?{probe}").status_code in {302, 400}, probe
    assert desk.get(f"{people}?is_active__exact=1").status_code == 200


def test_an_agent_is_not_asked_for_the_mairie(brice, nadege, douala, rf):
    model_admin = ScopedAdmin(Actualite, admin.site)
    request = rf.get("/")
    request.user = brice
    assert "mairie" not in model_admin.get_form(request).base_fields
    request.user = nadege
    assert "mairie" in model_admin.get_form(request).base_fields


def test_a_mairie_in_the_form_is_not_believed(desk, yaounde, douala):
    body = {
        "titre": "Titre", "contenu": "<p>x</p>", "categorie": "nouvelle", "statut": "brouillon",
        "mairie": yaounde.pk,
    }  # fmt: skip
    answer = desk.post(address(Actualite, "add"), body)
    assert answer.status_code == 302
    assert Actualite.objects.get().mairie == douala


def test_ones_own_rows_are_there(desk, douala):
    row = ActualiteFactory(mairie=douala)
    assert desk.get(address(Actualite, "change", row.pk)).status_code == 200
    assert row.titre in desk.get(address(Actualite, "changelist")).content.decode()


def test_a_citizen_is_not_let_in(chantal):
    client = Client()
    client.force_login(chantal, backend="users.backends.Backend")
    for model in OURS:
        assert client.get(address(model, "changelist")).status_code == 302
