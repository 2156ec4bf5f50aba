"""The private files of dossiers, as downloads, and by the signed addresses of `ecms.links`."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from demarches.models import DemarcheAdministrative, PieceJointe
from demarches.recepisse import nom_du_fichier
from ecms.links import Row, releases
from ecms.uploads import deliver

PIECE, RECEPISSE = "demarches/piece", "demarches/recepisse"
PDF = "application/pdf"


def livrer_piece(request, piece: PieceJointe) -> HttpResponse:
    """The paper, under the name it came with."""
    return deliver(
        request,
        piece.fichier,
        nom=piece.nom_original,
        type_mime=piece.type_mime,
        sha256=piece.sha256,
    )


def livrer_recepisse(request, demarche: DemarcheAdministrative) -> HttpResponse:
    return deliver(request, demarche.recepisse, nom=nom_du_fichier(demarche), type_mime=PDF)


@releases(PIECE)
def _piece(request, row: Row) -> HttpResponse:
    pieces = PieceJointe.objects.filter(demarche__isnull=False)
    return livrer_piece(request, get_object_or_404(pieces, **row))


@releases(RECEPISSE)
def _recepisse(request, row: Row) -> HttpResponse:
    made = DemarcheAdministrative.objects.exclude(recepisse="")
    return livrer_recepisse(request, get_object_or_404(made, **row))
