from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from ecms import erasures


class Command(BaseCommand):
    help = "Met à jour le fichier des effacements, que `restore` rejoue après une restauration."

    def add_arguments(self, parser):
        parser.add_argument(
            "--to", type=Path, metavar="FICHIER", help="par défaut : dans BACKUP_DIR"
        )

    def handle(self, *args, to, **options):
        if to is None and settings.BACKUP_DIR is None:
            raise CommandError("Où l'écrire ? Indiquez --to FICHIER ou la variable BACKUP_DIR.")
        path = to or settings.BACKUP_DIR / erasures.FILE
        try:
            count = erasures.export(path)
        except (OSError, ValueError) as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{path} : {count} effacements")
