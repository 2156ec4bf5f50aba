"""Which models are imported, and how."""

from django.db.models import Model

from ecms.imports.resources import ImportResource

_imports: dict[type[Model], type[ImportResource]] = {}


def declare(resource: type[ImportResource]) -> None:
    _imports[resource._meta.model] = resource


def import_of(model: type[Model]) -> type[ImportResource] | None:
    return _imports.get(model)
