"""The papers of a dossier: added, taken back, counted. The API and the admin both call these."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from demarches.definition.champs import FICHIERS
from demarches.models import DemarcheAdministrative, PieceJointe
from demarches.services.historique import Nature, Origine, noter, origine_de
from demarches.services.transitions import verrouiller
from demarches.workflow import StatutDemarche
from ecms import erasures
from ecms.exceptions import DomainError
from ecms.files import discarded_on_error
from ecms.uploads import Inspected, inspect_document

PIECES_AU_PLUS = 20
TAILLE_AU_PLUS = 100 * 2**20
# When whoever files adds and takes back; an agent does as long as the dossier is open.
AU_DEMANDEUR = {StatutDemarche.BROUILLON, StatutDemarche.PIECE_DEMANDEE}
IMAGE = "image/webp"


class DossierComplet(DomainError):
    code = "trop_de_pieces"


class DossierFerme(DomainError):
    code = "piece_hors_delai"


def joindre(demarche: DemarcheAdministrative, *, fichier, champ: str, par) -> PieceJointe:
    """Add `fichier`, as it was received, to a dossier, as the answer to the question or the
    required paper `champ`; "" answers none. `par` is None for whoever came with the secret.

    Raises `ValidationError` for a file that is not accepted or a `champ` that takes none,
    `DossierComplet` beyond 20 files, 100 MB or the question's own number, `DossierFerme` when the
    dossier takes none any more.
    """
    inspected = _inspecter(fichier)
    piece = PieceJointe(demarche=demarche, mairie_id=demarche.mairie_id, champ=champ)
    piece.depose_par = par
    inspected.write_to(piece)
    with discarded_on_error(piece), transaction.atomic():
        piece.demarche = verrouiller(demarche)
        _verifier_ouverte(piece.demarche, par)
        _verifier_champ(piece.demarche, champ, inspected)
        _verifier_place(piece.demarche, inspected)
        piece.save()
        _noter(piece, par, _("Pièce ajoutée : %(nom)s"))
    return piece


@transaction.atomic
def retirer(piece: PieceJointe, *, par) -> None:
    """Take a paper back, and its file: of a draft, or what the same side has added since the
    mairie asked for it. One that is gone already is no fault. Raises `DossierFerme` for any
    other."""
    demarche = verrouiller(piece.demarche)
    piece = demarche.pieces.filter(pk=piece.pk).first()
    if piece is None:
        return
    piece.demarche = demarche
    _verifier_ouverte(demarche, par)
    if demarche.statut != StatutDemarche.BROUILLON and not _est_recente(piece, par):
        raise DossierFerme(_("Cette pièce fait partie du dossier : elle ne se retire plus."))
    _noter(piece, par, _("Pièce retirée : %(nom)s"))
    _supprimer(piece)


@erasures.replays("demarches.piecejointe")
def _supprimer(piece: PieceJointe) -> None:
    erasures.record(piece)
    piece.delete()


def fichiers_par_champ(demarche: DemarcheAdministrative) -> dict[str, int]:
    """How many files answer each question or required paper that has any."""
    counted = demarche.pieces.exclude(champ="").order_by().values_list("champ")
    return dict(counted.annotate(Count("pk")))


def questions_de(demarche: DemarcheAdministrative) -> tuple[list, list]:
    """The questions and the required papers of a dossier: its procedure's as long as it is a
    draft, those that were frozen with it afterwards."""
    if demarche.statut == StatutDemarche.BROUILLON:
        return demarche.formulaire.champs, demarche.formulaire.pieces_requises
    return demarche.definition, demarche.pieces_requises


def _inspecter(fichier) -> Inspected:
    try:
        return inspect_document(fichier)
    except ValidationError as error:
        raise ValidationError({"fichier": error}) from error


def _verifier_ouverte(demarche: DemarcheAdministrative, par) -> None:
    if demarche.statut in StatutDemarche.finaux():
        raise DossierFerme(_("Ce dossier est clos."))
    _verifier_au_nom_de(demarche, par)
    if origine_de(demarche, par) == Origine.AGENT or demarche.statut in AU_DEMANDEUR:
        return
    raise DossierFerme(_("Ce dossier est déposé : la mairie dira s'il manque une pièce."))


def _verifier_au_nom_de(demarche: DemarcheAdministrative, par) -> None:
    """A draft that was begun online is its author's alone."""
    en_ligne = demarche.canal == DemarcheAdministrative.Canal.EN_LIGNE
    brouillon = en_ligne and demarche.statut == StatutDemarche.BROUILLON
    if brouillon and origine_de(demarche, par) == Origine.AGENT:
        raise DossierFerme(_("Seule la personne qui l'a commencé peut faire cela."))


def _verifier_champ(demarche: DemarcheAdministrative, champ: str, inspected: Inspected) -> None:
    if not champ:
        return
    questions, pieces = questions_de(demarche)
    par_cle = {q["cle"]: q for q in questions if q["type"] in {"fichier", "photo"}}
    if champ not in par_cle and champ not in {piece["cle"] for piece in pieces}:
        raise ValidationError({"champ": [_("Cette démarche ne demande pas cette pièce.")]})
    question = par_cle.get(champ, {})
    if question.get("type") == "photo" and inspected.type_mime != IMAGE:
        raise ValidationError({"fichier": [_("Une photo est attendue : JPEG, PNG ou WebP.")]})
    _verifier_nombre(demarche, question)


def _verifier_nombre(demarche: DemarcheAdministrative, question: dict) -> None:
    if not question:
        return
    au_plus = question.get("nombre_max", FICHIERS)
    if demarche.pieces.filter(champ=question["cle"]).count() >= au_plus:
        message = _("Cette question prend %(nombre)s fichiers au plus : retirez-en un d'abord.")
        raise DossierComplet(message % {"nombre": au_plus})


def _verifier_place(demarche: DemarcheAdministrative, inspected: Inspected) -> None:
    held = demarche.pieces.aggregate(nombre=Count("pk"), taille=Sum("taille", default=0))
    if held["nombre"] >= PIECES_AU_PLUS:
        message = _("Un dossier prend %(nombre)s fichiers au plus.")
        raise DossierComplet(message % {"nombre": PIECES_AU_PLUS})
    if held["taille"] + inspected.taille > TAILLE_AU_PLUS:
        message = _("Les fichiers d'un dossier font %(taille)s Mo au plus, tous ensemble.")
        raise DossierComplet(message % {"taille": TAILLE_AU_PLUS // 2**20})


def _est_recente(piece: PieceJointe, par) -> bool:
    demarche = piece.demarche
    demandee = demarche.date_piece_demandee
    same_side = origine_de(demarche, par) == origine_de(demarche, piece.depose_par)
    asked = demarche.statut == StatutDemarche.PIECE_DEMANDEE and demandee is not None
    return asked and same_side and piece.date_creation >= demandee


def _noter(piece: PieceJointe, par, message: str) -> None:
    """Nothing is told of a draft: what was filed is what stands there at filing."""
    demarche = piece.demarche
    if demarche.statut == StatutDemarche.BROUILLON:
        return
    noter(
        demarche,
        nature=Nature.PIECE,
        origine=origine_de(demarche, par),
        auteur=par,
        message=message % {"nom": piece.nom_original},
    )
