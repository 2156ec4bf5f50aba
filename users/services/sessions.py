"""Sign-ins, and how their tokens are refreshed by generations.

A refresh token of the current generation opens the next one. One of the generation before is
answered with the current tokens while these were not seen in use, or within the grace: an answer
was lost, or two tabs asked at once. Anything older is a replay, and ends the session.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken, Token

from ecms.backups import aftermath
from ecms.db.statements import Lookup
from ecms.mail import queue_mail
from users.models import AGENT_MAIRIE, Session, Utilisateur, agent_mairie_pages
from users.services import codes


class InvalidToken(Exception):
    """The token is wrong, expired, or of a session that is over."""


@transaction.atomic
def open_session(
    utilisateur: Utilisateur, *, user_agent: str, lifetime: timedelta | None = None
) -> Session:
    """A session for an account whose password was just found right.

    Raises `InvalidToken` if the password was changed or the account closed in the meantime: that
    ended every session, and this one must not be opened behind it.
    """
    current = codes.lock_account(utilisateur)
    if current is None or current.password != utilisateur.password:
        raise InvalidToken
    return Session.objects.create(
        utilisateur=utilisateur,
        user_agent=user_agent.replace("\0", "")[:200],
        expires_at=timezone.now() + (lifetime or settings.SESSION_MAX_LIFETIME),
    )


def tokens_of(session: Session, generation: int | None = None) -> dict:
    """`access`, `refresh` and `expires_in` (seconds until the access token ends)."""
    generation = generation or session.generation
    now = timezone.now()
    staff = session.utilisateur.is_staff
    refresh_lifetime = (
        settings.REFRESH_TOKEN_STAFF_LIFETIME if staff else settings.REFRESH_TOKEN_LIFETIME
    )
    left = session.expires_at - now
    access_lifetime = min(settings.ACCESS_TOKEN_LIFETIME, left)
    return {
        "access": _token(AccessToken(), session, generation, now, access_lifetime),
        "refresh": _token(RefreshToken(), session, generation, now, min(refresh_lifetime, left)),
        "expires_in": int(access_lifetime.total_seconds()),
    }


@Lookup
def _of_access(sid: UUID, sub: int, now: datetime):
    return (
        Session.objects.live(now)
        .select_related(f"utilisateur__{AGENT_MAIRIE}")
        .defer(*agent_mairie_pages("utilisateur__"))
        .filter(pk=sid, utilisateur=sub, utilisateur__is_active=True)
    )


def session_of_access(raw: bytes | str) -> Session:
    """The live session of an access token, with its account and what its rights need.

    The first use of the current generation is noted. Raises `InvalidToken`.
    """
    sid, sub, generation = _claims(AccessToken, raw)
    found = _of_access(sid=sid, sub=sub, now=timezone.now())
    if not found or generation > found[0].generation:
        raise InvalidToken
    session = found[0]
    if generation == session.generation and not session.generation_seen:
        Session.objects.filter(pk=sid, generation=generation, generation_seen=False).update(
            generation_seen=True, last_used_at=timezone.now()
        )
    return session


def refresh(raw: str, *, refused: Callable[[Utilisateur], bool] = lambda account: False) -> dict:
    """Tokens of the next generation, or of the current one (see the module). Raises
    `InvalidToken`; a replay ends the session, and its owner is told by mail.

    An account that is `refused` now, whatever it was when it signed in, signs in anew.
    """
    sid, sub, generation = _claims(RefreshToken, raw)
    now = timezone.now()
    session = _live(sid, sub)
    if session is None or refused(session.utilisateur):
        raise InvalidToken
    # No join here: a condition on the row itself is checked again after waiting for its lock.
    opened = (
        Session.objects.live()
        .filter(pk=sid, generation=generation)
        .update(
            generation=F("generation") + 1,
            generation_opened_at=now,
            generation_seen=False,
            last_used_at=now,
        )
    )
    session = _live(sid, sub)
    if session is None:
        raise InvalidToken
    if opened:
        return tokens_of(session, generation + 1)
    if _is_late_twin(session, generation, now):
        return tokens_of(session)
    if generation < session.generation:
        _end_replayed(session)
    raise InvalidToken


def end_of_refresh(raw: str, *, owner: Utilisateur | None = None) -> None:
    """End the session that a refresh token belongs to (and, if given, `owner`'s alone). Raises
    `InvalidToken`."""
    sid, sub, _generation = _claims(RefreshToken, raw)
    if owner is not None and sub != owner.pk:
        raise InvalidToken
    end(Session.objects.filter(pk=sid, utilisateur=sub))


def end(sessions) -> int:
    """End those of `sessions` (a queryset) that live; returns how many."""
    return sessions.filter(revoked_at__isnull=True).update(revoked_at=timezone.now())


def end_all(utilisateur: Utilisateur) -> int:
    return end(Session.objects.filter(utilisateur=utilisateur))


def _claims(kind: type[Token], raw) -> tuple[UUID, int, int]:
    try:
        token = kind(raw)
        return UUID(token["sid"]), int(token["sub"]), int(token["gen"])
    except (TokenError, KeyError, ValueError, TypeError, AttributeError, OverflowError):
        raise InvalidToken from None


def _token(
    token: Token, session: Session, generation: int, now: datetime, lifetime: timedelta
) -> str:
    token["sub"] = str(session.utilisateur_id)
    token["sid"] = str(session.pk)
    token["gen"] = generation
    token.set_exp(from_time=now, lifetime=lifetime)
    return str(token)


def _live(sid: UUID, sub: int) -> Session | None:
    sessions = Session.objects.live().select_related("utilisateur")
    return sessions.filter(pk=sid, utilisateur=sub, utilisateur__is_active=True).first()


def _is_late_twin(session: Session, generation: int, now: datetime) -> bool:
    if generation != session.generation - 1:
        return False
    return (
        not session.generation_seen or now < session.generation_opened_at + settings.REFRESH_GRACE
    )


@transaction.atomic
def _end_replayed(session: Session) -> None:
    owner = session.utilisateur
    # A claim may be somebody else's address.
    if end(Session.objects.filter(pk=session.pk)) and owner.is_verified:
        queue_mail("users/session_rejouee", to=owner.email, language=owner.langue)


def end_everywhere() -> int:
    """Whoever was signed in signs in again."""
    return end(Session.objects.all())


# The generations that were opened since the backup are unknown to it, and so is who has left.
aftermath.declare("sessions fermées", end_everywhere)
