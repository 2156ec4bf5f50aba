"""The viewsets of E-CMS: scoped rows, conditional reads and writes."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Model
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import mixins
from rest_framework.exceptions import NotFound, PermissionDenied, ValidationError
from rest_framework.permissions import SAFE_METHODS
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from ecms.api.again import TriedAgain
from ecms.api.caching import etag_of, mark_private, mark_public, matches, max_age_until
from ecms.api.exceptions import PreconditionFailed
from ecms.api.lists import ListMixin
from ecms.db import replica
from ecms.remembered import Remembered
from ecms.versions import seen_by

READS = ("GET", "HEAD")
# Whose answers are the row itself: an action's POST may say something else.
TAGGED = (*READS, "PUT", "PATCH")


@dataclass(frozen=True)
class Change:
    at: datetime | None


# When rows of a model next appear or go by themselves.
CHANGES = Remembered(size=50)


class ConditionalReads:
    """Entity tags and cache headers for the answers of a view.

    `is_public`: anyone may read, and anonymous answers may be cached. `volatile` names fields that
    change by being read. `may_lag`: such an answer may be a moment old, and come from a replica.
    `changing` is a model whose rows appear or go by the clock; its query set tells when.
    """

    is_public = False
    may_lag = True
    volatile: frozenset[str] = frozenset()
    changing: type[Model] | None = None

    def max_age(self) -> int:
        """How many seconds an anonymous answer may be kept: less than usual when a row appears or
        goes by itself before."""
        return max_age_until(self.next_change())

    def next_change(self) -> datetime | None:
        """When rows of `changing` next appear or go by themselves."""
        if self.changing is None:
            return None
        now, name = seen_by(self.request), self.changing._meta.label_lower
        known = CHANGES.find(name, now)
        if known and (known.at is None or known.at > timezone.now()):
            return known.at
        found = Change(self.changing._default_manager.next_change())
        if not self.answering.may_lag:
            CHANGES.keep(name, found, {self.changing._meta.db_table}, now)
        return found.at

    def dispatch(self, request, *args, **kwargs):
        with replica.one_answer() as self.answering:
            response = super().dispatch(request, *args, **kwargs)
        # Told to whoever would keep it longer than it is true.
        response.may_lag = self.answering.may_lag
        return response

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        self.answering.allowed = self.may_lag and self.is_read_by_anyone(request)

    def is_read_by_anyone(self, request) -> bool:
        return self.is_public and request.method in READS and not request.user.is_authenticated

    def finalize_response(self, request, response, *args, **kwargs):
        response = super().finalize_response(request, response, *args, **kwargs)
        if not isinstance(response, Response) or response.status_code != 200:
            return response
        if self.is_read_by_anyone(request):
            mark_public(response, self.max_age())
        else:
            mark_private(response)
        if request.method not in TAGGED:
            return response
        response["ETag"] = etag_of(response.data, volatile=self.volatile)
        given = request.headers.get("If-None-Match", "")
        if request.method in READS and matches(given, response["ETag"]):
            return _not_modified(response)
        return response


class ScopedViewSet(TriedAgain, ConditionalReads, GenericViewSet):
    """Rows in the caller's reach: what is outside it is a 404.

    `open_actions` and `permissions` are read by `ModelPermissions`. `scopes` names another scope
    for an action, such as {"annuler": "owned_by"}.
    """

    open_actions: frozenset[str] = frozenset()
    permissions: dict[str, str] = {}
    scopes: dict[str, str] = {}
    lookup_value_regex = "[0-9]{1,18}"

    def get_queryset(self):
        return self.reach(super().get_queryset())

    def reach(self, rows):
        """The rows of a `ScopedQuerySet` that the caller may do this action to."""
        safe = self.request.method in SAFE_METHODS
        scope = self.scopes.get(self.action, "visible_to" if safe else "manageable_by")
        return getattr(rows, scope)(self.request.user)

    def get_object(self):
        """The row of the request: 404 out of reach, 412 when a write's `If-Match` is stale."""
        instance = super().get_object()
        if self.request.method not in SAFE_METHODS:
            self._check_version(instance)
        return instance

    def lock_object(self):
        """The row of the request, locked until the end of the transaction."""
        found = self.get_object()
        # Locked by its key alone: an outer join of the list's query cannot be.
        type(found)._base_manager.select_for_update(no_key=True).filter(pk=found.pk).first()
        # What another request wrote or deleted before the lock was had is seen only now.
        instance = get_object_or_404(self.get_queryset(), pk=found.pk)
        self._check_version(instance)
        return instance

    def _check_version(self, instance) -> None:
        if header := self.request.headers.get("If-Match"):
            current = etag_of(self.get_serializer(instance).data, volatile=self.volatile)
            if not matches(header, current):
                raise PreconditionFailed

    def check_in_scope(self, instance) -> None:
        """Refuse, and roll back, a write that put the row out of the caller's reach."""
        if not self.get_queryset().filter(pk=instance.pk).exists():
            raise NotFound

    def own_mairie(self, data: dict):
        """The mairie of a new row, taken out of `data`: an agent's own, whatever the body says;
        the national administrator names one. Whoever works for none makes nothing."""
        named = data.pop("mairie", None)
        user = self.request.user
        if not user.is_superuser:
            if user.mairie_agent is None:
                raise PermissionDenied
            return user.mairie_agent
        if named is None:
            raise ValidationError({"mairie": [_("Précisez la mairie.")]})
        return named


