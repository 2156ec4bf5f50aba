from django.contrib.sessions.models import Session as AdminSession
from django.core.management import BaseCommand, CommandError

from users.models import Utilisateur
from users.services import sessions


class Command(BaseCommand):
    help = (
        "Ferme les sessions, de l'API et de l'administration : celles d'un compte, ou toutes, "
        "quand une clé ou la base a pu être lue. Chacun se reconnecte avec son mot de passe."
    )

    def add_arguments(self, parser):
        acts = parser.add_subparsers(dest="act", required=True)
        end = acts.add_parser("fermer", help="ferme des sessions")
        whose = end.add_mutually_exclusive_group(required=True)
        whose.add_argument("username", nargs="?", help="nom d'utilisateur")
        whose.add_argument("--toutes", action="store_true", help="celles de tout le monde")

    def handle(self, *, username, toutes, **options):
        if toutes:
            ended = sessions.end_everywhere()
            AdminSession.objects.all().delete()
        else:
            account = Utilisateur.objects.named(username).first()
            if account is None:
                raise CommandError(f"Il n'y a pas de compte {username}.")
            ended = sessions.end_all(account)
        self.stdout.write(f"{ended} session(s) fermée(s).")
