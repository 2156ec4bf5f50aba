"""Receiving a file, showing what it would do, and doing it once."""

from datetime import timedelta

from django.apps import apps
from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ecms import retention
from ecms.exceptions import DomainError
from ecms.files import discarded_on_error
from ecms.imports.examination import Examination, examine
from ecms.imports.registry import import_of
from ecms.imports.resources import ImportResource
from ecms.imports.tables import read_upload
from ecms.models import Importation
from ecms.scoping import manages
from ecms.uploads import clean_name

KEPT = timedelta(days=1)
MESSAGE = "Import"


class HasChanged(Exception):
    """What would be done is not, or no more, what was shown: nothing was written."""

    def __init__(self, examination: Examination):
        super().__init__()
        self.examination = examination


def receive(model, upload, *, mairie, par) -> Importation:
    """Keep a file that can be read. Raises `ValidationError` for one that cannot."""
    name = clean_name(upload.name)[-150:]
    upload.seek(0)
    content = upload.read()
    # Judged as it will be when it is confirmed: a file that no column fits is not kept.
    importation = Importation(
        mairie=mairie, utilisateur=par, liste=model._meta.label_lower, nom=name
    )
    importation.date_creation = timezone.now()
    examine(_resource(importation, SimpleUploadedFile(name, content, upload.content_type)))
    importation.fichier = ContentFile(content, name=name)
    with discarded_on_error(importation), transaction.atomic():
        importation.save()
    return importation


def show(importation: Importation) -> Examination:
    """What the file would do now; nothing is written."""
    return examine(_resource(importation, _file(importation)))


def confirm(importation: Importation, *, digest: str) -> tuple[Examination, list[str]]:
    """Do what the examination with this digest showed; what there is to say about it.

    All lines or none, and once: raises `DomainError` the second time, `HasChanged` when rows have
    changed since or a line is wrong.
    """
    with transaction.atomic():
        waiting = Importation.objects.filter(
            pk=importation.pk, statut=Importation.Statut.A_CONFIRMER
        )
        if not waiting.update(statut=Importation.Statut.CONFIRMEE):
            raise DomainError(_("Ce fichier est déjà importé."), "deja_importe")
        # Before anything is written: what a transaction takes back, a storage keeps.
        _agree(examine(_resource(importation, _file(importation))), digest)
        resource = _resource(importation, _file(importation), locking=True)
        with resource.files_discarded_on_error():
            examination = _agree(examine(resource, apply=True), digest)
            _log(resource)
        return examination, resource.warnings()


def forget(apply: bool) -> int:
    """The rule of retention: the files of yesterday go with their rows."""
    old = Importation.objects.filter(date_creation__lt=timezone.now() - KEPT)
    return old.delete()[0] if apply else old.count()


def _agree(examination: Examination, digest: str) -> Examination:
    if not examination.is_right or examination.digest != digest:
        raise HasChanged(examination)
    return examination


def _resource(importation: Importation, upload, *, locking: bool = False) -> ImportResource:
    """Raises `DomainError` when its sender works for another mairie now."""
    if not manages(importation.utilisateur, importation.mairie_id):
        raise DomainError(_("Ce fichier est celui d'une autre mairie."), "autre_mairie")
    kind = import_of(apps.get_model(importation.liste))
    return kind(
        mairie=importation.mairie,
        par=importation.utilisateur,
        table=read_upload(upload, with_files=kind.with_files),
        now=importation.date_creation,
        locking=locking,
    )


def _file(importation: Importation) -> SimpleUploadedFile:
    with importation.fichier.open() as stored:
        return SimpleUploadedFile(importation.nom, stored.read(), None)


def _log(resource: ImportResource) -> None:
    """The history of each row says who imported it."""
    for rows, flag in ((resource.created, ADDITION), (resource.changed, CHANGE)):
        if rows:
            LogEntry.objects.log_actions(resource.par.pk, rows, flag, MESSAGE)


retention.declare("ecms.importations", forget)
