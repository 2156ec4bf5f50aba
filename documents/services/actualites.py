"""The acts of those who publish. The API and the admin both call these."""

from django.db import transaction
from django.utils.translation import gettext as _

from documents.models import Actualite
from documents.services.transitions import verifier_transition
from ecms.files import discarded_on_error
from ecms.slugs import save_with_slug


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
        kept = Actualite.objects.select_for_update(no_key=True).get(pk=actualite.pk)
        message = _("Une actualité « %(ancien)s » ne peut pas devenir « %(nouveau)s ».")
        verifier_transition(kept.statut, actualite.statut, message)
        # Readings may have been added up since the row was read.
        actualite.nombre_vues = kept.nombre_vues
        actualite.clean()
        actualite.save()
    return actualite
