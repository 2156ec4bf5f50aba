"""Between the password and the second factor: nobody is signed in, and this is worth nothing but
at the next step of the door."""

from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth import logout
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from users.middleware import IDLE_KEY
from users.models import Utilisateur
from users.services import second_factor

KEY = "a_mi_chemin"
LIFETIME = timedelta(minutes=10)


@dataclass(frozen=True)
class HalfWay:
    """Who gave a right password, the secret that they may enrol, and where they were going."""

    account: Utilisateur
    proposed: str
    next_page: str


def begin(request, account: Utilisateur, next_page: str) -> None:
    """In a session of its own: one that somebody knew before leads nowhere."""
    if request.user.is_authenticated:
        logout(request)
    request.session.cycle_key()
    request.session.pop(IDLE_KEY, None)
    request.session[KEY] = {
        "compte": account.pk,
        "mot_de_passe": account.get_session_auth_hash(),
        "depuis": timezone.now().timestamp(),
        "propose": second_factor.propose(),
        "suite": next_page,
    }


def current(request) -> HalfWay | None:
    """None if nobody is half-way here, or too long ago, or the account has changed meanwhile."""
    state = request.session.get(KEY)
    if state is None or _is_over(state["depuis"]):
        return None
    account = Utilisateur.objects.with_profile().filter(pk=state["compte"]).first()
    if account is None or not (account.is_active and account.is_staff):
        return None
    hashes = [account.get_session_auth_hash(), *account.get_session_auth_fallback_hash()]
    if not any(constant_time_compare(state["mot_de_passe"], each) for each in hashes):
        return None
    return HalfWay(account, state["propose"], state["suite"])


def end(request) -> None:
    request.session.pop(KEY, None)


def _is_over(since: float) -> bool:
    return timezone.now().timestamp() - since > LIFETIME.total_seconds()
