from django.core.management.base import BaseCommand, CommandError

from ecms import retention


class Command(BaseCommand):
    help = (
        "Applique les durées de conservation : anonymise ou supprime ce qui les a dépassées. "
        "Lancée de nouveau, ou deux fois à la fois, la commande ne fait rien de plus."
    )

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="compter sans rien changer")

    def handle(self, *args, dry_run, verbosity, **options):
        try:
            counted = retention.run(apply=not dry_run)
        except retention.AlreadyRunning:
            raise CommandError("Une purge est déjà en cours.") from None
        if verbosity:
            for name, count in counted.items():
                self.stdout.write(f"{name} : {count}")
