"""The viewsets of E-CMS: scoped rows, conditional reads and writes."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from rest_framework import mixins
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.permissions import SAFE_METHODS
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from ecms.api.caching import MAX_AGE, etag_of, mark_private, mark_public, matches
from ecms.api.exceptions import PreconditionFailed


class ScopedViewSet(GenericViewSet):
    """Rows in the caller's reach: what is outside it is a 404.

    `is_public`: anyone may read, and anonymous answers may be cached. `open_actions` and
    `permissions` are read by `ModelPermissions`. `scopes` names another scope for an action, such
    as {"annuler": "owned_by"}. `volatile` names fields that change by being read.
    """

    is_public = False
    open_actions: frozenset[str] = frozenset()
    permissions: dict[str, str] = {}
    scopes: dict[str, str] = {}
    volatile: frozenset[str] = frozenset()
    lookup_value_regex = r"\d{1,18}"

    def get_queryset(self):
        safe = self.request.method in SAFE_METHODS
        scope = self.scopes.get(self.action, "visible_to" if safe else "manageable_by")
        return getattr(super().get_queryset(), scope)(self.request.user)

    def max_age(self) -> int:
        """How many seconds an anonymous answer may be kept."""
        return MAX_AGE

    def finalize_response(self, request, response, *args, **kwargs):
        response = super().finalize_response(request, response, *args, **kwargs)
        if not isinstance(response, Response) or response.status_code != 200:
            return response
        response["ETag"] = etag_of(response.data, volatile=self.volatile)
        if self.is_public and request.method in SAFE_METHODS and not request.auth:
            mark_public(response, self.max_age())
        else:
            mark_private(response)
        if request.method in SAFE_METHODS and matches(
            request.headers.get("If-None-Match", ""), response["ETag"]
        ):
            return _not_modified(response)
        return response

    def lock_object(self):
        """The row of the request, locked until the end of the transaction, and still as the
        client read it if `If-Match` says so (412 otherwise)."""
        instance = self.get_object()
        # Locked by its key alone: an outer join of the list's query cannot be.
        type(instance)._base_manager.select_for_update(no_key=True).get(pk=instance.pk)
        instance = self.get_object()
        if header := self.request.headers.get("If-Match"):
            current = etag_of(self.get_serializer(instance).data, volatile=self.volatile)
            if not matches(header, current):
                raise PreconditionFailed
        return instance

    def check_in_scope(self, instance) -> None:
        """Refuse, and roll back, a write that put the row out of the caller's reach."""
        if not self.get_queryset().filter(pk=instance.pk).exists():
            raise NotFound

    def own_mairie(self, data: dict):
        """The mairie of a new row, taken out of `data`: an agent's own, whatever the body says;
        the national administrator names one."""
        named = data.pop("mairie", None)
        user = self.request.user
        if not user.is_superuser:
            return user.mairie_agent
        if named is None:
            raise ValidationError({"mairie": [_("Précisez la mairie.")]})
        return named


class CreateMixin(mixins.CreateModelMixin):
    """POST; a subclass that calls a service overrides `perform_create`."""

    def create(self, request, *args, **kwargs):
        with transaction.atomic():
            return super().create(request, *args, **kwargs)

    def perform_create(self, serializer):
        serializer.save(mairie=self.own_mairie(serializer.validated_data))
        self.check_in_scope(serializer.instance)


class UpdateMixin:
    """PUT and PATCH under the row's lock."""

    @transaction.atomic
    def update(self, request, *args, partial=False, **kwargs):
        instance = self.lock_object()
        serializer = self.get_serializer(instance, data=request.data, partial=partial)
        serializer.is_valid(raise_exception=True)
        serializer.validated_data.pop("mairie", None)
        self.perform_update(serializer)
        self.check_in_scope(serializer.instance)
        return Response(serializer.data)

    def partial_update(self, request, *args, **kwargs):
        return self.update(request, *args, partial=True, **kwargs)

    def perform_update(self, serializer):
        serializer.save()


class DestroyMixin:
    @transaction.atomic
    def destroy(self, request, *args, **kwargs):
        self.lock_object().delete()
        return Response(status=204)


class ReadOnlyScopedViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """List and detail."""


class ScopedModelViewSet(CreateMixin, UpdateMixin, DestroyMixin, ReadOnlyScopedViewSet):
    """List, detail and the writes of agents."""


def _not_modified(response):
    bare = Response(status=304)
    for name in ("ETag", "Cache-Control", "Vary"):
        bare[name] = response[name]
    bare.accepted_renderer = response.accepted_renderer
    bare.accepted_media_type = response.accepted_media_type
    bare.renderer_context = response.renderer_context
    return bare
