"""Codes of an authenticator app (RFC 6238): six digits, a new one each thirty seconds."""

import base64
import hmac
import secrets
from urllib.parse import quote, urlencode

from django.utils import timezone
from django.utils.crypto import constant_time_compare

ISSUER = "E-CMS"
PERIOD = 30
# How many periods a telephone's clock may be wrong.
DRIFT = 1


def new_secret() -> str:
    """160 bits, in base32 as apps want it."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def uri(secret: str, username: str) -> str:
    """What the QR code holds."""
    label = quote(f"{ISSUER}:{username}", safe=":")
    return f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': ISSUER})}"


def present_step() -> int:
    return int(timezone.now().timestamp()) // PERIOD


def code_at(secret: str, step: int) -> str:
    digest = hmac.digest(base64.b32decode(secret), step.to_bytes(8, "big"), "sha1")
    start = digest[-1] & 15
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**6:06d}"


def matching_step(secret: str, code: str) -> int | None:
    """The latest step, of those that may be the present one, whose code this is."""
    now = present_step()
    steps = range(now - DRIFT, now + DRIFT + 1)
    matching = [step for step in steps if constant_time_compare(code_at(secret, step), code)]
    return max(matching, default=None)
