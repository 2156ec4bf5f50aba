"""The acts of those who publish. The API and the admin both call these."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from documents.etats import Etat, etat_de
from documents.models import Actualite
from documents.services.transitions import verifier_transition
from documents.workflow import Statut
from ecms.exceptions import DomainError
from ecms.files import discarded_on_error
from ecms.slugs import save_with_slug


class DejaPubliee(DomainError):
    code = "deja_publiee"


def creer_actualite(actualite: Actualite, *, auteur) -> Actualite:
    """Save a new news item under a slug of its own, made of its title."""
    actualite.auteur = auteur
    actualite.clean()
    with discarded_on_error(actualite), transaction.atomic():
        save_with_slug(actualite, actualite.titre, constraint="documents_actualite_slug")
    return actualite


def modifier_actualite(actualite: Actualite) -> Actualite:
    """Save a changed news item. Its slug stays: links to it live.

    Raises `TransitionInterdite` for a move outside the table of `documents.workflow`.
    """
    with discarded_on_error(actualite), transaction.atomic():
        kept = _verrouillee(actualite)
        _verifier_statut(kept, actualite.statut)
        # Readings may have been added up since the row was read.
        actualite.nombre_vues = kept.nombre_vues
        actualite.clean()
        actualite.save()
    return actualite


@transaction.atomic
def publier_actualite(actualite: Actualite, *, le: datetime | None = None) -> Actualite:
    """Publish a news item now, or from the moment `le` on.

    Raises `DejaPubliee`, `TransitionInterdite`, and `ValidationError` for a moment that is past or
    an expiry that comes before it.
    """
    now = timezone.now()
    if le is not None and le <= now:
        raise ValidationError(_("La date de publication doit être dans l'avenir."))
    kept = _verrouillee(actualite)
    if etat_de(kept) in {Etat.PUBLIEE, Etat.EXPIREE}:
        raise DejaPubliee(_("Cette actualité est déjà publiée."))
    kept.statut, kept.date_publication = Statut.PUBLIEE, le or now
    if kept.date_expiration is not None and kept.date_expiration <= kept.date_publication:
        raise ValidationError(_("L'expiration vient après la publication."))
    return modifier_actualite(kept)


@transaction.atomic
def changer_statut_actualite(actualite: Actualite, statut: Statut) -> Actualite:
    """Move a news item and leave the rest of it as it is by now. Raises `TransitionInterdite`."""
    kept = _verrouillee(actualite)
    _verifier_statut(kept, statut)
    kept.statut = statut
    return modifier_actualite(kept)


@transaction.atomic
def epingler_actualite(actualite: Actualite, *, epinglee: bool) -> Actualite:
    """Put a news item before the others, or back among them."""
    kept = _verrouillee(actualite)
    kept.epinglee = epinglee
    return modifier_actualite(kept)


def _verrouillee(actualite: Actualite) -> Actualite:
    return Actualite.objects.select_for_update(no_key=True).get(pk=actualite.pk)


def _verifier_statut(kept: Actualite, statut: str) -> None:
    message = _("Une actualité « %(ancien)s » ne peut pas devenir « %(nouveau)s ».")
    verifier_transition(kept.statut, statut, message)
