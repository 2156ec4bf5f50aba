"""The two storages: public files have an address, private ones are delivered by a view."""

import errno
import uuid
from contextlib import contextmanager
from pathlib import PurePosixPath

from django.conf import settings
from django.core.files.storage import FileSystemStorage, storages
from django.db.models import FileField

# The disk, somebody's share of it, the limit of the process.
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class WholeFiles(FileSystemStorage):
    """Files on a disk, each of them whole: what a full disk has cut short is taken away."""

    def _save(self, name, content):
        try:
            return super()._save(name, content)
        except BaseException:
            # Names are random: what lies there is what was just being written.
            self.delete(name)
            raise


class PrivateStorage(WholeFiles):
    """Files without any address, under `PRIVATE_ROOT`."""

    @property
    def file_permissions_mode(self):
        # The proxy's group reads what the proxy sends.
        return 0o640 if settings.X_ACCEL_PREFIX else 0o600

    @property
    def base_location(self):
        return settings.PRIVATE_ROOT

    @property
    def location(self):
        return str(settings.PRIVATE_ROOT)

    def url(self, name):
        raise ValueError("A private file has no address.")


def is_full(error: OSError) -> bool:
    """Whether `error` says that there is no room left."""
    return error.errno in FULL


def private_storage():
    """The private storage, looked up late so that a migration does not name a folder."""
    return storages["private"]


def random_path(instance, filename: str) -> str:
    """`<app>/<model>/<random>.<ext>`: the client's name decides nothing but a known extension."""
    options = instance._meta
    extension = PurePosixPath(filename).suffix.lower()
    return f"{options.app_label}/{options.model_name}/{uuid.uuid4().hex}{extension}"


@contextmanager
def discarded_on_error(instance):
    """Delete the files that a save has just written if the row was refused after all."""
    files = [
        getattr(instance, field.attname)
        for field in instance._meta.fields
        if isinstance(field, FileField)
    ]
    fresh = [file for file in files if file and not file._committed]
    try:
        yield
    except BaseException:
        for file in fresh:
            if file and file._committed:
                file.delete(save=False)
        raise
