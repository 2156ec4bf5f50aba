"""One module a resource; Django finds the registrations through this package."""

from projets.admin import projets, suites

__all__ = ["projets", "suites"]
