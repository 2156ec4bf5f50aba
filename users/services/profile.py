"""What a person changes about themselves."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from ecms.images import ReencodedImage
from users.models import Utilisateur

FOLDER = "users/avatars"


def update(serializer, *, build_url: Callable[[str], str]) -> None:
    """Save a profile from its valid serializer; `avatar` becomes `avatar_url`, absolute by
    `build_url`. A changed phone number is not verified any more.

    Writes these columns alone: the row was read before, and its password may be another by now.
    """
    changes = dict(serializer.validated_data)
    account = serializer.instance
    if "telephone" in changes and changes["telephone"] != account.telephone:
        changes["telephone_verifie"] = False
    if avatar := changes.pop("avatar", None):
        forget_avatar(account)
        changes["avatar_url"] = build_url(_store(avatar))
    for name, value in changes.items():
        setattr(account, name, value)
    account.save(update_fields=[*changes, "date_modification"])


def forget_avatar(account: Utilisateur) -> None:
    """Delete the file of the account's picture once the transaction is committed."""
    if name := avatar_name(account):
        transaction.on_commit(lambda: default_storage.delete(name))


def avatar_name(account: Utilisateur) -> str:
    """Where the account's picture is stored; "" without one of ours."""
    name = urlsplit(account.avatar_url).path.removeprefix(settings.MEDIA_URL)
    return name if name.startswith(f"{FOLDER}/") else ""


def _store(avatar: ReencodedImage) -> str:
    name = default_storage.save(f"{FOLDER}/{avatar.name}", ContentFile(avatar.small))
    return default_storage.url(name)
