from django.core.management.base import BaseCommand
from tqdm import tqdm

from mairies.importation import importer_collectivites
from mairies.territoire import collectivites


class Command(BaseCommand):
    help = (
        "Charge les 374 collectivités du Cameroun comme mairies. Relancée, la commande ne change "
        "que ce que le fichier dit autrement, et rien de ce qu'une mairie a écrit."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--dry-run", action="store_true", help="dire ce qui changerait, sans rien écrire"
        )

    def handle(self, *args, dry_run, **options):
        # `disable=None`: no bar where standard error is not a terminal.
        with tqdm(total=len(collectivites()), desc="Collectivités", disable=None) as barre:
            bilan = importer_collectivites(simuler=dry_run, avancer=barre.update)
        self.stdout.write(f"{self.titre(bilan, dry_run)} : {bilan}.")

    def titre(self, bilan, dry_run):
        if bilan.inchangees == bilan.total:
            return "Rien à changer"
        return "Simulation, rien n'est écrit" if dry_run else "Collectivités chargées"
