"""Secrets at rest, under keys that derive from `SECRET_KEY`: the present one writes, those of
`SECRET_KEY_FALLBACKS` still read."""

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac

SALT = "users.sealing"


def seal(text: str) -> str:
    return _sealer().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str | None:
    """What was sealed; None if no key of ours opens it."""
    try:
        return _sealer().decrypt(sealed.encode()).decode()
    except InvalidToken:
        return None


def sealed_anew(sealed: str) -> str | None:
    """The same under the present key; None if no key of ours opens it."""
    try:
        return _sealer().rotate(sealed.encode()).decode()
    except InvalidToken:
        return None


def is_current(sealed: str) -> bool:
    """Whether the present key alone opens it."""
    try:
        Fernet(_key(settings.SECRET_KEY)).decrypt(sealed.encode())
    except InvalidToken:
        return False
    return True


def fingerprints(text: str) -> list[str]:
    """Keyed hashes of a secret that is only ever compared: under the present key, then under the
    former ones."""
    return [
        salted_hmac(f"{SALT}.fingerprint", text, secret=key, algorithm="sha256").hexdigest()
        for key in _secrets()
    ]


def _secrets() -> list[str]:
    return [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]


def _key(secret: str) -> bytes:
    derived = salted_hmac(SALT, "fernet", secret=secret, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(derived)


def _sealer() -> MultiFernet:
    return MultiFernet([Fernet(_key(secret)) for secret in _secrets()])
