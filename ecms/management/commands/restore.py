import time
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from ecms.backups import restoring
from ecms.backups.errors import BackupError


class Command(BaseCommand):
    help = (
        "Restaure une sauvegarde, après l'avoir entièrement vérifiée, dans la base et les dossiers "
        "de la configuration. Codes de sortie : 0 fait, 1 échec, 2 sauvegarde altérée, 3 en cours."
    )

    def add_arguments(self, parser):
        parser.add_argument("backup", type=Path, metavar="SAUVEGARDE")
        parser.add_argument(
            "--force-nonempty",
            action="store_true",
            help="remplacer ce que la base et les dossiers contiennent",
        )
        parser.add_argument(
            "--erasures",
            action="append",
            default=[],
            type=Path,
            metavar="FICHIER",
            help="liste d'effacements (manage.py erasures), outre celle qui est à côté",
        )

    def handle(self, *args, backup, force_nonempty, erasures, **options):
        started = time.monotonic()
        try:
            done = restoring.restore(backup, force=force_nonempty, lists=erasures)
        except BackupError as error:
            raise CommandError(str(error), returncode=error.code) from None
        except OSError as error:
            raise CommandError(f"La restauration a échoué : {error}") from None
        for name, count in {**done.undone, **done.purged}.items():
            self.stdout.write(f"{name} : {count}")
        self.stdout.write(f"effacements refaits : {done.erased}")
        for name in done.manifest.missing:
            self.stderr.write(f"manquait déjà : {name}")
        for reason in done.refused:
            self.stderr.write(f"à effacer à la main : {reason}")
        seconds = time.monotonic() - started
        self.stdout.write(
            f"{backup} du {done.manifest.date:%Y-%m-%d %H:%M} UTC restaurée, {seconds:.1f} s"
        )
