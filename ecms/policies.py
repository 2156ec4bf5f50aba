"""What browsers may do with our answers: the Content-Security-Policy of pages, and what else is
said with every answer."""

from collections.abc import Iterable

from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    # Only a map asks where one is.
    "Permissions-Policy": (
        "accelerometer=(), browsing-topics=(), camera=(), display-capture=(), geolocation=(self), "
        "gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=()"
    ),
}
# An answer that is no page shows and asks for nothing.
API = {"default-src": [NONE], "frame-ancestors": [NONE]}
# Redoc builds its search in a worker.
DOCUMENTATION = {
    "default-src": [NONE],
    "script-src": [SELF],
    "worker-src": [SELF, "blob:"],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:"],
    "font-src": [SELF, "data:"],
    "connect-src": [SELF],
    "form-action": [SELF],
    "base-uri": [NONE],
    "frame-ancestors": [NONE],
}


def pages(images: Iterable[str] = ()) -> dict[str, list[str]]:
    """For the admin and the few pages of ours: scripts from our own files alone.

    Alpine, which moves the admin, reads its expressions by `eval`. `images` are the origins of
    public files and of the tiles of maps; "" names none.
    """
    return {
        "default-src": [SELF],
        "script-src": [SELF, UNSAFE_EVAL],
        "style-src": [SELF, UNSAFE_INLINE],
        "img-src": [SELF, "data:", "blob:", *(origin for origin in images if origin)],
        "connect-src": [SELF],
        "font-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
