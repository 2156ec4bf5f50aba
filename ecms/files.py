"""The two storages: public files have an address, private ones are released by a view."""

import mimetypes
import uuid
from contextlib import contextmanager
from pathlib import PurePosixPath

from django.conf import settings
from django.core.files.storage import FileSystemStorage, storages
from django.http import FileResponse


class PrivateStorage(FileSystemStorage):
    """Files without any address, under `PRIVATE_ROOT`."""

    def __init__(self):
        super().__init__(file_permissions_mode=0o600)

    @property
    def base_location(self):
        return settings.PRIVATE_ROOT

    @property
    def location(self):
        return str(settings.PRIVATE_ROOT)

    def url(self, name):
        raise ValueError("A private file has no address.")


def private_storage():
    """The private storage, looked up late so that a migration does not name a folder."""
    return storages["private"]


def random_path(instance, filename: str) -> str:
    """`<app>/<model>/<random>.<ext>`: the client's name decides nothing but a known extension."""
    options = instance._meta
    extension = PurePosixPath(filename).suffix.lower()
    return f"{options.app_label}/{options.model_name}/{uuid.uuid4().hex}{extension}"


def release(file, *, filename: str) -> FileResponse:
    """Answer with a private file, as a download that no browser will run or keep."""
    content_type = mimetypes.guess_type(filename, strict=False)[0] or "application/octet-stream"
    response = FileResponse(
        file.open("rb"), as_attachment=True, filename=filename, content_type=content_type
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response


@contextmanager
def discarded_on_error(instance):
    """Delete the files that a save has just written if the row was refused after all."""
    fresh = [
        file
        for field in instance._meta.fields
        if hasattr(file := getattr(instance, field.attname), "_committed") and not file._committed
    ]
    try:
        yield
    except BaseException:
        for file in fresh:
            if file and file._committed:
                file.delete(save=False)
        raise
