"""Where owners, holders of a secret and agents meet: who reaches which row, by which act."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import include, path
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.test import APIClient

from demarches.models import RendezVous, Signalement
from demarches.tests.factories import (
    DemarcheAdministrativeFactory,
    RendezVousFactory,
    SignalementFactory,
)
from ecms.api.owners import OwnedRowsMixin
from ecms.api.viewsets import ReadOnlyScopedViewSet
from ecms.codes import show_secret
from ecms.exceptions import DomainError
from ecms.models import LimitCounter
from ecms.tests.test_errors import check_problem
from ecms.urls import handler500  # noqa: F401 the URL configuration below is a whole one
from mairies.tests.factories import MairieFactory
from users.tests.factories import UtilisateurFactory, agent_of

ROWS = "/api/v1/probes"


class ProbeSerializer(serializers.ModelSerializer):
    class Meta:
        model = RendezVous
        fields = ["id"]


class ProbeViewSet(OwnedRowsMixin, ReadOnlyScopedViewSet):
    """Appointments, which nobody but their owner and the mairie may see."""

    queryset = RendezVous.objects.order_by("pk")
    serializer_class = ProbeSerializer
    code_name = "code"
    owner_acts = frozenset({"create", "move"})
    shared_acts = frozenset({"cancel"})
    verified_acts = frozenset({"create", "move"})
    rates = {"create": "rendez_vous"}

    def create(self, request):
        return Response({}, 201)

    def _act(self, request, pk):
        row = self.get_object()
        if request.data.get("how") == "refuse":
            raise DomainError("Non.", "non")
        return Response({"id": row.pk})

    move = cancel = close = _act


class PublicProbeSerializer(serializers.ModelSerializer):
    class Meta:
        model = Signalement
        fields = ["id"]


class PublicProbeViewSet(OwnedRowsMixin, ReadOnlyScopedViewSet):
    """Reports, which anyone may read unless they were refused."""

    queryset = Signalement.objects.order_by("pk")
    serializer_class = PublicProbeSerializer
    is_public = True


def _acts(name: str):
    return path(f"api/v1/probes/<int:pk>/{name}", ProbeViewSet.as_view({"post": name}))


urlpatterns = [
    path("api/v1/probes", ProbeViewSet.as_view({"get": "list", "post": "create"})),
    path("api/v1/probes/<int:pk>", ProbeViewSet.as_view({"get": "retrieve"})),
    *[_acts(name) for name in ("move", "cancel", "close")],
    path("api/v1/public", PublicProbeViewSet.as_view({"get": "list"})),
    path("", include("ecms.urls")),
]


@pytest.fixture(autouse=True)
def _probes(settings):
    settings.ROOT_URLCONF = __name__


@pytest.fixture
def row(yaounde, chantal):
    return RendezVousFactory(mairie=yaounde, citoyen=chantal)


def grant(account, *names: str):
    """`account` with these permissions and no other."""
    account.groups.clear()
    account.user_permissions.set(
        Permission.objects.filter(content_type__app_label="demarches", codename__in=names)
    )
    return account


@pytest.fixture
def clerk(yaounde):
    """An agent who may see appointments and change them."""
    return grant(agent_of(yaounde), "view_rendezvous", "change_rendezvous")


@pytest.fixture
def colleague(yaounde):
    """An agent of the same mairie without any right to appointments."""
    return grant(agent_of(yaounde))


def act(client, row, name, **body):
    return client.post(f"{ROWS}/{row.pk}/{name}", body)


def ids(client, address=ROWS) -> set:
    answer = client.get(address)
    assert answer.status_code == 200, answer.content
    return {found["id"] for found in answer.json()["results"]}


def test_it_works(api, chantal, row):
    assert ids(api(chantal)) == {row.pk}
    for name in ("move", "cancel"):
        assert act(api(chantal), row, name).json() == {"id": row.pk}


def test_another_citizen_reaches_nothing(api, row):
    other = api(UtilisateurFactory())
    RendezVousFactory(citoyen=None)
    assert ids(other) == set()
    check_problem(other.get(f"{ROWS}/{row.pk}"), 404)
    for name in ("move", "cancel"):
        check_problem(act(other, row, name), 404)
    check_problem(act(other, row, "close"), 403)


def test_a_visitor_reads_nothing(api, row):
    check_problem(api().get(ROWS), 401)
    check_problem(api().get(f"{ROWS}/{row.pk}"), 401)
    check_problem(act(api(), row, "close"), 401)
    for name in ("move", "cancel"):
        check_problem(act(api(), row, name), 404)


def test_rows_without_owner_are_not_a_visitors(api, yaounde):
    orphan = RendezVousFactory(mairie=yaounde, citoyen=None)
    for name in ("move", "cancel"):
        check_problem(act(api(), orphan, name), 404)


@pytest.mark.parametrize("name", ["move", "cancel"])
def test_the_secret_opens_its_row(api, row, name):
    for typed in (row.code, show_secret(row.code), row.code.lower(), f" {row.code} "):
        assert act(api(), row, name, code=typed).json() == {"id": row.pk}


@pytest.mark.parametrize("name", ["move", "cancel"])
def test_a_secret_opens_no_other_row(api, row, name):
    other = RendezVousFactory()
    check_problem(act(api(), row, name, code=other.code), 404)


@pytest.mark.parametrize("typed", [None, "", 12, [], {}, True, ["SECRET"], "\u0000", "a" * 5000])
def test_a_strange_secret_opens_nothing(api, row, typed):
    assert act(api(), row, "move", code=typed).status_code in {400, 404}


def test_a_body_that_is_no_object_opens_nothing(api, row):
    for body in ([row.code], row.code, None, 12):
        answer = api().post(f"{ROWS}/{row.pk}/move", body)
        assert answer.status_code in {400, 404}


def test_a_secret_in_the_address_opens_nothing(api, row):
    check_problem(api().post(f"{ROWS}/{row.pk}/move?code={row.code}", {}), 404)
    check_problem(api().get(f"{ROWS}/{row.pk}?code={row.code}"), 401)


def test_a_secret_does_not_open_the_acts_of_agents(api, row, chantal):
    check_problem(act(api(), row, "close", code=row.code), 401)
    check_problem(act(api(chantal), row, "close", code=row.code), 403)


def test_somebody_elses_account_may_bring_the_secret(api, row, colleague, brice):
    for account in (UtilisateurFactory(), colleague, brice):
        assert act(api(account), row, "cancel", code=row.code).status_code == 200


def test_an_agent_with_the_permission_handles_those_of_their_mairie(api, clerk, row, douala):
    elsewhere = RendezVousFactory(mairie=douala)
    assert ids(api(clerk)) == {row.pk}
    for name in ("cancel", "close"):
        assert act(api(clerk), row, name).status_code == 200
        check_problem(act(api(clerk), elsewhere, name), 404)


def test_the_acts_of_an_owner_are_no_agents(api, clerk, nadege, row):
    check_problem(act(api(clerk), row, "move"), 404)
    check_problem(act(api(nadege), row, "move"), 404)


def test_an_agent_without_the_permission_is_a_citizen(api, colleague, row, yaounde):
    own = RendezVousFactory(mairie=yaounde, citoyen=colleague)
    assert ids(api(colleague)) == {own.pk}
    check_problem(api(colleague).get(f"{ROWS}/{row.pk}"), 404)
    check_problem(act(api(colleague), row, "cancel"), 404)
    check_problem(act(api(colleague), row, "close"), 403)
    assert act(api(colleague), own, "cancel").status_code == 200


def test_who_may_only_look_changes_nothing(api, colleague, row):
    reader = api(grant(colleague, "view_rendezvous"))
    assert ids(reader) == {row.pk}
    check_problem(act(reader, row, "cancel"), 404)
    check_problem(act(reader, row, "close"), 403)


def test_an_agent_elsewhere_is_a_citizen_here(api, clerk, douala):
    own, other = RendezVousFactory(mairie=douala, citoyen=clerk), RendezVousFactory(mairie=douala)
    assert ids(api(clerk)) == {own.pk}
    assert act(api(clerk), own, "move").status_code == 200
    check_problem(act(api(clerk), other, "cancel"), 404)


def test_of_a_suspended_mairie_only_their_own(api, row, chantal):
    suspended = MairieFactory(statut="suspendue")
    agent = grant(agent_of(suspended), "view_rendezvous")
    RendezVousFactory(mairie=suspended)
    assert ids(api(agent)) == set()
    assert ids(api(chantal)) == {row.pk}


def test_the_national_administrator_reaches_all(api, nadege, row):
    other = RendezVousFactory()
    assert ids(api(nadege)) == {row.pk, other.pk}
    assert act(api(nadege), row, "close").status_code == 200


@pytest.mark.parametrize("name", ["create", "move"])
def test_an_account_that_is_not_verified_files_nothing(api, yaounde, name):
    account = UtilisateurFactory(non_verifie=True)
    row = RendezVousFactory(mairie=yaounde, citoyen=account)
    address = ROWS if name == "create" else f"{ROWS}/{row.pk}/{name}"
    check_problem(api(account).post(address, {}), 403, "adresse_non_verifiee")
    assert api(account).get(f"{ROWS}/{row.pk}").status_code == 200
    assert act(api(account), row, "cancel").status_code == 200
    assert api().post(ROWS, {}).status_code == 201


def test_public_rows_are_everyones(api, yaounde, chantal, brice):
    seen = SignalementFactory(mairie=yaounde)
    refused = SignalementFactory(
        mairie=yaounde, statut="rejete", date_rejet=seen.date_creation, signaleur=chantal
    )
    assert ids(api(), "/api/v1/public") == ids(api(brice), "/api/v1/public") == {seen.pk}
    assert ids(api(chantal), "/api/v1/public") == {seen.pk, refused.pk}
    agent = grant(agent_of(yaounde), "view_signalement")
    assert ids(api(agent), "/api/v1/public") == {seen.pk, refused.pk}


# Secrets are guessed slowly -----------------------------------------------------------------------


@pytest.fixture
def _two_guesses(settings):
    settings.RATES = {**settings.RATES, "secret_adresse": (2, 3600)}


@pytest.mark.usefixtures("_two_guesses")
def test_wrong_secrets_are_counted(api, row):
    for _ in range(2):
        check_problem(act(api(), row, "move", code="FAUX"), 404)
    body = check_problem(act(api(), row, "move", code="FAUX"), 429, "trop_de_demandes")
    assert body["detail"]
    # Even the right one: whoever guesses must not learn that this one was it.
    check_problem(act(api(), row, "move", code=row.code), 429)
    # Those of other addresses, and those who need none, go on.
    elsewhere = APIClient(REMOTE_ADDR="192.0.2.99")
    assert act(elsewhere, row, "move", code=row.code).status_code == 200


@pytest.mark.usefixtures("_two_guesses")
def test_right_secrets_are_free(api, row):
    for _ in range(5):
        assert act(api(), row, "move", code=row.code).status_code == 200
    for _ in range(5):
        check_problem(act(api(), row, "move", code=row.code, how="refuse"), 409)


@pytest.mark.usefixtures("_two_guesses")
def test_who_needs_no_secret_is_not_counted(api, chantal, row):
    for _ in range(5):
        assert act(api(chantal), row, "move").status_code == 200
        check_problem(act(api(), row, "move"), 404)
    assert not LimitCounter.objects.filter(count__gt=0).exists()


def test_what_people_file_is_counted_by_account_or_address(api, chantal, clerk, settings):
    settings.RATES = {**settings.RATES, "rendez_vous": (1, 3600)}
    for client in (api(), api(chantal)):
        assert client.post(ROWS, {}).status_code == 201
        check_problem(client.post(ROWS, {}), 429)
    assert api(UtilisateurFactory()).post(ROWS, {}).status_code == 201
    assert APIClient(REMOTE_ADDR="192.0.2.9").post(ROWS, {}).status_code == 201
    for _ in range(3):
        assert api(clerk).post(ROWS, {}).status_code == 201


def test_a_drafts_secret_opens_no_form_that_needs_an_account(yaounde):
    """`code_opens`, on the model that has it."""
    closed = DemarcheAdministrativeFactory(mairie=yaounde)
    rows = type(closed).objects
    visitor = APIClient().request().wsgi_request.user
    for needs, expected in ((True, []), (False, [closed])):
        type(closed.formulaire).objects.update(necessite_compte=needs)
        found = rows.open_to(visitor, staff=False, secret=closed.code_suivi)
        assert list(found) == expected
