"""Absolute addresses of what is published. They come from the settings and never from the `Host`
of a request, which anyone may choose and caches would keep."""

from urllib.parse import urljoin

from django.conf import settings

from ecms.environment import origin_of


def api_address(path: str) -> str:
    """`path` below the root of the API."""
    return f"{settings.API_BASE_URL}/{path}"


def own_address(path: str) -> str:
    """`path` (with its slash) on the host of the API; an absolute address stays as it is."""
    return urljoin(origin_of(settings.API_BASE_URL), path)


def page_address(mairie, path: str = "") -> str:
    """A page of the front end in the space of a mairie (`docs/api.md`, Front-end routes)."""
    address = f"{settings.FRONTEND_URL}/mairies/{mairie.slug}"
    return f"{address}/{path}" if path else address
