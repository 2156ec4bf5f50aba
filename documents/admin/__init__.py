"""One module a resource; Django finds the registrations through this package."""

from documents.admin import actualites, faqs, officiels, pages

__all__ = ["actualites", "faqs", "officiels", "pages"]
