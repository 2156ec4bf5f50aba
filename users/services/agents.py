"""Inviting, activating and deactivating the agents of a mairie.

Nobody grants, or takes away, more than they hold themselves.
"""

from django.contrib.auth.models import Group, Permission
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from ecms.exceptions import DomainError
from ecms.mail import queue_mail
from ecms.slugs import save_with_slug, slug_of
from users.models import ProfilAgentCommunal, Utilisateur
from users.services import addresses, sessions
from users.services.erasure import check_not_last_administrator


@transaction.atomic
def inviter_agent(
    *,
    email: str,
    first_name: str,
    last_name: str,
    mairie,
    groupes,
    par: Utilisateur,
    service=None,
    fonction: str = "",
) -> Utilisateur:
    """Make the holder of `email` an agent of `mairie`, and mail them how to choose a password.

    A citizen who has verified the address keeps their account; otherwise an account without a
    password is made. Raises `ValidationError` for groups that grant more than `par` holds, and
    `DomainError` if the holder already works for a mairie.
    """
    _check_grantable(groupes, par)
    if service is not None and service.mairie_id != mairie.pk:
        raise ValidationError({"service": [_("Ce service n'est pas de cette mairie.")]})
    addresses.lock(email)
    agent = _invited_account(email, first_name, last_name)
    agent.role_user, agent.is_staff = Utilisateur.Role.AGENT, True
    agent.save()
    ProfilAgentCommunal.objects.create(
        utilisateur=agent, mairie=mairie, service=service, fonction=fonction
    )
    agent.groups.set(groupes)
    # What was opened with less care than staff have to take does not grow into their rights.
    sessions.end_all(agent)
    queue_mail("users/invitation", to=email, language=agent.langue, mairie=mairie.nom)
    return agent


@transaction.atomic
def activer(utilisateur: Utilisateur, *, par: Utilisateur) -> Utilisateur:
    """Let the account sign in again. Raises `PermissionDenied` beyond the rights of `par`."""
    utilisateur = _lock(utilisateur, par)
    utilisateur.is_active = True
    utilisateur.save(update_fields=["is_active", "date_modification"])
    return utilisateur


@transaction.atomic
def desactiver(utilisateur: Utilisateur, *, par: Utilisateur) -> Utilisateur:
    """Close the account and end its sessions. Raises `DomainError` for one's own account and the
    last national administrator, `PermissionDenied` beyond the rights of `par`."""
    if utilisateur.pk == par.pk:
        raise DomainError(_("On ne désactive pas son propre compte."), "propre_compte")
    check_not_last_administrator(utilisateur)
    utilisateur = _lock(utilisateur, par)
    utilisateur.is_active = False
    utilisateur.save(update_fields=["is_active", "date_modification"])
    sessions.end_all(utilisateur)
    return utilisateur


def grantable_groups(par: Utilisateur):
    """The groups that grant no more than `par` holds."""
    if par.is_superuser:
        return Group.objects.order_by("name")
    beyond = Permission.objects.exclude(pk__in=_permissions_of(par))
    return Group.objects.exclude(permissions__in=beyond).order_by("name")


def _check_grantable(groupes, par: Utilisateur) -> None:
    grantable = set(grantable_groups(par).values_list("pk", flat=True))
    refused = [groupe.name for groupe in groupes if groupe.pk not in grantable]
    if refused:
        message = _("Ces groupes donnent plus de droits que vous n'en avez : %(groupes)s.")
        raise ValidationError({"groupes": [message % {"groupes": ", ".join(refused)}]})


def _invited_account(email: str, first_name: str, last_name: str) -> Utilisateur:
    holder = addresses.verified_holder(email)
    if holder is None:
        return _new_account(email, first_name, last_name)
    holder = Utilisateur.objects.select_for_update(of=("self",)).get(pk=holder.pk)
    if holder.is_staff or ProfilAgentCommunal.objects.filter(utilisateur=holder).exists():
        raise DomainError(_("Cette adresse est déjà celle d'un agent."), "deja_agent")
    if not holder.is_active:
        raise DomainError(_("Le compte de cette adresse est désactivé."), "compte_desactive")
    return holder


def _new_account(email: str, first_name: str, last_name: str) -> Utilisateur:
    claim = addresses.newest_claim(email)
    if claim and claim.is_staff:
        raise DomainError(_("Cette adresse a déjà été invitée."), "deja_agent")
    agent = Utilisateur(email=email, first_name=first_name, last_name=last_name)
    agent.set_unusable_password()
    base = slug_of(f"{first_name} {last_name}", default="agent", max_length=60)
    save_with_slug(agent, base, constraint="users_utilisateur_username", field="username")
    return agent


def _lock(utilisateur: Utilisateur, par: Utilisateur) -> Utilisateur:
    utilisateur = Utilisateur.objects.select_for_update(of=("self",)).get(pk=utilisateur.pk)
    if not _holds_at_least(par, utilisateur):
        raise PermissionDenied
    return utilisateur


def _holds_at_least(par: Utilisateur, other: Utilisateur) -> bool:
    if par.is_superuser:
        return True
    return not other.is_superuser and _granted(other) <= _granted(par)


def _granted(utilisateur: Utilisateur) -> set[int]:
    """The permissions of an account, whether it is active or not."""
    return set(_permissions_of(utilisateur).values_list("pk", flat=True))


def _permissions_of(utilisateur: Utilisateur):
    own = Permission.objects.filter(user=utilisateur)
    return (own | Permission.objects.filter(group__user=utilisateur)).distinct()
