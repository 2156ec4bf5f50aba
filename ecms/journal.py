"""The admin's history names the rows that it is about. Who did what, and when, stays for good; what
the rows of people were called goes with them, or after a year."""

from collections.abc import Iterable
from datetime import timedelta

from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import QuerySet
from django.utils import timezone

from ecms import retention

NOBODY = "anonyme"
KEPT = timedelta(days=365)
# Columns by which somebody is known.
NAMING = {"email", "nom_demandeur", "telephone", "username", "depose_par", "email_demandeur"}


def forget(rows: Iterable[models.Model]) -> None:
    """What `rows`, all of one model, were called."""
    if rows := list(rows):
        entries = LogEntry.objects.filter(
            content_type=ContentType.objects.get_for_model(rows[0]),
            object_id__in=[str(row.pk) for row in rows],
        )
        _forget(entries)


def forget_old(apply: bool) -> int:
    """The rule of retention; also of rows that were deleted by hand, which nothing else finds."""
    entries = LogEntry.objects.filter(
        content_type__in=_people(), action_time__lt=timezone.now() - KEPT
    ).exclude(object_repr=NOBODY)
    count = entries.count()
    if apply:
        _forget(entries)
    return count


def _forget(entries: QuerySet) -> None:
    # Messages name the columns that changed; those that name a row hold what it was called.
    entries.filter(change_message__contains='"object"').update(change_message="")
    entries.update(object_repr=NOBODY)


def _people() -> list[ContentType]:
    """The models whose rows are people, or what they filed."""
    found = [model for model in apps.get_models() if _names_people(model)]
    return list(ContentType.objects.get_for_models(*found).values())


def _names_people(model: type[models.Model]) -> bool:
    # A mairie and its services have an address too, and names of their own.
    is_office = model._meta.label in {"mairies.Mairie", "mairies.ServiceMunicipal"}
    return not is_office and bool(NAMING & {field.name for field in model._meta.concrete_fields})


# With a capital, so that it comes before those that forget the names of their own rows: what it
# counts is what it does.
retention.declare("Historique de l'administration", forget_old)
