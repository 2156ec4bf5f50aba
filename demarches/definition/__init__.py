"""The questions of a procedure: their definition, the answers to them, and both as JSON Schema."""

from demarches.definition.champs import valider_champs
from demarches.definition.pieces import pieces_manquantes, valider_pieces
from demarches.definition.reponses import verifier_reponses
from demarches.definition.schema import schema_json
from demarches.definition.textes import libelle

__all__ = [
    "libelle",
    "pieces_manquantes",
    "schema_json",
    "valider_champs",
    "valider_pieces",
    "verifier_reponses",
]
