import os
import shutil
from pathlib import Path

from django.core.management import BaseCommand, CommandError

from ecms import retention
from ecms.exceptions import DomainError
from ecms.portability import Person
from users.models import Utilisateur
from users.services import addresses, erasure, export


class Command(BaseCommand):
    help = (
        "Droits des personnes : remettre à quelqu'un ce qui est gardé à son sujet, ou l'effacer, "
        "sur sa demande écrite. Assurez-vous d'abord que c'est bien cette personne qui demande. "
        "Une adresse électronique vaut aussi pour qui n'a pas de compte."
    )

    def add_arguments(self, parser):
        acts = parser.add_subparsers(dest="act", required=True)
        out = acts.add_parser("exporter", help="écrit l'archive de ses données et de ses fichiers")
        out.add_argument("--to", type=Path, required=True, metavar="FICHIER.zip")
        erase = acts.add_parser("effacer", help="efface, ou anonymise ce que la loi garde")
        erase.add_argument("--dry-run", action="store_true", help="compter sans rien changer")
        for act in (out, erase):
            act.add_argument("identifiant", help="nom d'utilisateur ou adresse électronique")

    def handle(self, *, act, identifiant, to=None, dry_run=False, **options):
        person = _person(identifiant)
        held = export.held_about(person)
        if not any(held.values()):
            raise CommandError(f"Rien n'est gardé au sujet de {identifiant}.")
        for name, rows in held.items():
            if rows:
                self.stdout.write(f"{name} : {len(rows)}")
        if act == "exporter":
            self._export(person, to)
        else:
            self._erase(person, dry_run)

    def _export(self, person: Person, to: Path) -> None:
        try:
            with open(to, "xb", opener=_private) as target, export.archive_of(person) as archive:
                shutil.copyfileobj(archive, target)
        except OSError as error:
            raise CommandError(f"{to} ne s'écrit pas : {error.strerror}.") from None
        self.stdout.write(f"Archive : {to} (à remettre en main propre, puis à supprimer)")

    def _erase(self, person: Person, dry_run: bool) -> None:
        try:
            if dry_run:
                retention.check(person)
            elif person.account:
                erasure.anonymise(person.account)
            else:
                erasure.forget_address(person.address)
        except DomainError as error:
            named = ", ".join(error.extra.get("dossiers", []))
            raise CommandError(f"{error.message} {named}".strip()) from None
        self.stdout.write("Rien n'a été changé (--dry-run)." if dry_run else "Effacé.")


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _person(identifiant: str) -> Person:
    """By address: the account that has verified it, else whoever wrote without an account."""
    if "@" in identifiant:
        address = identifiant.strip().lower()
        holder = addresses.verified_holder(address)
        return erasure.person_of(holder) if holder else Person(address=address)
    account = Utilisateur.objects.named(identifiant).first()
    if account is None:
        raise CommandError(f"Il n'y a pas de compte {identifiant}.")
    return erasure.person_of(account)
