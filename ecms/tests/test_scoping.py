"""The promises of `ecms.scoping`, on every model and every route: an app is covered by being
written, and the safe way is the only one that passes."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.test.utils import isolate_apps
from django.urls import path
from rest_framework import serializers, viewsets
from rest_framework.exceptions import ValidationError
from unfold.admin import ModelAdmin, TabularInline

from documents.models import Actualite
from ecms.admin import ScopedAdmin
from ecms.tests import walking
from mairies.models import Mairie
from mairies.tests.factories import MairieFactory
from mairies.workflow import StatutMairie
from users.models import Utilisateur
from users.tests.factories import UtilisateurFactory, agent_of

# So that no action stops at its own input before it looks for the row.
BODY = {"motif_rejet": "Sans objet"}
PARENTS = ["projet_id", "demarche_id", "signalement_id", "evenement_id"]
NEVER = {"pk": 987654321, "slug": "nulle-part", **dict.fromkeys(PARENTS, 987654321)}
# Whoever works for no active mairie, and how they come about.
OUTSIDERS = ["citizen", "agent without profile", "agent of a suspended mairie", "visitor"]
LISTS = [route for route in walking.routes() if "list" in route.actions.values()]
DETAILS = [
    route
    for route in walking.routes()
    if route.actions
    and {"pk", "slug"} & set(route.parameters)
    and set(route.parameters) <= {*NEVER}
]
# Lists of rows under the address of another row.
NESTED = [route for route in LISTS if route.parameters]


@pytest.fixture
def brice(brice):
    brice.user_permissions.set(walking.all_permissions())
    return brice


@pytest.fixture(params=OUTSIDERS)
def outsider(request, db):
    if request.param == "visitor":
        return None
    if request.param == "citizen":
        account = UtilisateurFactory()
    elif request.param == "agent without profile":
        account = UtilisateurFactory(role_user=Utilisateur.Role.AGENT, is_staff=True)
    else:
        account = agent_of(MairieFactory(statut=StatutMairie.SUSPENDUE))
    account.user_permissions.set(walking.all_permissions())
    return account


def said(answer) -> tuple:
    """What an answer tells, without what differs from one request to the next."""
    body = answer.json() if answer.content else {}
    return answer.status_code, {k: v for k, v in body.items() if k != "request_id"}


def stored(row) -> dict:
    return type(row)._base_manager.filter(pk=row.pk).values().get()


def is_public(row) -> bool:
    return type(row)._default_manager.visible_to_public().filter(pk=row.pk).exists()


def address(route, row) -> str:
    return route.url({name: getattr(row, name) for name in route.parameters})


def rows_at(route, mairie) -> list:
    """The rows that have an address there: a photo of a report is no paper of a dossier."""
    rows = walking.rows_of(route.view.queryset.model, mairie)
    return [row for row in rows if all(getattr(row, n) is not None for n in route.parameters)]


# What there is ------------------------------------------------------------------------------------


def test_every_model_is_scoped():
    assert walking.unscoped_models(walking.our_models()) == []


def test_every_route_is_scoped_or_says_why_not():
    assert walking.unscoped_routes(walking.routes()) == []


def test_every_row_that_a_body_may_name_is_scoped(rf):
    request = rf.get("/")
    request.user = AnonymousUser()
    found = {s: walking.unscoped_relations(s, request) for s in walking.our_serializers()}
    assert {s: names for s, names in found.items() if names} == {}


def test_every_admin_and_inline_is_scoped():
    assert walking.unscoped_admins() == []


@pytest.mark.parametrize("model", walking.our_models(), ids=lambda m: m._meta.label)
def test_every_model_has_one_factory(model):
    assert len(walking.factories_of(model)) == 1


# The walks themselves fail when they should -------------------------------------------------------


class NakedViewSet(viewsets.ModelViewSet):
    queryset = Actualite.objects.all()


class NakedSerializer(serializers.ModelSerializer):
    class Meta:
        model = Actualite
        fields = ["mairie", "titre"]


class NakedInline(TabularInline):
    model = Actualite


class AdminWithNakedInline(ScopedAdmin):
    inlines = [NakedInline]


@isolate_apps("ecms")
def test_a_model_without_scope_is_noticed():
    class Naked(models.Model):  # noqa: DJ008
        class Meta:
            app_label = "ecms"

    assert walking.unscoped_models([Actualite, Naked]) == [Naked]


def test_a_route_without_scope_is_noticed():
    naked = [
        path("api/v1/naked", NakedViewSet.as_view({"get": "list"})),
        path("api/v1/function", lambda request: None),
    ]
    assert len(walking.unscoped_routes(walking.routes(naked))) == 2


def test_a_relation_without_scope_is_noticed(rf):
    request = rf.get("/")
    request.user = AnonymousUser()
    assert walking.unscoped_relations(NakedSerializer, request) == ["mairie"]


def test_an_admin_or_an_inline_without_scope_is_noticed():
    naked, scoped = ModelAdmin(Actualite, None), AdminWithNakedInline(Mairie, None)
    assert walking.unscoped_admins({Actualite: naked, Mairie: scoped}) == [naked, NakedInline]


# What another mairie's agent reaches --------------------------------------------------------------


@pytest.mark.parametrize("route", DETAILS, ids=str)
def test_a_row_of_another_mairie_does_not_exist(route, api, brice, yaounde):
    client = api(brice)
    for row in rows_at(route, yaounde):
        before, public = stored(row), is_public(row)
        for method, action in route.actions.items():
            answer = getattr(client, method)(address(route, row), BODY)
            if method == "get" and public:
                assert answer.status_code == 200, method
                list(answer)  # reads a file to its end, which closes it
                continue
            absent = getattr(client, method)(route.url(NEVER), BODY)
            assert said(answer) == said(absent), (method, action)
            assert answer.status_code in {404, 405}, (method, answer.content)
        assert stored(row) == before


@pytest.mark.parametrize("route", DETAILS, ids=str)
def test_without_a_mairie_nothing_but_public_rows(route, api, outsider, yaounde):
    client = api(outsider)
    for row in rows_at(route, yaounde):
        before = stored(row)
        for method in route.actions:
            answer = getattr(client, method)(address(route, row), {})
            if method == "get" and is_public(row):
                assert answer.status_code == 200
                list(answer)
            else:
                assert answer.status_code in {400, 401, 404, 405}, (method, answer.content)
        assert stored(row) == before


@pytest.mark.parametrize("route", NESTED, ids=str)
def test_nothing_is_made_under_a_row_of_another_mairie(route, api, brice, yaounde):
    if "create" in route.view.open_actions:
        pytest.skip("anyone may, where they can read")
    for row in walking.rows_of(route.view.queryset.model, yaounde):
        count = type(row)._base_manager.count()
        answer, absent = (
            api(brice).post(url, BODY) for url in (address(route, row), route.url(NEVER))
        )
        assert said(answer) == said(absent)
        assert answer.status_code in {404, 405}
        assert type(row)._base_manager.count() == count


def listed(client, route, rows, **query) -> set:
    """The keys that a list shows, or that those under each of `rows` do."""
    found = set()
    for url in {address(route, row) for row in rows} if route.parameters else {route.url({})}:
        answer = client.get(url, {"page_size": 100, **query})
        # With its parent, a list is out of reach.
        if not (route.parameters and answer.status_code == 404):
            found |= keys_of(answer)
    return found


def keys_of(answer) -> set:
    if answer.status_code in {401, 403}:
        return set()
    assert answer.status_code == 200, answer.content
    body = answer.json()
    rows = body["results"] if isinstance(body, dict) else body
    assert not isinstance(body, dict) or body["count"] == len(rows)
    return {row.get("id") for row in rows}


@pytest.mark.parametrize("route", LISTS, ids=str)
def test_lists_and_searches_hold_nothing_of_another_mairie(route, api, brice, yaounde):
    if not hasattr(route.view, "queryset") or route.view.queryset is None:
        pytest.skip("no rows")
    rows = walking.rows_of(route.view.queryset.model, yaounde)
    client = api(brice)
    private = {row.pk for row in rows if not is_public(row)}
    searched = [str(value) for row in rows for value in words(row)]
    for query in [{}, {"mairie": "yaounde"}, *[{"search": word} for word in searched]]:
        assert not private & listed(client, route, rows, **query), query


@pytest.mark.parametrize("route", LISTS, ids=str)
def test_lists_without_a_mairie_hold_public_rows_only(route, api, outsider, yaounde):
    if "actions" not in vars(route) or not route.actions:
        pytest.skip("one's own rows")
    model = route.view.queryset.model
    rows = walking.rows_of(model, yaounde)
    public = set(model._default_manager.visible_to_public().values_list("pk", flat=True))
    own = set(
        model._default_manager.owned_by(outsider or AnonymousUser()).values_list("pk", flat=True)
    )
    assert listed(api(outsider), route, rows) - {None} <= public | own


def words(row) -> list[str]:
    named = (getattr(row, name, "") for name in ("titre", "nom", "username", "nom_demandeur"))
    return [value for value in named if value]


@pytest.mark.parametrize(
    "serializer", sorted(walking.our_serializers(), key=str), ids=lambda s: s.__name__
)
def test_a_row_out_of_reach_is_refused_like_one_that_never_was(serializer, rf, brice, yaounde):
    request = rf.post("/")
    request.user = brice
    for name, field in walking.writable_relations(serializer, request):
        for row in walking.rows_of(field.queryset.model, yaounde):
            if not is_public(row):
                assert refused(field, row) == refused(field, None), name


def refused(field, row) -> str:
    slug = getattr(field, "slug_field", None)
    value = getattr(row, slug or "pk") if row else NEVER["slug" if slug else "pk"]
    with pytest.raises(ValidationError) as caught:
        field.run_validation(value)
    return str(caught.value.detail).replace(str(value), "?")


# The scopes themselves ----------------------------------------------------------------------------


@pytest.mark.parametrize("model", walking.our_models(), ids=lambda m: m._meta.label)
def test_an_agent_without_mairie_manages_nothing(model, yaounde):
    walking.rows_of(model, yaounde)
    lost = UtilisateurFactory(role_user=Utilisateur.Role.AGENT, is_staff=True)
    assert not model._default_manager.manageable_by(lost).exists()


@pytest.mark.parametrize("model", walking.our_models(), ids=lambda m: m._meta.label)
def test_a_visitor_manages_and_owns_nothing(model, yaounde):
    walking.rows_of(model, yaounde)
    rows = model._default_manager
    assert not rows.manageable_by(AnonymousUser()).exists()
    assert not rows.owned_by(AnonymousUser()).exists()
    assert not rows.visible_to(AnonymousUser()).difference(rows.visible_to_public()).exists()


@pytest.mark.parametrize("model", walking.our_models(), ids=lambda m: m._meta.label)
def test_the_national_administrator_reaches_every_row(model, yaounde, nadege):
    rows = walking.rows_of(model, yaounde)
    assert model._default_manager.manageable_by(nadege).filter(pk__in=[r.pk for r in rows]).exists()


@pytest.mark.parametrize("model", walking.our_models(), ids=lambda m: m._meta.label)
def test_an_agent_manages_the_rows_of_their_mairie_and_no_other(model, yaounde, awa, brice):
    rows = {row.pk for row in walking.rows_of(model, yaounde)}
    managed = set(model._default_manager.manageable_by(awa).values_list("pk", flat=True))
    assert not rows & set(model._default_manager.manageable_by(brice).values_list("pk", flat=True))
    kept_from_them = model._default_manager.all().hidden_from_staff
    hidden = set(model._default_manager.filter(kept_from_them).values_list("pk", flat=True))
    if model._default_manager.all().mairie_lookup:
        assert managed & rows == rows - hidden


def test_a_new_row_goes_to_the_agents_own_mairie_whatever_the_body_says(api, brice, yaounde):
    for named in ["yaounde", "nulle-part", 12, {"a": 1}, None]:
        answer = api(brice).post("/api/v1/services", {"nom": f"Guichet {named}", "mairie": named})
        assert answer.status_code == 201, answer.content
        assert answer.json()["mairie"] == "douala"


def test_a_row_never_changes_its_mairie(api, brice, nadege, yaounde):
    url = api(brice).post("/api/v1/services", {"nom": "Guichet"}).headers["Location"]
    for account in (brice, nadege):
        answer = api(account).patch(url, {"mairie": "yaounde"})
        assert answer.status_code == 200, answer.content
        assert answer.json()["mairie"] == "douala"


def test_the_national_administrator_names_the_mairie(api, nadege, yaounde):
    without = api(nadege).post("/api/v1/services", {"nom": "Guichet"})
    assert without.status_code == 400
    assert "mairie" in without.json()["fields"]
    answer = api(nadege).post("/api/v1/services", {"nom": "Guichet", "mairie": "yaounde"})
    assert answer.json()["mairie"] == "yaounde"


def test_who_works_for_none_makes_nothing(api, outsider):
    answer = api(outsider).post("/api/v1/services", {"nom": "Guichet"})
    assert answer.status_code == (401 if outsider is None else 403)
