"""Signing in, by the API and by the admin: the same limits, the same time whatever is wrong."""

from django.contrib.auth.hashers import make_password

from ecms import limits
from ecms.exceptions import TooManyAttempts
from users.models import Utilisateur
from users.services import alerts, second_factor
from users.services.addresses import newest_claim, verified_holder


class InvalidCredentials(Exception):
    """Wrong password, unknown or deactivated: nobody is told which."""


class SecondFactorNeeded(Exception):
    """The password is right, and the account has a second factor."""


class EnrolmentNeeded(Exception):
    """The password is right, and the account must have a second factor before it enters."""


def authenticate(identifier: str, password: str, *, address: str) -> Utilisateur:
    """The account that `identifier` (a username or an e-mail address) and `password` open.

    `address` is the client's. Counts the try before it hashes anything; a success is free. Nobody
    is signed in yet: there may be a second factor to ask for. Raises `InvalidCredentials`, or
    `TooManyAttempts` once the account at this address, or the address, has failed too often.
    """
    identifier = Utilisateur.normalize_username(identifier).strip().lower()
    tries = [limits.count("connexion_adresse", address)]
    try:
        tries.append(limits.count("connexion_compte", address, identifier))
    except TooManyAttempts:
        tries[0].free()
        alerts.locked_out(_owner(identifier), named=identifier)
        raise
    utilisateur = _matching(identifier, password)
    if utilisateur is None:
        raise InvalidCredentials
    for done in tries:
        done.free()
    return utilisateur


def check_second_factor(account: Utilisateur, code: str, *, address: str) -> None:
    """What the API asks for after the password. Raises `SecondFactorNeeded` without a code,
    `EnrolmentNeeded`, and as `users.services.second_factor.verify` does."""
    if second_factor.exists(account):
        if not code:
            raise SecondFactorNeeded
        second_factor.verify(account, code, address=address)
    elif second_factor.is_required(account):
        raise EnrolmentNeeded


def _owner(identifier: str) -> Utilisateur | None:
    """Who is told that somebody tries this identifier."""
    if "@" in identifier:
        return verified_holder(identifier)
    return Utilisateur.objects.named(identifier).first()


def _matching(identifier: str, password: str) -> Utilisateur | None:
    """Always two hashes for an address, one for a username, so that time tells nothing."""
    if "@" in identifier:
        candidates = [verified_holder(identifier), newest_claim(identifier)]
    else:
        candidates = [Utilisateur.objects.with_profile().named(identifier).first()]
    matching = [account for account in candidates if _fits(account, password)]
    return matching[0] if matching else None


def _fits(account: Utilisateur | None, password: str) -> bool:
    if account is None:
        make_password(password)
        return False
    return account.check_password(password) and account.is_active
