"""Writes the letters of the demo and those who subscribed to them; none is sent."""

import secrets
from datetime import datetime, timedelta

from django.utils import timezone

from ecms.management.demo.accounts import DOMAINE
from ecms.management.demo.newsletters import ABONNES, LETTRES, LettreDemo
from evenements.models import AbonneNewsletter, EnvoiNewsletter, Newsletter
from evenements.services.newsletters import creer_newsletter, planifier
from evenements.workflow import StatutAbonne, StatutEnvoi, StatutNewsletter
from mairies.models import Mairie

ABONNES_DEPUIS = timedelta(days=45)
DUREE_ENVOI = timedelta(minutes=2)
# In the morning, before people leave for work.
HEURE = 7


def ecrire_lettres(mairie: Mairie, lieux: dict[str, str], *, auteur) -> None:
    """Write `LETTRES` and `ABONNES`; `lieux` says what stands for the names between braces."""
    abonnes = AbonneNewsletter.objects.bulk_create(
        _abonne(mairie, rang, nom) for rang, nom in enumerate(ABONNES, start=1)
    )
    for demo in LETTRES:
        lettre = Newsletter(
            mairie=mairie,
            titre=demo.titre.format_map(lieux),
            contenu=demo.contenu.strip().format_map(lieux),
        )
        creer_newsletter(lettre, auteur=auteur)
        _faire_partir(lettre, demo, abonnes)


def _abonne(mairie: Mairie, rang: int, nom: str) -> AbonneNewsletter:
    return AbonneNewsletter(
        mairie=mairie,
        email=f"abonne{rang:02}.{mairie.slug}@{DOMAINE}",
        nom=nom,
        statut=StatutAbonne.CONFIRME,
        date_confirmation=timezone.now() - ABONNES_DEPUIS,
        jeton=secrets.token_urlsafe(32),
    )


def _faire_partir(lettre: Newsletter, demo: LettreDemo, abonnes: list[AbonneNewsletter]) -> None:
    if demo.jours is None:
        return
    moment = timezone.localtime().replace(hour=HEURE, minute=0, second=0, microsecond=0)
    moment += timedelta(days=demo.jours)
    if demo.jours > 0:
        planifier(lettre, date_envoi=moment)
    else:
        _dire_partie(lettre, moment, abonnes)


def _dire_partie(lettre: Newsletter, moment: datetime, abonnes: list[AbonneNewsletter]) -> None:
    """As the sending leaves it, without its messages."""
    fin = moment + DUREE_ENVOI
    Newsletter.objects.filter(pk=lettre.pk).update(
        statut=StatutNewsletter.ENVOYEE,
        date_envoi=moment,
        date_fin=fin,
        date_creation=moment - timedelta(days=1),
    )
    EnvoiNewsletter.objects.bulk_create(
        EnvoiNewsletter(
            newsletter=lettre,
            abonne=abonne,
            statut=StatutEnvoi.ENVOYE,
            prochain_essai=moment,
            date_envoi=fin,
        )
        for abonne in abonnes
    )
