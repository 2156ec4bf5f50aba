"""What a person does with their own account. What a refusal must leave behind (a counted guess,
a refused password) is committed before it is raised."""

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ecms import limits
from ecms.exceptions import DomainError
from ecms.mail import queue_mail
from ecms.slugs import violated_constraint
from users.models import Consentement, TokenVerification, Utilisateur
from users.services import addresses, codes, sessions

Type = TokenVerification.Type


class InvalidCode(Exception):
    """Wrong, expired, used, superseded or out of guesses: nobody is told which."""


class WrongPassword(Exception):
    """The current password is not right."""


def register(*, username: str, email: str, password: str, consent: bool, **profile):
    """Create an account whose address is a claim, and mail it a code.

    If somebody else has verified the address, they are told by mail instead; the answer is the
    same (`users.mails`). Raises `ValidationError` for a username that is taken or a weak password.
    """
    utilisateur = Utilisateur(username=username, email=email, **profile)
    _check_password(password, utilisateur)
    if consent:
        utilisateur.consentement_le = timezone.now()
    utilisateur.set_password(password)
    try:
        with transaction.atomic():
            utilisateur.save()
            if consent:
                utilisateur.consentements.create(
                    version=settings.PRIVACY_NOTICE_VERSION, date=utilisateur.consentement_le
                )
            _mail_verification(utilisateur)
    except IntegrityError as error:
        if "username" in (violated_constraint(error) or ""):
            message = _("Ce nom d'utilisateur est déjà pris.")
            raise ValidationError({"username": [message]}) from None
        raise
    return utilisateur


@transaction.atomic
def accept_notice(utilisateur: Utilisateur, version: str) -> Consentement:
    """Note that the account accepts this version of the privacy notice; again, nothing changes.
    Raises `sessions.InvalidToken` for an account that ended meanwhile: nothing is kept of it."""
    account = codes.lock_account(utilisateur)
    if account is None:
        raise sessions.InvalidToken
    accepted, _is_new = account.consentements.get_or_create(version=version)
    if account.consentement_le is None:
        account.consentement_le = accepted.date
        account.save(update_fields=["consentement_le", "date_modification"])
    return accepted


@transaction.atomic
def request_verification(utilisateur: Utilisateur, email: str | None = None) -> None:
    """Mail a code to the address of `utilisateur`, after correcting it if `email` is given.

    Raises `DomainError` for an address that is verified already, or for none at all.
    """
    utilisateur = codes.lock_account(utilisateur)
    if utilisateur is None or utilisateur.is_verified:
        raise DomainError(_("Votre adresse est déjà vérifiée."), "adresse_deja_verifiee")
    if email and email != utilisateur.email:
        utilisateur.email = email
        utilisateur.save(update_fields=["email", "date_modification"])
    if not utilisateur.email:
        raise DomainError(_("Ce compte n'a pas d'adresse : indiquez-la."), "adresse_absente")
    _mail_verification(utilisateur)


def confirm_verification(utilisateur: Utilisateur, code: str) -> None:
    """Make the claimed address the account's own. Raises `InvalidCode`."""
    if not utilisateur.email:
        raise InvalidCode
    _redeem(utilisateur, Type.EMAIL_VERIFICATION, code, address=utilisateur.email)


def request_reset(email: str, *, language: str) -> None:
    """Mail a code to whoever `users.services.addresses.account_of` finds when the mail is sent:
    the work done here is the same for any address."""
    queue_mail("users/mot_de_passe", to=email, language=language)


def reset_password(*, email: str, code: str, password: str) -> None:
    """Choose a password with a mailed code; the address counts as verified, every session ends,
    the owner is told. Raises `InvalidCode`, or `ValidationError` for a weak password.

    Whether the password resembles the owner's name is told to the holder of the code alone, whose
    code stays good for another try.
    """
    _check_password(password, None)
    token = _latest_reset(email)
    if token is None:
        raise InvalidCode

    def then(account: Utilisateur) -> None:
        _check_password(password, account)
        _set_password(account, password)

    _redeem(token.utilisateur, Type.PASSWORD_RESET, code, address=email, then=then)


