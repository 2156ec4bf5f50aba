"""What is to be known of a request beyond what Django says."""

import ipaddress
import re
from contextvars import ContextVar

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest

request_id: ContextVar[str] = ContextVar("request_id", default="-")
CHARSET = re.compile(r";\s*charset[^;=]*=[^;]*", re.IGNORECASE)


class Utf8Request(WSGIRequest):
    """Text is UTF-8 whatever a client declares: Django would decode with any codec of Python that
    is named, and fail on those that hold no text (`charset=hex`) before anything could answer."""

    def __init__(self, environ):
        environ["CONTENT_TYPE"] = CHARSET.sub("", environ.get("CONTENT_TYPE", ""))
        super().__init__(environ)


def client_address(request) -> str:
    """The address of the client, or "" when there is none to be believed.

    `X-Forwarded-For` counts only as far as the proxies of ours wrote it (`NUM_PROXIES`); an IPv6
    client owns a whole /64, which is therefore what is returned.
    """
    address = request.META.get("REMOTE_ADDR", "")
    if settings.NUM_PROXIES:
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        address = forwarded[-min(settings.NUM_PROXIES, len(forwarded))].strip() or address
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if parsed.version == 6:
        mapped = parsed.ipv4_mapped
        return str(mapped or ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


def is_api(request) -> bool:
    return f"{request.path_info}/".startswith("/api/")
