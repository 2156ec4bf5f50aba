"""One module a resource; Django finds the registrations through this package."""

from evenements.admin import abonnes, evenements, inscriptions, newsletters

__all__ = ["abonnes", "evenements", "inscriptions", "newsletters"]
