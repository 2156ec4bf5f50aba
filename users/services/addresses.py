"""An address is a claim until it is verified; verifying makes it one account's own."""

from django.core.validators import EmailValidator, RegexValidator
from django.db import connection

from users.models import Utilisateur

# Printable ASCII without quotes. Whatever else an `EmailValidator` lets through could not be
# written into a mail, or is another address once it is in lower case.
plain_address = RegexValidator(r"^[!#-~]+\Z", EmailValidator.message)


class AddressTaken(Exception):
    """Another account has verified the address in the meantime."""


def verified_holder(address: str) -> Utilisateur | None:
    return Utilisateur.objects.with_profile().filter(email=address, is_verified=True).first()


def newest_claim(address: str) -> Utilisateur | None:
    """The unverified account that asked for the address last.

    Invited staff come first: nobody can put himself before an agent's first password by
    registering with the agent's address.
    """
    claims = Utilisateur.objects.with_profile().filter(email=address, is_verified=False)
    return claims.order_by("-is_staff", "-pk").first()


def account_of(address: str) -> Utilisateur | None:
    """Whom a password reset reaches: the verified holder, else the newest claim."""
    return verified_holder(address) or newest_claim(address)


def lock(address: str) -> None:
    """Let no other transaction verify `address`. Taken before any account's row, so that two
    claims of one address never wait for each other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [address])


def verify(utilisateur: Utilisateur, address: str) -> None:
    """Make `address` the verified one of `utilisateur` and clear it from every other claim.

    Call it within a transaction that holds `lock(address)`. Raises `AddressTaken`.
    """
    others = Utilisateur.objects.filter(email=address).exclude(pk=utilisateur.pk)
    if others.filter(is_verified=True).exists():
        raise AddressTaken
    others.update(email=None)
    utilisateur.email = address
    utilisateur.is_verified = utilisateur.email_verifie = True
    utilisateur.save(update_fields=["email", "is_verified", "email_verifie", "date_modification"])
