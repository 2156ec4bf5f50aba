"""What became of a publication by now: its state and its dates, read together."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from documents.workflow import Statut


class Etat(models.TextChoices):
    BROUILLON = "brouillon", _("Brouillon")
    PROGRAMMEE = "programmee", _("Programmée")
    PUBLIEE = "publiee", _("Publiée")
    EXPIREE = "expiree", _("Expirée")
    ARCHIVEE = "archivee", _("Archivée")


_PUBLIEE = Q(statut=Statut.PUBLIEE)
_EXPIREE = Q(date_expiration__isnull=False, date_expiration__lte=Now())
CONDITIONS = {
    Etat.BROUILLON: Q(statut=Statut.BROUILLON),
    Etat.PROGRAMMEE: _PUBLIEE & Q(date_publication__gt=Now()),
    Etat.PUBLIEE: _PUBLIEE & Q(date_publication__lte=Now()) & ~_EXPIREE,
    Etat.EXPIREE: _PUBLIEE & _EXPIREE,
    Etat.ARCHIVEE: Q(statut=Statut.ARCHIVEE),
}


def etat_de(actualite) -> Etat:
    """The one of `CONDITIONS` that a news item meets."""
    if actualite.statut != Statut.PUBLIEE:
        return Etat(actualite.statut)
    now = timezone.now()
    if actualite.date_expiration is not None and actualite.date_expiration <= now:
        return Etat.EXPIREE
    return Etat.PROGRAMMEE if actualite.date_publication > now else Etat.PUBLIEE
