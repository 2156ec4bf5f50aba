"""The second factor: an authenticator app, and ten codes for when the telephone is lost.

Whoever has one is always asked for it; who must have one: `is_required`. A code of the app serves
once, and so does a recovery code, whatever arrives at the same moment: the database decides.
"""

import secrets

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ecms import limits
from ecms.backups import aftermath
from ecms.codes import ALPHABET, read_secret, show_secret
from ecms.exceptions import DomainError, TooManyAttempts
from ecms.mail import queue_mail
from users.models import CodeSecours, SecondFacteur, Session, Utilisateur
from users.services import alerts, codes, sealing, sessions, totp

RECOVERY_CODES = 10
# Of an alphabet of thirty: 58 bits.
RECOVERY_LENGTH = 12
REFUSED = gettext_lazy("Ce code n'est pas valable, ou il a déjà servi : attendez le suivant.")


class WrongCode(Exception):
    """Wrong, or it has served already: nobody is told which."""


def is_required(account: Utilisateur) -> bool:
    """Whether the account may not enter without one."""
    everybody = settings.SECOND_FACTOR_REQUIRED == "staff"
    return account.is_superuser or (everybody and account.is_staff)


def exists(account: Utilisateur) -> bool:
    return SecondFacteur.objects.filter(utilisateur=account).exists()


def is_missing(account: Utilisateur) -> bool:
    """Whether the account must have one, as it is now, and has none."""
    account = Utilisateur.objects.filter(pk=account.pk).first()
    return account is not None and is_required(account) and not exists(account)


def propose() -> str:
    """A new secret, sealed. It belongs to nobody until `confirm`: whoever begins keeps it, in
    their own session, so that no one else enrols what they have seen."""
    return sealing.seal(totp.new_secret())


def confirm(
    account: Utilisateur,
    sealed: str,
    typed: str,
    *,
    replace: bool = False,
    keep: Session | None = None,
) -> list[str]:
    """Give `account` the second factor that `sealed` holds, once a code proves it; returns the
    recovery codes, which are shown this once.

    Every session but `keep` ends, the owner is told. Raises `WrongCode`, or `DomainError` if the
    account has one already and it is not to be replaced.
    """
    secret = sealing.unseal(sealed)
    step = secret and totp.matching_step(secret, _digits(typed))
    if step is None:
        raise WrongCode
    with transaction.atomic():
        account = codes.lock_account(account)
        if account is None:
            raise WrongCode
        held = SecondFacteur.objects.filter(utilisateur=account)
        if held.exists() and not replace:
            message = _("Votre compte a déjà un second facteur.")
            raise DomainError(message, "second_facteur_deja_actif")
        held.delete()
        facteur = SecondFacteur.objects.create(
            utilisateur=account, secret=sealing.seal(secret), dernier_pas=step
        )
        _end_others(account, keep)
        _tell(account, "users/second_facteur_active")
        return _new_recovery_codes(facteur)


def enrol(account: Utilisateur) -> None:
    """A second factor that no telephone has, for a demonstration: see `present_code`."""
    SecondFacteur.objects.create(utilisateur=account, secret=propose())


def verify(account: Utilisateur, typed: str, *, address: str) -> None:
    """Accept a code of the app, or a recovery code, which is then used up.

    The guess is counted before it is looked at; a success is free. Raises `WrongCode` or
    `TooManyAttempts`.
    """
    tries = [limits.count("code_adresse", address)]
    try:
        tries.append(limits.count("second_facteur_compte", str(account.pk)))
    except TooManyAttempts:
        tries[0].free()
        alerts.locked_out(account)
        raise
    if not _fits(account, typed):
        raise WrongCode
    for done in tries:
        done.free()


def renew_recovery_codes(account: Utilisateur) -> list[str]:
    """Ten new ones; those of before are worth nothing. Raises `DomainError` without a factor."""
    with transaction.atomic():
        facteur = _locked(account)
        if facteur is None:
            raise _absent()
        facteur.codes.all().delete()
        return _new_recovery_codes(facteur)


def remove(account: Utilisateur, *, keep: Session | None = None) -> None:
    """Every session but `keep` ends, the owner is told. Raises `DomainError` without a factor."""
    with transaction.atomic():
        facteur = _locked(account)
        if facteur is None:
            raise _absent()
        facteur.delete()
        _end_others(account, keep)
        _tell(account, "users/second_facteur_retire")


def retirer(account: Utilisateur, *, par: Utilisateur) -> None:
    """For someone who has lost it, by an administrator who knows who is asking. One's own is
    removed where a code is asked for. Raises `DomainError`."""
    if account.pk == par.pk:
        message = _("Le vôtre se retire ou se remplace depuis « Second facteur ».")
        raise DomainError(message, "propre_compte")
    remove(account)


