"""The second factor of the cast, and what their telephones show."""

from users.models import SecondFacteur
from users.services import sealing, totp
from users.tests.factories import PASSWORD, SecondFacteurFactory

LOGIN = "/admin/login/"
CODE = f"{LOGIN}code/"
ENROL = f"{LOGIN}activer/"
CODES = "/admin/second-facteur/codes/"


def enrol(account) -> str:
    """Give `account` a second factor; returns its secret."""
    secret = totp.new_secret()
    SecondFacteurFactory(utilisateur=account, secret=sealing.seal(secret))
    return secret


def code_of(secret: str, later: int = 0) -> str:
    """What the telephone shows now, or `later` times thirty seconds from now."""
    return totp.code_at(secret, totp.present_step() + later)


def wrong_code(secret: str) -> str:
    """Six digits that open nothing."""
    good = {code_of(secret, n) for n in range(-3, 4)}
    return next(f"{n:06d}" for n in range(10) if f"{n:06d}" not in good)


def secret_of(account) -> str:
    return sealing.unseal(SecondFacteur.objects.get(utilisateur=account).secret)


def secret_in(page) -> str:
    """The one that a page offers to enrol."""
    return page.context["secret"].replace(" ", "")


def enter(client, username: str, password: str = PASSWORD, *, secret: str = ""):
    """Through the whole door: the password, then the code, or "Plus tard" without a secret."""
    client.post(LOGIN, {"username": username, "password": password})
    if secret:
        return client.post(CODE, {"code": code_of(secret)})
    return client.post(ENROL, {"plus_tard": "1"})


def enrol_at_the_door(client, username: str, password: str = PASSWORD):
    """The first sign-in of whoever must have a second factor; the recovery codes."""
    client.post(LOGIN, {"username": username, "password": password})
    secret = secret_in(client.get(ENROL))
    answer = client.post(ENROL, {"code": code_of(secret)})
    assert (answer.status_code, answer["Location"]) == (302, CODES)
    return client.get(CODES).context["codes"]
