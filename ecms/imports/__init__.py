"""Lists that come in files: read, judged line by line, and written only once that is confirmed.

Each app declares what it takes in its module `imports`.
"""

from ecms.imports.cells import Choix, Entier, Jour, Moment, OuiNon, Texte
from ecms.imports.registry import declare, import_of
from ecms.imports.resources import Colonne, ColonneRiche, ImportResource

__all__ = [
    "Choix",
    "Colonne",
    "ColonneRiche",
    "Entier",
    "ImportResource",
    "Jour",
    "Moment",
    "OuiNon",
    "Texte",
    "declare",
    "import_of",
]
