from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from ecms.images import ReencodedImage

FOLDER = "users/avatars"


def update(serializer, *, build_url: Callable[[str], str]) -> None:
    """Save a profile from its valid serializer; `avatar` becomes `avatar_url`, absolute by
    `build_url`. A changed phone number is not verified any more."""
    data = serializer.validated_data
    account = serializer.instance
    changes = {}
    if "telephone" in data and data["telephone"] != account.telephone:
        changes["telephone_verifie"] = False
    if avatar := data.pop("avatar", None):
        changes["avatar_url"] = build_url(_store(avatar, replaces=account.avatar_url))
    serializer.save(**changes)


def _store(avatar: ReencodedImage, *, replaces: str) -> str:
    name = default_storage.save(f"{FOLDER}/{avatar.name}", ContentFile(avatar.small))
    old = urlsplit(replaces).path.removeprefix(settings.MEDIA_URL)
    if old.startswith(f"{FOLDER}/"):
        transaction.on_commit(lambda: default_storage.delete(old))
    return default_storage.url(name)
