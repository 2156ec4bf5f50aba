from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from ecms.exceptions import DomainError
from ecms.management.demo.accounts import tableau
from ecms.management.demo.chargement import ETAPES, charger_demo


class Command(BaseCommand):
    help = (
        "Charge une fois les données de démonstration. Leurs comptes, dont une administration "
        "nationale, ont un mot de passe connu de tous : jamais sur une installation réelle."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--force",
            action="store_true",
            help="charger aussi hors de la démonstration, ou à côté d'autres comptes",
        )

    def handle(self, *args, force, verbosity, **options):
        if not (settings.DEMO or force):
            raise CommandError(
                "Cette installation n'est pas la démonstration (SECRET_KEY ou DB_* est défini) : "
                "rien n'est chargé. L'option --force passe outre."
            )
        # `disable=None`: no bar where standard error is not a terminal.
        with tqdm(total=ETAPES, desc="Démonstration", disable=None, leave=False) as barre:
            chargee = self.charger(force, barre)
        if not verbosity:
            return
        self.stdout.write(
            "Données de démonstration chargées." if chargee else "La démonstration est déjà là."
        )
        self.stdout.write(tableau())

    def charger(self, force, barre):
        try:
            return charger_demo(forcer=force, avancer=barre.update)
        except DomainError as error:
            raise CommandError(str(error)) from error
