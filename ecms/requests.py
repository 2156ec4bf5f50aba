"""What is to be known of a request beyond what Django says."""

import ipaddress
from contextvars import ContextVar

from django.conf import settings

request_id: ContextVar[str] = ContextVar("request_id", default="-")


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
    return request.path_info.startswith("/api/")