class SlugOrIdMixin:
    """Rows found by id everywhere, by slug with `?mairie=`: a slug is unique in its mairie alone,
    and never digits only."""

    lookup_value_regex = "[a-z0-9-]{1,100}"

    def get_object(self):
        key, mairie = self.kwargs["pk"], self.request.query_params.get("mairie")
        if key.isdigit():
            return super().get_object()
        if not mairie:
            raise ValidationError({"mairie": [_("Précisez la mairie (?mairie=), ou donnez l'id.")]})
        self.lookup_field, self.lookup_url_kwarg = "slug", "pk"
        self.queryset = self.queryset.filter(mairie__slug=mairie)
        return super().get_object()


class CreateMixin:
    """POST; a subclass that calls a service overrides `perform_create`."""

    @transaction.atomic
    def create(self, request, *args, **kwargs):
        serializer = self.get_serializer(data=request.data)
        if not request.user.is_superuser:
            _ignore_mairie(serializer)
        serializer.is_valid(raise_exception=True)
        self.perform_create(serializer)
        return Response(serializer.data, status=201, headers=self._location(serializer.instance))

    def _location(self, instance) -> dict[str, str]:
        if not hasattr(self, "retrieve"):
            return {}
        return {"Location": self.request.build_absolute_uri(f"{self.request.path}/{instance.pk}")}

    def perform_create(self, serializer):
        serializer.save(mairie=self.own_mairie(serializer.validated_data))
        self.check_in_scope(serializer.instance)


class UpdateMixin:
    """PUT and PATCH under the row's lock."""

    @transaction.atomic
    def update(self, request, *args, partial=False, **kwargs):
        instance = self.lock_object()
        serializer = self.get_serializer(instance, data=request.data, partial=partial)
        _ignore_mairie(serializer)
        serializer.is_valid(raise_exception=True)
        self.perform_update(serializer)
        self.check_in_scope(serializer.instance)
        # Told anew: a partial serializer leaves out what has only a default.
        return Response(self.get_serializer(serializer.instance).data)

    def partial_update(self, request, *args, **kwargs):
        return self.update(request, *args, partial=True, **kwargs)

    def perform_update(self, serializer):
        serializer.save()


class DestroyMixin:
    """DELETE under the row's lock; a subclass that calls a service overrides `perform_destroy`."""

    @transaction.atomic
    def destroy(self, request, *args, **kwargs):
        self.perform_destroy(self.lock_object())
        return Response(status=204)

    def perform_destroy(self, instance):
        instance.delete()


class ReadOnlyScopedViewSet(ListMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """List and detail."""


class ScopedModelViewSet(CreateMixin, UpdateMixin, DestroyMixin, ReadOnlyScopedViewSet):
    """List, detail and the writes of agents."""


def _ignore_mairie(serializer) -> None:
    """Believe nothing that the body says of the mairie, not even that it exists."""
    if "mairie" in serializer.fields:
        serializer.fields["mairie"].read_only = True


def _not_modified(response):
    bare = Response(status=304)
    for name in ("ETag", "Cache-Control", "Vary"):
        bare[name] = response[name]
    bare.accepted_renderer = response.accepted_renderer
    bare.accepted_media_type = response.accepted_media_type
    bare.renderer_context = response.renderer_context
    return bare
