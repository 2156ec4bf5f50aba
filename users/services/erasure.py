"""How an account ends, and how whoever has none is forgotten."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from ecms import erasures, journal, retention
from ecms.exceptions import DomainError
from ecms.mail import queue_mail
from ecms.models import Courriel, RequeteIdempotente
from ecms.portability import Person
from users.models import ProfilAgentCommunal, SecondFacteur, TokenVerification, Utilisateur
from users.services import codes, profile, sessions

UNVERIFIED = timedelta(days=365)


def person_of(account: Utilisateur) -> Person:
    """A claim may be somebody else's address, who did not ask for anything."""
    verified = account.email if account.is_verified else None
    return Person(account=account, address=verified or "")


@transaction.atomic
def anonymise(utilisateur: Utilisateur) -> None:
    """End the account: its rows stay where the law keeps them, without a name behind.

    Raises `DomainError` for the last national administrator, and while the mairie has a dossier
    of theirs to decide.
    """
    check_not_last_administrator(utilisateur)
    account = codes.lock_account(utilisateur)
    if account is None:
        return
    person, langue = person_of(account), account.langue
    retention.check(person)
    _forget(account)
    if person.address:
        queue_mail("users/compte_efface", to=person.address, language=langue)


@transaction.atomic
def forget_address(address: str) -> None:
    """Whoever wrote from `address` without an account, and has proved that it is theirs, is
    forgotten; of an account that has it verified: `anonymise`. Raises `DomainError` while the
    mairie has a dossier of theirs to decide."""
    person = Person(address=address.lower())
    retention.check(person)
    retention.forget(person)
    # What somebody only claimed.
    Utilisateur.objects.filter(email=person.address, is_verified=False).update(email=None)


def forget_unverified(apply: bool) -> int:
    """The rule of retention: accounts that were opened a year ago, whose address was never
    verified, and that nobody has signed in to for a year."""
    limit = timezone.now() - UNVERIFIED
    claims = Utilisateur.objects.filter(is_verified=False, is_active=True, is_staff=False)
    claims = claims.filter(Q(last_login=None) | Q(last_login__lt=limit), date_creation__lt=limit)
    if not apply:
        return claims.count()
    found = list(claims.order_by("pk"))
    for account in found:
        with transaction.atomic():
            _forget(Utilisateur.objects.select_for_update(no_key=True).get(pk=account.pk))
    return len(found)


@erasures.replays("users.utilisateur")
def _anonymise_again(utilisateur: Utilisateur) -> None:
    """An account that had ended, and that a restored backup brought back, deactivated or not."""
    check_not_last_administrator(utilisateur)
    _forget(Utilisateur.objects.select_for_update(no_key=True).get(pk=utilisateur.pk))


def _forget(account: Utilisateur) -> None:
    sessions.end_all(account)
    account.codes.all().delete()
    SecondFacteur.objects.filter(utilisateur=account).delete()
    account.sessions.all().delete()
    account.exports.all().delete()
    account.consentements.all().delete()
    account.groups.clear()
    account.user_permissions.clear()
    ProfilAgentCommunal.objects.filter(utilisateur=account).delete()
    profile.forget_avatar(account)
    retention.forget(person_of(account))
    journal.forget([account])
    _blank(account)
    erasures.record(account)


@retention.with_person
def _forget_mail(person: Person) -> None:
    """Mails that wait, codes sent to the address."""
    theirs = Q(pk__in=[])
    if person.address:
        TokenVerification.objects.filter(adresse__iexact=person.address).delete()
        theirs |= Q(destinataire__iexact=person.address)
    if person.account:
        theirs |= Q(contexte__utilisateur=person.account.pk)
        if person.account.email:
            theirs |= Q(destinataire__iexact=person.account.email)
    Courriel.objects.filter(theirs, statut=Courriel.Statut.EN_ATTENTE).delete()


@retention.with_person
def _forget_answers(person: Person) -> None:
    """Answers kept for repeats of a request (24 hours) that tell who it was. A key says nothing of
    whose it is; one more that goes is a request that may not be repeated."""
    account = person.account
    words = {person.address}
    if account:
        words |= {account.email, str(account.telephone), account.get_full_name()}
    told = Q(pk__in=[])
    for word in words - {"", None}:
        told |= Q(reponse__icontains=word)
    RequeteIdempotente.objects.filter(told).delete()


def check_not_last_administrator(utilisateur: Utilisateur) -> None:
    """Raises `DomainError` if nobody else could administer the installation. Locks the others,
    so that two of them cannot leave at the same moment."""
    if not utilisateur.is_superuser:
        return
    administrators = Utilisateur.objects.filter(is_superuser=True, is_active=True)
    if set(administrators.select_for_update().values_list("pk", flat=True)) <= {utilisateur.pk}:
        raise DomainError(
            _("Il faut au moins un administrateur national actif."), "dernier_administrateur"
        )


def _blank(account: Utilisateur) -> None:
    # With a space: nobody can have registered it.
    account.username = f"anonyme {account.pk}"
    account.email = None
    account.is_active = account.is_staff = account.is_superuser = False
    account.is_verified = account.email_verifie = account.telephone_verifie = False
    account.role_user = Utilisateur.Role.CITOYEN
    account.mairie = account.date_naissance = account.consentement_le = None
    account.last_login = None
    for name in ("first_name", "last_name", "avatar_url", "telephone", "adresse", "lieu_naissance"):
        setattr(account, name, "")
    account.set_unusable_password()
    account.save()


retention.declare("comptes jamais vérifiés", forget_unverified)
