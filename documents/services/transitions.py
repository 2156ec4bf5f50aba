"""The moves of `documents.workflow`, for whatever is published along them."""

from documents.workflow import TRANSITIONS, Statut
from ecms.exceptions import TransitionInterdite


def verifier_transition(ancien: str, nouveau: str, message: str) -> None:
    """Raise `TransitionInterdite` with `message`, where %(ancien)s and %(nouveau)s stand for the
    two states, unless the table has that move. Staying is no move."""
    de, vers = Statut(ancien), Statut(nouveau)
    if de != vers and vers not in TRANSITIONS[de]:
        raise TransitionInterdite(de, vers, message)
