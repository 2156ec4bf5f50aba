"""What a citizen takes along of what they filed: what was written about it, their photos, and what
came from their address without an account."""

from pathlib import PurePosixPath

from django.db.models import Q

from demarches.models import (
    DemarcheAdministrative,
    PieceJointe,
    RendezVous,
    Signalement,
    Suivi,
)
from ecms import portability
from ecms.portability import Person, plain

# Whose a row is: the account that it names, or the address without one.
DOSSIER = ("demandeur", "email_demandeur")
RENDEZ_VOUS = ("citoyen", "email")
SIGNALEMENT = ("signaleur", "email")
# Not who of the mairie acted: a citizen reads which side it was.
COLONNES = [
    "id",
    "demarche_id",
    "signalement_id",
    "rendez_vous_id",
    "nature",
    "origine",
    "ancien_statut",
    "nouveau_statut",
    "message",
    "date_creation",
]


def dossiers(person: Person):
    return DemarcheAdministrative.objects.filter(person.owns(*DOSSIER))


def signalements(person: Person):
    return Signalement.objects.filter(person.owns(*SIGNALEMENT))


def rendez_vous(person: Person):
    return RendezVous.objects.filter(person.owns(*RENDEZ_VOUS))


def pieces(person: Person):
    """The papers of their dossiers and the photos of their reports."""
    return PieceJointe.objects.filter(
        Q(demarche__in=dossiers(person)) | Q(signalement__in=signalements(person))
    )


@portability.also("demarches.suivi")
def suivis(person: Person):
    """What was told to them, and what they wrote; the mairie's notes are not theirs."""
    lignes = Suivi.objects.filter(
        Q(demarche__in=dossiers(person))
        | Q(signalement__in=signalements(person))
        | Q(rendez_vous__in=rendez_vous(person)),
        est_visible=True,
    )
    return lignes.order_by("pk").values(*COLONNES)


@portability.also("demarches.demarcheadministrative")
def leurs_dossiers(person: Person):
    return plain(dossiers(person))


@portability.also("demarches.rendezvous")
def leurs_rendez_vous(person: Person):
    return plain(rendez_vous(person))


@portability.also("demarches.signalement")
def leurs_signalements(person: Person):
    return plain(signalements(person))


@portability.also("demarches.piecejointe")
def leurs_pieces(person: Person):
    return plain(pieces(person))


@portability.with_files
def fichiers(person: Person):
    for piece in pieces(person).order_by("pk"):
        file = piece.fichier or piece.photo
        yield f"pieces/{piece.pk}-{_nom(piece.nom_original or file.name)}", file.storage, file.name
    for dossier in dossiers(person).exclude(recepisse="").order_by("pk"):
        file = dossier.recepisse
        yield f"recepisses/{dossier.numero_suivi}.pdf", file.storage, file.name


def _nom(nom: str) -> str:
    """The last part of a name that somebody's device gave: no path for who unpacks."""
    return PurePosixPath(nom.replace("\\", "/")).name or "fichier"