def recovery_codes_left(account: Utilisateur) -> int:
    return CodeSecours.objects.filter(facteur__utilisateur=account, utilise_le=None).count()


def present_code(account: Utilisateur) -> str | None:
    """The code that the account's app shows, or its next one if that has served: for the
    demonstration alone. None when there is none to be had now."""
    facteur = SecondFacteur.objects.filter(utilisateur=account).first()
    secret = facteur and sealing.unseal(facteur.secret)
    if not secret:
        return None
    step = max(totp.present_step(), facteur.dernier_pas + 1)
    return totp.code_at(secret, step) if step <= totp.present_step() + totp.DRIFT else None


def seal_anew() -> tuple[int, int]:
    """Seal every secret under the present key: how many were, how many no key opens."""
    done = lost = 0
    for facteur in SecondFacteur.objects.iterator():
        if (sealed := sealing.sealed_anew(facteur.secret)) is None:
            lost += 1
        else:
            held = SecondFacteur.objects.filter(pk=facteur.pk, secret=facteur.secret)
            done += held.update(secret=sealed)
    return done, lost


def void_recovery_codes() -> int:
    """Nothing says which were used since the backup: none opens anything any more. Their owners
    are told at the door, and renew them (`renew_recovery_codes`)."""
    return CodeSecours.objects.filter(utilise_le=None).delete()[0]


def pass_present_codes() -> int:
    """No code of an app that was used in the minutes before serves again; the next one does."""
    step = totp.present_step() + totp.DRIFT
    older = SecondFacteur.objects.filter(dernier_pas__lt=step)
    return older.update(dernier_pas=step)


aftermath.declare("codes de secours annulés", void_recovery_codes)
aftermath.declare("codes d'application passés", pass_present_codes)


def _fits(account: Utilisateur, typed: str) -> bool:
    facteur = SecondFacteur.objects.filter(utilisateur=account).first()
    if facteur is None:
        return False
    digits = _digits(typed)
    if len(digits) == 6:
        return _use_step(facteur, digits)
    return _use_recovery_code(facteur, account, typed)


def _use_step(facteur: SecondFacteur, digits: str) -> bool:
    secret = sealing.unseal(facteur.secret)
    step = totp.matching_step(secret, digits) if secret else None
    if step is None:
        return False
    used = {"dernier_pas": step}
    if not sealing.is_current(facteur.secret):
        used["secret"] = sealing.seal(secret)
    # A condition on the row itself is checked again after waiting for its lock.
    held = SecondFacteur.objects.filter(pk=facteur.pk, dernier_pas__lt=step)
    return held.update(**used) == 1


@transaction.atomic
def _use_recovery_code(facteur: SecondFacteur, account: Utilisateur, typed: str) -> bool:
    code = read_secret(typed)
    if len(code) != RECOVERY_LENGTH:
        return False
    unused = CodeSecours.objects.filter(
        facteur_id=facteur.pk, empreinte__in=sealing.fingerprints(code), utilise_le=None
    )
    if not unused.update(utilise_le=timezone.now()):
        return False
    _tell(account, "users/code_secours_utilise", restants=recovery_codes_left(account))
    return True


def _new_recovery_codes(facteur: SecondFacteur) -> list[str]:
    drawn: set[str] = set()
    while len(drawn) < RECOVERY_CODES:
        drawn.add("".join(secrets.choice(ALPHABET) for _place in range(RECOVERY_LENGTH)))
    CodeSecours.objects.bulk_create(
        CodeSecours(facteur=facteur, empreinte=sealing.fingerprints(code)[0]) for code in drawn
    )
    return sorted(show_secret(code).lower() for code in drawn)


def _digits(typed: str) -> str:
    """Six digits however they are grouped; "" for anything else."""
    joined = "".join(typed.split())
    return joined if len(joined) == 6 and joined.isascii() and joined.isdigit() else ""


def _locked(account: Utilisateur) -> SecondFacteur | None:
    held = SecondFacteur.objects.select_for_update()
    return held.filter(utilisateur=account).first()


def _end_others(account: Utilisateur, keep: Session | None) -> None:
    others = Session.objects.filter(utilisateur=account)
    sessions.end(others.exclude(pk=keep.pk) if keep else others)


def _tell(account: Utilisateur, mail: str, **context) -> None:
    # A claim may be somebody else's address.
    if account.email and account.is_verified:
        queue_mail(mail, to=account.email, language=account.langue, **context)


def _absent() -> DomainError:
    return DomainError(_("Ce compte n'a pas de second facteur."), "second_facteur_absent")
