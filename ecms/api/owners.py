"""Rows that citizens file and agents handle: owners, holders of a secret, and staff, in one view.

Every act of an owner is open to the row's secret too, at the same address, with the secret in the
body (docs/api.md, Without an account).
"""

from collections.abc import Mapping
from functools import cache, cached_property

from django.db.models import Model
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import SAFE_METHODS

from ecms import limits
from ecms.api.permissions import ModelPermissions, permission_of
from ecms.api.throttling import AuthorThrottle, SecretThrottle
from ecms.codes import read_secret
from ecms.db.statements import Lookup


class OwnerPermissions(ModelPermissions):
    """Lets the acts of owners through to their rows, which decide; the others ask for the model
    permission. An account may read its own rows without any."""

    def has_permission(self, request, view):
        if view.action in view.owner_acts | view.shared_acts:
            return True
        if request.method in SAFE_METHODS and request.user.is_authenticated:
            return True
        return super().has_permission(request, view)


class OwnedRowsMixin:
    """Scopes a `ScopedViewSet` to what the caller filed, what the secret of the request opens, and
    what an agent with the permission of the action manages.

    `owner_acts` are an owner's alone, `shared_acts` an owner's or an agent's; what neither names
    is the agents'. `verified_acts` are refused to an account whose address is not verified.
    Reading is everyone's own rows, and for agents with the permission to view their mairie's.
    """

    permission_classes = [OwnerPermissions]
    throttle_classes = [AuthorThrottle, SecretThrottle]
    rates: dict[str, str] = {}
    owner_acts: frozenset[str] = frozenset()
    shared_acts: frozenset[str] = frozenset()
    verified_acts: frozenset[str] = frozenset()
    code_name = "code_suivi"
    secret_try: limits.Try | None = None
    secret_found = False

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        if self.action in self.verified_acts:
            check_verified(request.user)

    def get_object(self):
        found = super().get_object()
        self.secret_was_right()
        return found

    def secret_was_right(self) -> None:
        """Give the try of the secret back when the request is over: it opened a row."""
        self.secret_found = True

    def finalize_response(self, request, response, *args, **kwargs):
        if self.secret_try and self.secret_found:
            self.secret_try.free()
        return super().finalize_response(request, response, *args, **kwargs)

    @property
    def is_owners(self) -> bool:
        """Whether the action is open to owners and holders of a secret."""
        return self.action in self.owner_acts | self.shared_acts

    @property
    def as_staff(self) -> bool:
        """Whether the caller has the model permission that the action asks of agents."""
        user, reads = self.request.user, self.request.method in SAFE_METHODS
        return user.is_authenticated and user.has_perm(permission_of(self, self.action, reads))

    @property
    def secret(self) -> str:
        """The secret in the body, "" without one. Addresses are logged, and never carry one."""
        if not self.is_owners or not isinstance(self.request.data, Mapping):
            return ""
        return read_secret(self.request.data.get(self.code_name))

    def reach(self, rows):
        reads = self.request.method in SAFE_METHODS
        if not reads and not self.is_owners:
            return rows.manageable_by(self.request.user)
        staff = self.as_staff and self.action not in self.owner_acts
        return rows.open_to(
            self.request.user,
            staff=staff,
            own=not staff or self.has_own,
            public=reads and self.is_public,
            secret=self.secret,
        )

    def reach_of(self) -> tuple:
        staff = self.as_staff and self.action not in self.owner_acts
        return (*super().reach_of(), staff, not staff or self.has_own, self.secret)

    @cached_property
    def has_own(self) -> bool:
        """Whether an agent's own rows are to be looked for beside their mairie's. Few agents ever
        filed any, and no index gives the page of a list in order by the one or the other."""
        user = self.request.user
        if self.detail or user.is_superuser:
            return True
        model = self.queryset.model
        return bool(model._default_manager.all().owner_lookup and _first_own(model)(owner=user.pk))


@cache
def _first_own(model: type[Model]) -> Lookup:
    """One row that an account owns, if there is any."""
    rows = model._default_manager.order_by()
    return Lookup(lambda owner: rows.filter(**{rows.owner_lookup: owner}).values_list("pk")[:1])


def check_verified(user) -> None:
    """Raises `PermissionDenied` for an account whose address is not verified: it may read, and
    neither file, book nor register."""
    if user.is_authenticated and not (user.is_verified or user.is_superuser):
        raise PermissionDenied(
            _("Vérifiez d'abord votre adresse électronique."), "adresse_non_verifiee"
        )
