from argparse import ArgumentTypeError

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from ecms.exceptions import DomainError
from ecms.management.load.chargement import a_faire, charger
from ecms.management.load.purge import purger
from ecms.management.load.sortes import ECHELLE_DU_PAYS, MAIRIES_DU_PAYS, Tailles

LARGEST = 20
NATIONAL = "national"


class Command(BaseCommand):
    help = (
        "Charge de quoi mesurer : à l'échelle 1, 50 mairies avec leurs services et formulaires, "
        "20 000 comptes de citoyens, 20 000 actualités, 5 000 documents, 2 000 projets, 5 000 "
        "événements, 50 000 dossiers, 50 000 signalements et 5 000 rendez-vous. Complète ce qui "
        "est déjà là ; --purge ôte tout ce qui en vient."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--scale",
            type=_echelle,
            default=1.0,
            metavar="S",
            help=f"multiplie ces nombres (1 ; au plus {LARGEST}), ou {NATIONAL} : les 374 mairies "
            "du pays et un million de lignes",
        )
        parser.add_argument(
            "--mairies", type=_mairies, metavar="N", help="autant de mairies, quelle que soit S"
        )
        parser.add_argument("--purge", action="store_true", help="ôter la charge et ses fichiers")
        parser.add_argument(
            "--force", action="store_true", help="charger ou ôter aussi en production"
        )

    def handle(self, *args, scale, mairies, purge, force, verbosity, **options):
        if settings.PRODUCTION and not force:
            raise CommandError(
                "Cette installation est en production : rien n'est changé. L'option --force passe "
                "outre ; les mairies de charge y seraient publiques."
            )
        dites = self.oter() if purge else self.charger(tailles_de(scale, mairies))
        if verbosity:
            self.stdout.write(dites)

    def charger(self, tailles) -> str:
        # `disable=None`: no bar where standard error is not a terminal.
        with tqdm(total=a_faire(tailles), desc="Charge", disable=None, leave=False) as barre:
            faites = charger(tailles, barre.update)
        if not any(faites.values()):
            return "La charge est déjà là."
        return f"Ajouté : {_liste(faites)}."

    def oter(self) -> str:
        with tqdm(desc="Purge", disable=None, leave=False) as barre:
            try:
                otees = purger(barre.update)
            except DomainError as error:
                raise CommandError(str(error)) from error
        return f"Ôté : {_liste(otees)}." if any(otees.values()) else "Il n'y a pas de charge."


def _liste(nombres: dict[str, int]) -> str:
    return ", ".join(f"{nombre} {nom}" for nom, nombre in nombres.items())


def tailles_de(echelle: float | str, mairies: int | None) -> Tailles:
    if echelle != NATIONAL:
        return Tailles.pour(echelle, mairies)
    return Tailles.pour(ECHELLE_DU_PAYS, mairies or MAIRIES_DU_PAYS)


def _echelle(texte: str) -> float | str:
    if texte == NATIONAL:
        return texte
    try:
        echelle = float(texte)
    except ValueError:
        echelle = -1
    if not 0 < echelle <= LARGEST:
        raise ArgumentTypeError(
            f"attendu un nombre au-dessus de 0, au plus {LARGEST}, ou {NATIONAL}"
        )
    return echelle


def _mairies(texte: str) -> int:
    if not (texte.isascii() and texte.isdigit() and 0 < int(texte) <= 1000):
        raise ArgumentTypeError("attendu un nombre de 1 à 1000")
    return int(texte)
