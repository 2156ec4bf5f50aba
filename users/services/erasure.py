"""What a person may take along, and how their account ends."""

from django.apps import apps
from django.db import transaction
from django.utils.translation import gettext as _
from phonenumber_field.phonenumber import PhoneNumber

from ecms import erasures, portability, retention
from ecms.exceptions import DomainError
from ecms.mail import queue_mail
from ecms.scoping import ScopedQuerySet
from users.models import ProfilAgentCommunal, SecondFacteur, Utilisateur
from users.services import codes, profile, sessions

SECRET_FIELDS = {"password", "code_otp", "code", "code_suivi", "jeton"}
# Who works on a file, and how urgent it is, is the mairie's own affair.
INTERNAL_FIELDS = {"agent_traitant", "priorite"}


def export(utilisateur: Utilisateur) -> dict[str, list[dict]]:
    """All that is held about the account: the rows of every model that names an owner
    (`owner_lookup`), by model, without secrets, and what else the apps declare
    (`ecms.portability`)."""
    held = {}
    for model in apps.get_models():
        rows = model._default_manager.all()
        if isinstance(rows, ScopedQuerySet) and rows.owner_lookup:
            kept_back = SECRET_FIELDS | INTERNAL_FIELDS
            names = [f.attname for f in model._meta.concrete_fields if f.name not in kept_back]
            held[model._meta.label_lower] = [
                {name: _plain(value) for name, value in row.items()}
                for row in rows.owned_by(utilisateur).values(*names)
            ]
    return held | portability.held_for(utilisateur)


@transaction.atomic
def anonymise(utilisateur: Utilisateur) -> None:
    """End the account: its rows stay where the law keeps them, without a name behind.

    Raises `DomainError` for the last national administrator.
    """
    check_not_last_administrator(utilisateur)
    account = codes.lock_account(utilisateur)
    if account is None:
        return
    if account.email and account.is_verified:
        queue_mail("users/compte_efface", to=account.email, language=account.langue)
    _forget(account)


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
    account.groups.clear()
    account.user_permissions.clear()
    ProfilAgentCommunal.objects.filter(utilisateur=account).delete()
    profile.forget_avatar(account)
    retention.forget(account)
    _blank(account)
    erasures.record(account)


@portability.also("users.secondfacteur")
def _second_factor(utilisateur: Utilisateur) -> list[dict]:
    return list(SecondFacteur.objects.filter(utilisateur=utilisateur).values("confirme_le"))


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


def _plain(value):
    return str(value) if isinstance(value, PhoneNumber) else value


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
