"""The owner of an account learns that somebody is trying to get in."""

from django.db import transaction

from ecms import limits
from ecms.mail import queue_mail
from users.models import Utilisateur


@transaction.atomic
def locked_out(account: Utilisateur | None, *, named: str = "") -> None:
    """`named` is what was typed, of an account or not: the work is the same, and whether anybody
    is told, once a day at most, is found out when the mail is sent (`users.mails`)."""
    if limits.allowed("alerte", f"identifiant:{named or account.pk}"):
        queue_mail(
            "users/connexion_bloquee",
            to=(account and account.email) or "",
            compte=account.pk if account else 0,
        )
