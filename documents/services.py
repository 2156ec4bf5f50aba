"""The acts of those who publish. The API and the admin both call these."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from documents.models import Actualite
from documents.workflow import TRANSITIONS, Statut
from ecms.exceptions import DomainError
from ecms.files import discarded_on_error
from ecms.slugs import save_with_slug


class TransitionInterdite(DomainError):
    code = "transition_interdite"


def creer_actualite(actualite: Actualite, *, auteur) -> Actualite:
    """Save a new news item under a slug of its own, made of its title."""
    actualite.auteur = auteur
    _dater(actualite)
    with discarded_on_error(actualite), transaction.atomic():
        save_with_slug(actualite, actualite.titre, constraint="documents_actualite_slug")
    return actualite


def modifier_actualite(actualite: Actualite, *, ancien_statut: str) -> Actualite:
    """Save a changed news item, locked by the caller. Its slug stays: links to it live.

    Raises `TransitionInterdite` for a move outside the table of `documents.workflow`.
    """
    verifier_transition(actualite, ancien_statut)
    _dater(actualite)
    with discarded_on_error(actualite):
        actualite.save()
    return actualite


def verifier_transition(actualite: Actualite, ancien_statut: str) -> None:
    """Check the move from `ancien_statut` to the item's own. Raises `TransitionInterdite`."""
    ancien, nouveau = Statut(ancien_statut), Statut(actualite.statut)
    if nouveau != ancien and nouveau not in TRANSITIONS[ancien]:
        message = _("Une actualité « %(ancien)s » ne peut pas devenir « %(nouveau)s ».")
        raise TransitionInterdite(message % {"ancien": ancien.label, "nouveau": nouveau.label})


def _dater(actualite: Actualite) -> None:
    """What is published without a date is published now."""
    if actualite.statut == Statut.PUBLIEE and actualite.date_publication is None:
        actualite.date_publication = timezone.now()
