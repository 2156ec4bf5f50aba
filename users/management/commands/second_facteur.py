from django.conf import settings
from django.core.management import BaseCommand, CommandError

from ecms.exceptions import DomainError
from users.models import Utilisateur
from users.services import second_factor, totp


class Command(BaseCommand):
    help = (
        "Seconds facteurs : retirer celui d'un compte dont le téléphone est perdu, rechiffrer les "
        "secrets après un changement de SECRET_KEY, lire le code d'un compte de démonstration."
    )

    def add_arguments(self, parser):
        acts = parser.add_subparsers(dest="act", required=True)
        for name, said in (
            ("retirer", "retire le second facteur d'un compte, et le dit à son titulaire"),
            ("code", "affiche le code du moment (démonstration seulement)"),
        ):
            act = acts.add_parser(name, help=said)
            act.add_argument("username", help="nom d'utilisateur")
        acts.add_parser("rechiffrer", help="chiffre les secrets avec la SECRET_KEY du moment")

    def handle(self, *, act, username="", **options):
        if act == "rechiffrer":
            self._seal_anew()
        elif act == "retirer":
            self._remove(_account(username))
        else:
            self._show_code(username)

    def _remove(self, account) -> None:
        try:
            second_factor.remove(account)
        except DomainError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"Second facteur de {account.username} retiré, sessions fermées.")

    def _show_code(self, username: str) -> None:
        if not settings.DEMO:
            raise CommandError("Ce n'est pas la démonstration : le code est sur le téléphone.")
        account = _account(username)
        if not second_factor.exists(account):
            raise CommandError(f"{account.username} n'a pas de second facteur.")
        code = second_factor.present_code(account)
        if code is None:
            raise CommandError(f"Le code vient de servir : réessayez dans {totp.PERIOD} secondes.")
        self.stdout.write(code)

    def _seal_anew(self) -> None:
        done, lost = second_factor.seal_anew()
        self.stdout.write(f"{done} secret(s) chiffré(s) avec la clé du moment.")
        if lost:
            raise CommandError(
                f"{lost} secret(s) qu'aucune clé n'ouvre : ajoutez l'ancienne clé à "
                "SECRET_KEY_FALLBACKS, ou retirez ces seconds facteurs."
            )


def _account(username: str) -> Utilisateur:
    account = Utilisateur.objects.named(username).first()
    if account is None:
        raise CommandError(f"Il n'y a pas de compte {username}.")
    return account
