import time
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.template.defaultfilters import filesizeformat

from ecms import erasures
from ecms.backups import checking, keeping, making
from ecms.backups.errors import BackupError
from ecms.backups.manifest import Manifest


class Command(BaseCommand):
    help = (
        "Sauvegarde la base et les fichiers dans un dossier daté, ou vérifie une sauvegarde. "
        "Codes de sortie : 0 fait, 1 échec, 2 sauvegarde altérée, 3 déjà en cours."
    )

    def add_arguments(self, parser):
        parser.add_argument("--to", type=Path, metavar="DIR", help="par défaut : BACKUP_DIR")
        parser.add_argument(
            "--verify",
            nargs="?",
            type=Path,
            const=Path(),
            metavar="SAUVEGARDE",
            help="ne rien sauvegarder ; relire entièrement une sauvegarde (la dernière par défaut)",
        )
        for period, count in settings.BACKUP_KEEP.items():
            parser.add_argument(f"--keep-{period}", type=int, default=count, metavar="N")

    def handle(self, *args, to, verify, **options):
        started = time.monotonic()
        try:
            done = self._verify(to, verify) if verify else self._make(to, options)
        except BackupError as error:
            raise CommandError(str(error), returncode=error.code) from None
        except OSError as error:
            raise CommandError(f"La sauvegarde a échoué : {error}") from None
        self.stdout.write(f"{done}, {time.monotonic() - started:.1f} s")

    def _make(self, to: Path | None, options: dict) -> str:
        directory = _directory(to)
        made = making.make(directory)
        erasures.export(directory / erasures.FILE)
        keep = {period: options[f"keep_{period}"] for period in settings.BACKUP_KEEP}
        gone = keeping.rotate(directory, **keep)
        if made.manifest.missing:
            count = len(made.manifest.missing)
            self.stderr.write(
                f"{count} fichiers nommés par la base n'ont pas été trouvés : voir manifest.json"
            )
        return f"{made.path} : {_summary(made.manifest)}, {len(gone)} anciennes effacées"

    def _verify(self, to: Path | None, asked: Path) -> str:
        if asked == Path():
            backups = keeping.good(_directory(to))
            if not backups:
                raise BackupError(f"Il n'y a pas de sauvegarde dans {_directory(to)}.")
            asked = backups[0].path
        found, _secret, _kept = checking.verify(asked)
        return f"{asked} : intacte, {_summary(found)}"


def _directory(to: Path | None) -> Path:
    directory = to or settings.BACKUP_DIR
    if directory is None:
        raise BackupError("Où sauvegarder ? Indiquez --to DIR ou la variable BACKUP_DIR.")
    return directory


def _summary(found: Manifest) -> str:
    rows = sum(found.tables.values())
    count = sum(store["count"] for store in found.stores.values())
    sealed = "chiffrée" if found.encryption else "en clair"
    size = filesizeformat(found.size).replace("\xa0", " ")
    return f"{rows} lignes, {count} fichiers, {size}, {sealed}"
