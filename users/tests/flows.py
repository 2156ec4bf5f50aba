"""What tests of accounts do over and over: ask, sign in, read a code in a mail."""

import re
from datetime import timedelta

from django.contrib.auth.hashers import MD5PasswordHasher
from django.utils import timezone
from django.utils.translation import gettext, override
from rest_framework.test import APIClient

AUTH = "/api/v1/auth"
# One that the rules for passwords let through.
GOOD_PASSWORD = "Bananes-plantains-7"


class CountingHasher(MD5PasswordHasher):
    """MD5 that counts how often it hashed."""

    algorithm = "counting"
    hashes = 0

    def encode(self, password, salt):
        CountingHasher.hashes += 1
        return super().encode(password, salt)


def post(path: str, body: dict, client: APIClient | None = None, **headers):
    return (client or APIClient()).post(f"{AUTH}/{path}", body, **headers)


def bearer(access: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {access}")
    return client


def signs_in(identifier: str, password: str) -> bool:
    answer = post("login", {"username": identifier, "password": password})
    assert answer.status_code in {200, 401}, answer.content
    return answer.status_code == 200


def is_open(access: str) -> bool:
    """Whether an access token still signs in."""
    answer = bearer(access).get(f"{AUTH}/profile")
    assert answer.status_code in {200, 401}, answer.content
    return answer.status_code == 200


def refreshes(refresh: str) -> bool:
    answer = post("token/refresh", {"refresh": refresh})
    assert answer.status_code in {200, 401}, answer.content
    return answer.status_code == 200


def later(time_machine, **delta) -> None:
    """Go on in time; the database's own clock stays."""
    time_machine.move_to(timezone.now() + timedelta(**delta))


def in_english(message: str) -> str:
    with override("en"):
        return gettext(message)


def code_in(message) -> str:
    return re.search(r"^\d{6}$", message.body, re.MULTILINE).group()


def wrong(code: str, step: int = 1) -> str:
    return f"{(int(code) + step) % 10**6:06d}"


def seen(answer) -> tuple:
    """An answer as a stranger may compare it: all but its date and its request id."""
    headers = {k: v for k, v in answer.headers.items() if k not in {"X-Request-ID", "Date"}}
    body = answer.content.replace(answer.headers["X-Request-ID"].encode(), b"-")
    return answer.status_code, headers, body
