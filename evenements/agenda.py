"""Events as entries of people's own agendas (`ecms.agenda`)."""

from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone

from ecms import agenda
from ecms.flux.adresses import page_address
from evenements.mails.texte import texte_lisible
from evenements.models import Evenement
from evenements.workflow import StatutEvenement

FICHIER = "evenement.ics"
CONTENT_TYPE = "text/calendar; charset=utf-8"


def entree(evenement: Evenement) -> agenda.Entry:
    """An event of whole days has days, not moments; one that waits for its new date is tentative
    at the old one."""
    debut, fin = evenement.debut, evenement.fin
    if evenement.journee_entiere:
        debut, fin = timezone.localdate(debut), timezone.localdate(fin)
    return agenda.Entry(
        uid=f"evenement-{evenement.pk}@{urlsplit(settings.API_BASE_URL).hostname}",
        start=debut,
        end=fin,
        title=evenement.titre,
        changed=evenement.date_modification,
        sequence=evenement.sequence,
        is_cancelled=evenement.statut == StatutEvenement.ANNULE,
        is_tentative=evenement.date_a_confirmer,
        place=evenement.lieu,
        description=_description(evenement),
        url=page_address(evenement.mairie, f"evenements/{evenement.slug}"),
        position=_position(evenement),
        categories=[evenement.get_categorie_display()],
    )


def fichier(evenement: Evenement, *, method: str = "PUBLISH") -> bytes:
    """One event as a whole calendar file."""
    return agenda.calendar([entree(evenement)], method=method)


def _description(evenement: Evenement) -> str:
    texte = texte_lisible(evenement.description)
    return "\n\n".join(filter(None, [evenement.message, texte, evenement.contact]))


def _position(evenement: Evenement) -> tuple[float, float] | None:
    if evenement.latitude is None:
        return None
    return float(evenement.latitude), float(evenement.longitude)
