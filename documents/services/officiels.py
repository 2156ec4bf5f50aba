"""The acts of those who file official documents. The API and the admin both call these."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from documents.models import DocumentOfficiel
from ecms.files import discarded_on_error
from mairies.models import Mairie


@transaction.atomic
def deposer_document(document: DocumentOfficiel, *, auteur) -> DocumentOfficiel:
    """Save a new document. Raises `ValidationError` for a replacement that cannot be one."""
    document.auteur = auteur
    _enregistrer(document)
    return document


@transaction.atomic
def modifier_document(document: DocumentOfficiel) -> DocumentOfficiel:
    """Save a changed document; a new file takes the place of the former one.

    Raises `ValidationError` for a replacement that cannot be one.
    """
    kept = _verrouille(document)
    # Downloads may have been added up since the row was read.
    document.nombre_telechargements = kept.nombre_telechargements
    _enregistrer(document)
    return document


@transaction.atomic
def ouvrir_document(document: DocumentOfficiel, *, est_public: bool) -> DocumentOfficiel:
    """Show a document to everybody, from its date of publication on, or keep it for the mairie."""
    kept = _verrouille(document)
    kept.est_public = est_public
    return modifier_document(kept)


@transaction.atomic
def remplacer_document(
    document: DocumentOfficiel, remplacant: DocumentOfficiel | None
) -> DocumentOfficiel:
    """Say which document takes its place; None: none does. Raises `ValidationError` for a
    replacement that cannot be one."""
    kept = _verrouille(document)
    kept.remplace_par = remplacant
    return modifier_document(kept)


def _verrouille(document: DocumentOfficiel) -> DocumentOfficiel:
    return DocumentOfficiel.objects.select_for_update(no_key=True).get(pk=document.pk)


def _enregistrer(document: DocumentOfficiel) -> None:
    document.clean()
    _verifier_remplacement(document)
    with discarded_on_error(document), transaction.atomic():
        document.save()


def _verifier_remplacement(document: DocumentOfficiel) -> None:
    """What replaces a document is another of the same mairie, and is not replaced by it in turn."""
    if document.remplace_par_id is None:
        return
    # Two replacements at once, each right by itself, could make a circle.
    Mairie.objects.select_for_update(no_key=True).only("pk").get(pk=document.mairie_id)
    seen, suivant = set(), document.remplace_par_id
    if not _de_la_mairie(document).filter(pk=suivant).exists():
        raise _refus(_("Un document est remplacé par un document de la même mairie."))
    while suivant is not None and suivant not in seen:
        if suivant == document.pk:
            raise _refus(_("Un document ne peut pas être remplacé par un document qu'il remplace."))
        seen.add(suivant)
        rows = _de_la_mairie(document).filter(pk=suivant).values_list("remplace_par", flat=True)
        suivant = rows.first()


def _de_la_mairie(document: DocumentOfficiel):
    return DocumentOfficiel.objects.filter(mairie=document.mairie_id).order_by()


def _refus(message: str) -> ValidationError:
    return ValidationError({"remplace_par": [message]}, code="remplacement")
