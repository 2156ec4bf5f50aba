"""The papers that a procedure asks for."""

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from demarches.definition.textes import (
    extrait,
    refus,
    verifier_cle,
    verifier_objet,
    verifier_textes,
)

PIECES_AU_PLUS = 40
CLES = ("cle", "libelle", "aide", "obligatoire", "en_ligne")


def valider_pieces(value: object) -> None:
    """Check the required papers of a formulaire.

    Raises `ValidationError` with one message for each wrong paper, named by its rank.
    """
    if not isinstance(value, list):
        raise refus(_("Une liste de pièces est attendue."))
    if len(value) > PIECES_AU_PLUS:
        raise refus(_("%(nombre)s pièces au plus."), nombre=PIECES_AU_PLUS)
    connues: set[str] = set()
    erreurs = [_erreur(rang, piece, connues) for rang, piece in enumerate(value, start=1)]
    if any(erreurs):
        raise ValidationError([erreur for erreur in erreurs if erreur])


def pieces_manquantes(
    pieces_requises: list[dict], fichiers: Mapping[str, int], *, canal: str
) -> list[str]:
    """The keys of the papers that have to be attached and are not; `fichiers` counts files by key.

    At the desk (`canal` "guichet") the agent looks at them: none has to be a file.
    """
    if canal != "en_ligne":
        return []
    return [
        piece["cle"]
        for piece in pieces_requises
        if piece["obligatoire"] and piece["en_ligne"] and not fichiers.get(piece["cle"])
    ]


def _erreur(rang: int, piece: object, connues: set[str]) -> ValidationError | None:
    try:
        _verifier(piece, connues)
    except ValidationError as error:
        cle = piece.get("cle") if isinstance(piece, dict) else None
        return refus(
            _("Pièce %(rang)s (%(cle)s) : %(faute)s"),
            rang=rang,
            cle=extrait(cle),
            faute=error.messages[0],
        )
    return None


def _verifier(piece: object, connues: set[str]) -> None:
    verifier_objet(piece, CLES)
    verifier_cle(piece.get("cle"))
    if piece["cle"] in connues:
        raise refus(_("une autre a déjà cette clé."))
    connues.add(piece["cle"])
    verifier_textes(piece)
    for nom in ("obligatoire", "en_ligne"):
        if not isinstance(piece.get(nom), bool):
            raise refus(_("« %(nom)s » vaut true ou false."), nom=nom)
