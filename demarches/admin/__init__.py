"""One module a resource; Django finds the registrations through this package."""

from demarches.admin import demarches, formulaires, rendez_vous, signalements

__all__ = ["demarches", "formulaires", "rendez_vous", "signalements"]
