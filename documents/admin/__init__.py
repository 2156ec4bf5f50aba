"""One module a resource; Django finds the registrations through this package."""

from documents.admin import actualites

__all__ = ["actualites"]
