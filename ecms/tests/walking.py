"""What there is, found by walking: models, factories, routes, serializers, admins.

The tests that loop over these cover an app from the moment it is written.
"""

import re
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

import factory
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.db import models
from django.urls import get_resolver
from drf_spectacular.views import (
    SpectacularAPIView,
    SpectacularRedocView,
    SpectacularSwaggerSplitView,
)
from rest_framework import serializers

from ecms.admin import ScopedAdmin, ScopedInline
from ecms.api.serializers import MairieField, ScopedRelatedField
from ecms.api.viewsets import ScopedViewSet
from ecms.scoping import ScopedQuerySet
from users.tests.factories import agent_of

OURS = ["ecms", "users", "mairies", "documents", "demarches", "evenements", "projets"]
DOCUMENTATION = {SpectacularAPIView, SpectacularSwaggerSplitView, SpectacularRedocView}
PARAMETER = re.compile(r"\(\?P<(\w+)>[^()]*\)|<(?:\w+:)?(\w+)>")


@dataclass(frozen=True)
class Route:
    """One address of the API, with the view that serves it."""

    pattern: str
    view: type
    actions: dict[str, str]

    @property
    def parameters(self) -> list[str]:
        return [regex or simple for regex, simple in PARAMETER.findall(self.pattern)]

    def url(self, values: dict) -> str:
        def value(match):
            return str(values[match[1] or match[2]])

        return "/" + re.sub(r"[\^$]", "", PARAMETER.sub(value, self.pattern))

    def __str__(self) -> str:
        return self.pattern


def our_models() -> list[type[models.Model]]:
    return [model for app in OURS for model in apps.get_app_config(app).get_models()]


def unscoped_models(found) -> list:
    """Models whose rows a query shows without asking for whom."""
    return [m for m in found if not isinstance(m._default_manager.all(), ScopedQuerySet)]


def routes(patterns=None, prefix: str = "") -> list[Route]:
    """Every address under /api/ of the URL configuration, or of `patterns`."""
    found = []
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        address = prefix + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            found += routes(pattern.url_patterns, address)
        elif patterns is None and not address.startswith("api/"):
            continue
        else:
            view = getattr(pattern.callback, "cls", pattern.callback)
            # A copy: REST framework adds HEAD to its own at the first request.
            actions = dict(getattr(pattern.callback, "actions", None) or {})
            actions.pop("head", None)
            found.append(Route(address, view, actions))
    return [route for route in found if route.pattern.startswith("api/")]


def unscoped_routes(found) -> list[Route]:
    """Addresses served neither by a ScopedViewSet nor by a view that says why it needs none."""
    return [route for route in found if not _is_scoped(route.view)]


def _is_scoped(view) -> bool:
    if isinstance(view, type) and issubclass(view, ScopedViewSet):
        return isinstance(view.queryset, ScopedQuerySet)
    return view in DOCUMENTATION or bool(str(getattr(view, "unscoped", "")).strip())


def our_serializers(root=serializers.BaseSerializer) -> set[type]:
    """Every serializer of ours, whatever uses it."""
    for app in OURS:
        for name in ("serializers", "api.serializers"):
            if find_spec(f"{app}.{name}" if "." not in name else f"{app}.api"):
                import_module(f"{app}.{name}")
    found = set()
    for child in root.__subclasses__():
        found |= {child} | our_serializers(child)
    return {s for s in found if _is_ours(s) and (hasattr(s, "Meta") or s._declared_fields)}


def _is_ours(kind: type) -> bool:
    return kind.__module__.split(".")[0] in OURS and ".tests" not in kind.__module__


def writable_relations(serializer_class, request):
    """(name, field) of what a body may name among the rows of ours."""
    serializer = serializer_class(context={"request": request, "view": None})
    for name, field in getattr(serializer, "fields", {}).items():
        field = getattr(field, "child_relation", field)
        if field.read_only or not isinstance(field, serializers.RelatedField):
            continue
        if field.queryset.model._meta.app_label in OURS:
            yield name, field


def unscoped_relations(serializer_class, request) -> list[str]:
    safe = (ScopedRelatedField, MairieField)
    return [n for n, f in writable_relations(serializer_class, request) if not isinstance(f, safe)]


def unscoped_admins(registry=None) -> list:
    """Admins and inlines of our models that show rows of any mairie."""
    registered = (admin.site._registry if registry is None else registry).items()
    ours = [a for model, a in registered if model._meta.app_label in OURS]
    inlines = [inline for each in ours for inline in each.inlines]
    return [a for a in ours if not isinstance(a, ScopedAdmin)] + [
        i for i in inlines if not issubclass(i, ScopedInline)
    ]


def factories_of(model) -> list[type[factory.django.DjangoModelFactory]]:
    module = import_module(f"{model._meta.app_label}.tests.factories")
    found = [f for f in vars(module).values() if _is_factory(f) and f.__module__ == module.__name__]
    return [f for f in found if f._meta.get_model_class() is model]


def _is_factory(value) -> bool:
    base = factory.django.DjangoModelFactory
    return isinstance(value, type) and issubclass(value, base) and value is not base


def rows_of(model, mairie) -> list:
    """Rows of `model` that belong to `mairie`: one as the factory makes them, one per trait."""
    if model._meta.label == "users.Utilisateur":
        return [agent_of(mairie)]
    if model is type(mairie):
        return [mairie]
    (make,) = factories_of(model)
    lookup = model._default_manager.all().mairie_lookup
    if lookup is None:
        return [make()]
    traits = [n for n, p in make._meta.parameters.items() if isinstance(p, factory.Trait)]
    named = {lookup: mairie}
    return [make(**named), *[make(**named, **{trait: True}) for trait in traits]]


def all_permissions():
    """Every model permission on what is ours: what the widest role could hold."""
    return Permission.objects.filter(content_type__app_label__in=OURS)
