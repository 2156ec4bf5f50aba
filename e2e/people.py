"""Who a story is about: rows that stay, beside those of the stories before it."""

import secrets

from mairies.models import Mairie
from mairies.tests.factories import MairieFactory
from users.models import Utilisateur
from users.tests.factories import UtilisateurFactory, agent_of


def anew(word: str) -> str:
    """`word` as no story before has used it."""
    return f"{word}-{secrets.token_hex(4)}"


def town_hall(**fields) -> Mairie:
    name = anew("mairie")
    return MairieFactory(nom=name.capitalize(), slug=name, **fields)


def agent(mairie: Mairie, **fields) -> Utilisateur:
    return _with_profile(agent_of(mairie, username=anew("agent"), **fields))


def administrator() -> Utilisateur:
    """Of the whole installation."""
    return _with_profile(UtilisateurFactory(username=anew("national"), admin_national=True))


def _with_profile(account: Utilisateur) -> Utilisateur:
    return Utilisateur.objects.with_profile().get(pk=account.pk)
