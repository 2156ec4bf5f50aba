"""What the agenda gives to sitemaps, and the calendar of a mairie to which agendas subscribe."""

from datetime import timedelta

from django.db.models import Max
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ecms import agenda
from ecms.flux.registre import Pages, annoncer
from ecms.flux.reponses import active_mairie, cached
from evenements.agenda import CONTENT_TYPE, entree
from evenements.models import Evenement
from evenements.services.evenements import DUREE_AU_PLUS

PASSE, AVENIR = timedelta(days=30), timedelta(days=730)
# What an agenda program takes in.
ENTREES = 3000


def evenements():
    return Evenement.objects.order_by("-debut", "-pk")


@require_safe
def calendrier(request, mairie: str):
    """The events of an active mairie, from 30 days ago to in two years. What was cancelled stays,
    marked so: agendas that know it must learn it."""
    row = active_mairie(mairie)
    lignes = Evenement.objects.filter(mairie=row)
    with translation.override("fr"):
        nom = _("Agenda : %(mairie)s") % {"mairie": row.nom}
        contenu = agenda.calendar([_entree(ligne, row) for ligne in _annonces(lignes)], name=nom)
    # Of drafts too: what was taken back changed the calendar.
    dernier = lignes.aggregate(dernier=Max("date_modification"))["dernier"]
    modifiee = max(filter(None, [dernier, row.date_modification]))
    return cached(request, contenu, CONTENT_TYPE, modifiee=modifiee)


def _annonces(lignes):
    """Whole days of Douala bound it, so that it changes once a day by itself."""
    aujourd_hui = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    depuis, jusqu_a = aujourd_hui - PASSE, aujourd_hui + AVENIR
    dans_la_periode = lignes.visible_to_public().filter(
        debut__gt=depuis - DUREE_AU_PLUS, debut__lt=jusqu_a, fin__gt=depuis
    )
    return dans_la_periode.order_by("debut", "pk")[:ENTREES]


def _entree(ligne: Evenement, mairie) -> agenda.Entry:
    ligne.mairie = mairie
    return entree(ligne)


annoncer(Pages(evenements, "evenements/{slug}"))
