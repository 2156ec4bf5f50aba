"""Keeps the demo from mailing people of what happened in a past that is only told."""

from contextlib import contextmanager

from django.db.models import Max
from django_q.models import OrmQ

from ecms.mail import TASK
from ecms.models import Courriel


@contextmanager
def sans_courriels():
    """Drop the mails that are queued within, and their tasks, behind which those of newcomers
    would wait. Other tasks stay."""
    derniers = [model.objects.aggregate(pk=Max("pk"))["pk"] or 0 for model in (Courriel, OrmQ)]
    yield
    courriel, tache = derniers
    OrmQ.objects.filter(pk__in=[t.pk for t in _taches(tache) if t.func() == TASK]).delete()
    Courriel.objects.filter(pk__gt=courriel).delete()


def _taches(depuis: int):
    return OrmQ.objects.filter(pk__gt=depuis)
