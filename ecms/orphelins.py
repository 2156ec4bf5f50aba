"""Files that no row names: their process did not live to commit (`kill -9`, a power cut)."""

import logging
import re
import time
from collections import defaultdict
from pathlib import Path

from django.apps import apps
from django.core.files.storage import FileSystemStorage
from django.db import connection
from django.db.models import FileField

from ecms import retention
from ecms.backups.database import named_files
from ecms.files import random_path

logger = logging.getLogger("ecms.orphelins")
# Longer than any request, task or import is under way.
AGE_SECONDS = 24 * 3600
# Beyond a few, and beyond a part of all, it is not what killed processes left: it is the wrong
# database, or the wrong folder.
FEW, PART = 100, 0.1
RANDOM = re.compile(r"[0-9a-f]{32}(\.[a-z0-9]{1,8})?")


def sweep(apply: bool) -> int:
    """Delete them, or only count. Touches what `random_path` named, in the folder of a model that
    is there, and nothing else."""
    named = _named()
    orphans, total = [], 0
    for storage, folder in _folders():
        for path in _old_files(Path(storage.path(folder))):
            total += 1
            if f"{folder}/{path.name}" not in named[storage.location]:
                orphans.append(path)
    if not apply:
        return len(orphans)
    if len(orphans) > max(FEW, PART * total):
        logger.error(
            "%s fichiers sur %s n'ont pas de ligne : rien n'est effacé. "
            "MEDIA_ROOT et PRIVATE_ROOT sont-ils ceux de cette base ?",
            len(orphans),
            total,
        )
        return 0
    for path in orphans:
        path.unlink(missing_ok=True)
    return len(orphans)


def _named() -> dict[str, set[str]]:
    """What rows name, by the place where it lies."""
    named = defaultdict(set)
    with connection.cursor() as cursor:
        for storage, name in named_files(cursor):
            if isinstance(storage, FileSystemStorage):
                named[storage.location].add(name)
    return named


def _folders() -> set[tuple[FileSystemStorage, str]]:
    found = {}
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, FileField) and field.upload_to is random_path:
                folder = f"{model._meta.app_label}/{model._meta.model_name}"
                if isinstance(field.storage, FileSystemStorage):
                    found[field.storage.location, folder] = field.storage, folder
    return set(found.values())


def _old_files(folder: Path):
    if not folder.is_dir():
        return
    before = time.time() - AGE_SECONDS
    for path in folder.iterdir():
        if RANDOM.fullmatch(path.name) and path.is_file() and path.stat().st_mtime < before:
            yield path


retention.declare("fichiers sans ligne", sweep)
