"""What a person may take along: all that is held about them, as JSON, or as an archive with the
files, which the task queue makes."""

import json
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.apps import apps
from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_q.tasks import async_task

from ecms import portability, retention
from ecms.exceptions import DomainError
from ecms.files import discarded_on_error
from ecms.mail import queue_mail
from ecms.portability import Person, plain
from ecms.scoping import ScopedQuerySet
from users.models import ExportDonnees, SecondFacteur, TokenVerification, Utilisateur
from users.services import profile
from users.services.erasure import person_of

TASK = "users.tasks.prepare_export"
DATA, FILES = "donnees.json", "fichiers"
# Beyond, its task was lost.
LATE = timedelta(minutes=15)
# In memory; beyond, the archive is built on the disk.
SMALL = 5_000_000


class ExportEnPreparation(DomainError):
    code = "export_en_preparation"


def export(utilisateur: Utilisateur) -> dict[str, list[dict]]:
    """All that is held about the account: see `held_about`."""
    return held_about(person_of(utilisateur))


def held_about(person: Person) -> dict[str, list[dict]]:
    """The rows of every model that names an owner (`owner_lookup`), by model, without secrets,
    and what else the apps declare (`ecms.portability`), which stands where both know a model."""
    held = {}
    for model in apps.get_models():
        rows = model._default_manager.all()
        if person.account and isinstance(rows, ScopedQuerySet) and rows.owner_lookup:
            held[model._meta.label_lower] = plain(rows.owned_by(person.account))
    return held | portability.held_for(person)


def request_archive(utilisateur: Utilisateur) -> ExportDonnees:
    """Have the archive made, unless it is being made: asked twice is asked once."""
    with transaction.atomic():
        asked, is_new = ExportDonnees.objects.get_or_create(utilisateur=utilisateur, fichier="")
        if is_new or asked.date_creation < timezone.now() - LATE:
            async_task(TASK, asked.pk)
    return asked


def prepare_archive(pk: int) -> None:
    """Make an archive that was asked for, and mail its owner where it is. Again, it does nothing;
    an account that ended meanwhile gets none."""
    asked = ExportDonnees.objects.filter(pk=pk, fichier="").select_related("utilisateur").first()
    if asked is None:
        return
    with archive_of(person_of(asked.utilisateur)) as draft:
        _keep(asked, File(draft, name="export.zip"))


def check_ready(asked: ExportDonnees) -> None:
    if not asked.est_pret:
        raise ExportEnPreparation(_("Votre export se prépare : un courriel dira qu'il est prêt."))


@contextmanager
def archive_of(person: Person) -> Iterator[tempfile.SpooledTemporaryFile]:
    """The archive, open at its beginning: `donnees.json`, and every file under `fichiers/`."""
    with tempfile.SpooledTemporaryFile(SMALL, dir=settings.FILE_UPLOAD_TEMP_DIR) as draft:
        with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as archive:
            body = held_about(person)
            if lost := _add_files(archive, person):
                body["fichiers_perdus"] = lost
            text = json.dumps(body, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)
            archive.writestr(DATA, text)
        draft.seek(0)
        yield draft


def forget_archives(apply: bool) -> int:
    """The rule of retention: three days after they were asked for, with their files."""
    expired = ExportDonnees.objects.expired()
    count = expired.count()
    if apply:
        expired.delete()
    return count


@portability.also("users.secondfacteur")
def _second_factor(person: Person) -> list[dict]:
    held = SecondFacteur.objects.filter(utilisateur=person.account)
    return list(held.values("confirme_le")) if person.account else []


@portability.also("users.tokenverification")
def _codes(person: Person) -> list[dict]:
    sent = TokenVerification.objects.filter(utilisateur=person.account).order_by("pk")
    columns = ["type_token", "adresse", "is_used", "tentatives", "expire_at", "date_creation"]
    return list(sent.values(*columns)) if person.account else []


@portability.with_files
def _avatar(person: Person):
    if person.account and (name := profile.avatar_name(person.account)):
        yield "photo.webp", default_storage, name


@transaction.atomic
def _keep(asked: ExportDonnees, archive: File) -> None:
    waiting = ExportDonnees.objects.select_for_update(of=("self",), no_key=True)
    asked = waiting.filter(pk=asked.pk, fichier="").select_related("utilisateur").first()
    if asked is None or not asked.utilisateur.is_active:
        return
    asked.fichier, asked.taille = archive, archive.size
    with discarded_on_error(asked):
        asked.save()
        account = asked.utilisateur
        # A claim may be somebody else's address.
        if account.is_verified:
            queue_mail("users/export_pret", to=account.email, language=account.langue)


def _add_files(archive: zipfile.ZipFile, person: Person) -> list[str]:
    """Copy the stored files into the archive, in pieces; returns those that the disk has lost."""
    lost = []
    for name, storage, stored in portability.files_of(person):
        try:
            source = storage.open(stored)
        except FileNotFoundError:
            lost.append(name)
            continue
        with source, archive.open(f"{FILES}/{name}", "w", force_zip64=True) as target:
            for piece in source.chunks():
                target.write(piece)
    return lost


retention.declare("exports de données", forget_archives)