def change_password(utilisateur: Utilisateur, *, current: str, password: str, address: str) -> None:
    """Every session ends, the owner is told. Raises `WrongPassword`, `TooManyAttempts`, or
    `ValidationError` for a weak password."""
    confirm_password(utilisateur, current, address=address)
    _check_password(password, utilisateur)
    with transaction.atomic():
        account = codes.lock_account(utilisateur)
        if account is None or account.password != utilisateur.password:
            raise WrongPassword
        _set_password(account, password)
    utilisateur.password = account.password


def request_email_change(
    utilisateur: Utilisateur, *, current: str, email: str, address: str
) -> None:
    """Mail a code to the new address; the old one stays until it is confirmed. Raises
    `WrongPassword` or `TooManyAttempts`."""
    confirm_password(utilisateur, current, address=address)
    queue_mail(
        "users/changement_adresse",
        to=email,
        language=utilisateur.langue,
        utilisateur=utilisateur.pk,
    )


def confirm_email_change(utilisateur: Utilisateur, code: str) -> None:
    """Take the new address; the old one is told, every session ends. Raises `InvalidCode`."""
    old = utilisateur.email if utilisateur.is_verified else None

    def then(account: Utilisateur) -> None:
        codes.forget(account)
        sessions.end_all(account)
        if old:
            queue_mail("users/adresse_changee", to=old, language=account.langue)

    _redeem(utilisateur, Type.EMAIL_CHANGE, code, address=None, then=then)


def confirm_password(utilisateur: Utilisateur, password: str, *, address: str) -> None:
    """Counted like a sign-in. Raises `WrongPassword` or `TooManyAttempts`."""
    attempt = limits.count("connexion_compte", address, f"compte:{utilisateur.pk}")
    if not utilisateur.check_password(password):
        raise WrongPassword
    attempt.free()


def _mail_verification(utilisateur: Utilisateur) -> None:
    queue_mail(
        "users/verification",
        to=utilisateur.email,
        language=utilisateur.langue,
        utilisateur=utilisateur.pk,
    )


def _redeem(utilisateur: Utilisateur, type_token: str, code: str, *, address, then=None) -> None:
    """Use the code, verify the address that it was sent to, and do `then`, all or nothing.

    `address` is the one that the account must still have; None for a change to a new one.
    """
    destination = address or _destination(utilisateur, type_token)
    with transaction.atomic():
        addresses.lock(destination)
        account = codes.lock_account(utilisateur)
        if account is not None and address is not None and account.email != address:
            account = None
        token = account and codes.redeem(account, type_token, code)
        accepted = bool(token) and token.adresse == destination and _verify(account, destination)
        if accepted and then:
            then(account)
    if not accepted:
        raise InvalidCode


def _verify(account: Utilisateur, address: str) -> bool:
    try:
        addresses.verify(account, address)
    except addresses.AddressTaken:
        return False
    return True


def _destination(utilisateur: Utilisateur, type_token: str) -> str:
    tokens = TokenVerification.objects.filter(utilisateur=utilisateur, type_token=type_token)
    return tokens.order_by("-pk").values_list("adresse", flat=True).first() or ""


def _latest_reset(email: str) -> TokenVerification | None:
    """By the address: whoever registers with it later does not redirect a code that is out."""
    tokens = TokenVerification.objects.filter(type_token=Type.PASSWORD_RESET, adresse=email)
    return tokens.select_related("utilisateur").order_by("-pk").first()


def _set_password(account: Utilisateur, password: str) -> None:
    account.set_password(password)
    account.save(update_fields=["password", "date_modification"])
    sessions.end_all(account)
    # A claim may be somebody else's address, who would be mailed without end.
    if account.is_verified:
        queue_mail("users/mot_de_passe_change", to=account.email, language=account.langue)


def _check_password(password: str, utilisateur: Utilisateur | None) -> None:
    try:
        validate_password(password, utilisateur)
    except ValidationError as error:
        raise ValidationError({"password": error.messages}) from None
