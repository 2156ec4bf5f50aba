"""Signing in, by the API and by the admin: the same limits, the same time whatever is wrong."""

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import update_last_login

from ecms import limits
from ecms.exceptions import TooManyAttempts
from users.models import Utilisateur
from users.services.addresses import newest_claim, verified_holder


class InvalidCredentials(Exception):
    """Wrong password, unknown or deactivated: nobody is told which."""


def authenticate(identifier: str, password: str, *, address: str) -> Utilisateur:
    """The account that `identifier` (a username or an e-mail address) and `password` open.

    `address` is the client's. Counts the try before it hashes anything; a success is free. Raises
    `InvalidCredentials`, or `TooManyAttempts` once the account at this address, or the address,
    has failed too often.
    """
    identifier = Utilisateur.normalize_username(identifier).strip().lower()
    tries = [limits.count("connexion_adresse", address)]
    try:
        tries.append(limits.count("connexion_compte", address, identifier))
    except TooManyAttempts:
        tries[0].free()
        raise
    utilisateur = _matching(identifier, password)
    if utilisateur is None:
        raise InvalidCredentials
    for done in tries:
        done.free()
    update_last_login(None, utilisateur)
    return utilisateur


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
