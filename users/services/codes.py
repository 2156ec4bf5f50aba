"""One-time codes: six digits, six minutes, five guesses, whatever arrives at once.

Failures count over 24 hours and per purpose, so that asking again never gives more guesses: a
code allows min(5, 10 - failures of the last 24 hours). At ten the flow closes for 24 hours, or
until an administrator reopens it; its owner is warned, and signing in stays open.
"""

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F, Q
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from ecms.backups import aftermath
from ecms.mail import queue_mail
from users.models import TokenVerification, Utilisateur

LIFETIME = timedelta(minutes=6)
COOLDOWN = timedelta(minutes=1)
WINDOW = timedelta(hours=24)
MAX_GUESSES = 5
MAX_FAILURES = 10


def lock_account(utilisateur: Utilisateur) -> Utilisateur | None:
    """The account, read anew and locked; None if it is gone or deactivated."""
    accounts = Utilisateur.objects.select_for_update(of=("self",), no_key=True)
    return accounts.filter(pk=utilisateur.pk, is_active=True).first()


def issue(utilisateur: Utilisateur, type_token: str, address: str) -> TokenVerification | None:
    """A fresh code for `address` that supersedes the older ones; None when none may be sent now.

    None within a minute of the last one, beyond the hourly quota, and while the flow is closed.
    Call it in a transaction that holds the account's lock.
    """
    now = timezone.now()
    past = _past(utilisateur, type_token)
    too_soon = past and past[0].date_creation > now - COOLDOWN
    if too_soon or _quota_is_used(utilisateur, type_token, address) or _closed(past, now):
        return None
    TokenVerification.objects.filter(utilisateur=utilisateur, type_token=type_token).exclude(
        code_otp=""
    ).update(code_otp="")
    return TokenVerification.objects.create(
        utilisateur=utilisateur,
        type_token=type_token,
        adresse=address,
        code_otp=_digits(),
        expire_at=now + LIFETIME,
    )


def renew(pk: int) -> TokenVerification | None:
    """The token as it may be mailed again after a failed delivery: with a new code if it expired
    in the queue; None once it is gone, used, superseded or out of guesses."""
    token = TokenVerification.objects.filter(pk=pk).first()
    if token is None or token.is_used or token.tentatives >= MAX_GUESSES:
        return None
    if _past(token.utilisateur, token.type_token)[:1] != [token]:
        return None
    if token.expire_at <= timezone.now():
        token.code_otp, token.expire_at = _digits(), timezone.now() + LIFETIME
        token.save(update_fields=["code_otp", "expire_at"])
    return token if token.code_otp else None


def redeem(utilisateur: Utilisateur, type_token: str, code: str) -> TokenVerification | None:
    """The token that `code` opens, now used; None for any other code, then counted as a failure.

    The caller holds the account's lock, commits in both cases, and refuses afterwards.
    """
    now = timezone.now()
    past = _past(utilisateur, type_token)
    if not past or not _may_guess(past, now):
        return None
    token = past[0]
    if constant_time_compare(token.code_otp, code):
        token.code_otp, token.is_used = "", True
        token.save(update_fields=["code_otp", "is_used"])
        return token
    _count_failure(token, past, now)
    return None


def forget(utilisateur: Utilisateur) -> None:
    """Make every code of `utilisateur` worthless: the address they went to is not theirs."""
    TokenVerification.objects.filter(utilisateur=utilisateur).exclude(code_otp="").update(
        code_otp=""
    )


def reopen(utilisateur: Utilisateur) -> None:
    """Forget the failures of `utilisateur`: an administrator knows who is asking."""
    TokenVerification.objects.filter(utilisateur=utilisateur).update(tentatives=0, code_otp="")


def has_failures(utilisateur: Utilisateur) -> bool:
    """Whether there is anything that `reopen` would forget."""
    return TokenVerification.objects.filter(
        utilisateur=utilisateur,
        tentatives__gt=0,
        date_creation__gt=timezone.now() - 2 * WINDOW,
    ).exists()


def blank_expired() -> int:
    """Erase the digits of the codes that are over; returns how many."""
    over = TokenVerification.objects.filter(expire_at__lt=timezone.now()).exclude(code_otp="")
    return over.update(code_otp="")


def blank_all() -> int:
    """No code that was mailed before opens anything any more."""
    return TokenVerification.objects.exclude(code_otp="").update(code_otp="")


# A code of the backup's moment may have been used since.
aftermath.declare("codes effacés", blank_all)


def _quota_is_used(utilisateur: Utilisateur, type_token: str, address: str) -> bool:
    """Also by the address: any number of accounts may claim it, and its owner reads the mails."""
    quota, period = settings.RATES["courriel_compte"]
    recent = TokenVerification.objects.filter(
        Q(utilisateur=utilisateur) | Q(adresse=address),
        type_token=type_token,
        date_creation__gt=timezone.now() - timedelta(seconds=period),
    )
    return recent.count() >= quota


def _past(utilisateur: Utilisateur, type_token: str) -> list[TokenVerification]:
    """The codes of the last two windows, newest first."""
    tokens = TokenVerification.objects.filter(
        utilisateur=utilisateur,
        type_token=type_token,
        date_creation__gt=timezone.now() - 2 * WINDOW,
    )
    return list(tokens.order_by("-pk")[:500])


def _may_guess(past: list[TokenVerification], now: datetime) -> bool:
    token = past[0]
    if token.is_used or not token.code_otp or token.expire_at <= now or _closed(past, now):
        return False
    earlier = _failures(past[1:], now)
    return token.tentatives < min(MAX_GUESSES, MAX_FAILURES - earlier)


def _count_failure(token: TokenVerification, past: list[TokenVerification], now: datetime) -> None:
    TokenVerification.objects.filter(pk=token.pk, tentatives__lt=MAX_GUESSES).update(
        tentatives=F("tentatives") + 1
    )
    if _failures(past, now) + 1 >= MAX_FAILURES:
        owner = token.utilisateur
        queue_mail("users/codes_bloques", to=token.adresse, language=owner.langue)


def _failures(tokens: list[TokenVerification], until: datetime) -> int:
    """Wrong guesses within the window that ends at `until`."""
    return sum(t.tentatives for t in tokens if until - WINDOW < t.date_creation <= until + LIFETIME)


def _closed(past: list[TokenVerification], now: datetime) -> bool:
    """Whether ten failures came together less than a window ago."""
    return any(
        _failures([t for t in past if t.pk <= last.pk], last.date_creation) >= MAX_FAILURES
        for last in past
        if last.tentatives and last.date_creation > now - WINDOW
    )


def _digits() -> str:
    return f"{secrets.randbelow(10**6):06d}"
