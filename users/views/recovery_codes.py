"""Recovery codes on their way to their owner's eyes: kept in the session, sealed, until they say
that they have them, so that a second click or a lost answer does not lose the codes."""

import json
from datetime import timedelta

from django.utils import timezone

from users.services import sealing

KEY = "codes_de_secours"
LIFETIME = timedelta(minutes=10)


def keep(request, codes: list[str], *, next_page: str) -> None:
    request.session[KEY] = {
        "scelles": sealing.seal(json.dumps(codes)),
        "depuis": timezone.now().timestamp(),
        "suite": next_page,
    }


def to_show(request) -> list[str]:
    """Those to be shown now, if any."""
    kept = request.session.get(KEY)
    if kept is None or timezone.now().timestamp() - kept["depuis"] > LIFETIME.total_seconds():
        return []
    codes = sealing.unseal(kept["scelles"])
    return json.loads(codes) if codes else []


def seen(request) -> str | None:
    """Forget them; returns the page to go on to."""
    kept = request.session.pop(KEY, None)
    return kept and kept["suite"]
