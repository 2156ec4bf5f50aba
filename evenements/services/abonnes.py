"""Subscribing to a mairie's letters, and leaving: by whoever holds the secret of the row alone.

An address is only a claim: it gets nothing but one question until somebody who reads its mail
has confirmed (double opt-in), whoever typed it in, an agent too.
"""

import secrets
from datetime import timedelta

from django.db import transaction
from django.db.models.functions import Lower
from django.utils import timezone

from ecms import erasures, limits, retention
from ecms.mail import queue_mail
from ecms.scoping import ScopedQuerySet
from evenements.models import AbonneNewsletter
from evenements.workflow import StatutAbonne
from mairies.models import Mairie

# What is not confirmed by then was a slip, or somebody else's address.
CONFIRMER_SOUS = timedelta(days=7)
# Asked twice within this time is asked once: a double click, a client that repeats.
MEME_DEMANDE = timedelta(minutes=1)


@transaction.atomic
def demander_abonnement(
    mairie: Mairie, *, email: str, nom: str = "", langue: str = "fr"
) -> AbonneNewsletter:
    """Write the address down and ask it for its consent by mail.

    Whatever happens at once, there is one row and one mail. One that has confirmed is left as it
    is. One that left, or was rejected, keeps its secret, so that links in old letters work.
    """
    abonne, est_nouveau = _ligne(mairie, email.lower(), nom, langue)
    if abonne.statut == StatutAbonne.CONFIRME:
        return abonne
    attendait = abonne.statut == StatutAbonne.EN_ATTENTE
    recente = abonne.date_modification > timezone.now() - MEME_DEMANDE
    if attendait and recente and not est_nouveau:
        return abonne
    abonne.statut, abonne.langue, abonne.nom = StatutAbonne.EN_ATTENTE, langue, nom or abonne.nom
    abonne.save()
    if limits.allowed("abonnement_courriel", abonne.email.lower()):
        queue_mail("evenements/abonnement", to=abonne.email, language=langue, abonne=abonne.pk)
    return abonne


@transaction.atomic
def confirmer(jeton: str) -> AbonneNewsletter | None:
    """The subscriber, confirmed now or before; None for a secret that confirms nothing: unknown,
    or of somebody who left since."""
    abonne = _par_jeton(jeton)
    if abonne is None or abonne.statut not in {StatutAbonne.EN_ATTENTE, StatutAbonne.CONFIRME}:
        return None
    if abonne.statut == StatutAbonne.EN_ATTENTE:
        abonne.statut = StatutAbonne.CONFIRME
        abonne.date_confirmation = timezone.now()
        abonne.date_desinscription = abonne.date_rejet = None
        abonne.save()
    return abonne


@transaction.atomic
def desinscrire(jeton: str) -> AbonneNewsletter | None:
    """The subscriber, who gets no letter any more, now or since before; None if unknown."""
    abonne = _par_jeton(jeton)
    if abonne is not None:
        _quitter(abonne)
    return abonne


@transaction.atomic
def retirer(abonne: AbonneNewsletter) -> None:
    """What an agent does for somebody who asks at the desk."""
    _quitter(AbonneNewsletter.objects.select_for_update(no_key=True).get(pk=abonne.pk))


def oublier_les_sans_reponse(apply: bool) -> int:
    """The rule of retention (`ecms.retention`): who did not confirm in time is deleted; who had
    been a subscriber before is one who left, as before."""
    perimes = AbonneNewsletter.objects.filter(
        statut=StatutAbonne.EN_ATTENTE, date_modification__lt=timezone.now() - CONFIRMER_SOUS
    )
    return _oublier(perimes) if apply else perimes.count()


@transaction.atomic
def _oublier(perimes: ScopedQuerySet) -> int:
    maintenant = timezone.now()
    anciens = perimes.filter(date_confirmation__isnull=False).update(
        statut=StatutAbonne.DESINSCRIT,
        date_desinscription=maintenant,
        date_modification=maintenant,
    )
    return anciens + perimes.filter(date_confirmation=None).delete()[0]


def _ligne(mairie: Mairie, email: str, nom: str, langue: str) -> tuple[AbonneNewsletter, bool]:
    """The one row of the address, locked, and whether it is new."""
    nouveau = AbonneNewsletter(
        mairie=mairie, email=email, nom=nom, langue=langue, jeton=secrets.token_urlsafe(32)
    )
    # The unique constraint decides; whoever comes second waits for the first here.
    AbonneNewsletter.objects.bulk_create([nouveau], ignore_conflicts=True)
    lignes = AbonneNewsletter.objects.alias(adresse=Lower("email"))
    abonne = lignes.select_for_update(no_key=True).get(mairie=mairie, adresse=email)
    return abonne, abonne.jeton == nouveau.jeton


def _par_jeton(jeton: str) -> AbonneNewsletter | None:
    rows = AbonneNewsletter.objects.select_for_update(no_key=True)
    return rows.filter(jeton=jeton).first() if jeton else None


@erasures.replays("evenements.abonnenewsletter")
def _quitter(abonne: AbonneNewsletter) -> None:
    if abonne.statut != StatutAbonne.DESINSCRIT:
        abonne.statut = StatutAbonne.DESINSCRIT
        abonne.date_desinscription = timezone.now()
        abonne.save()
        erasures.record(abonne)


retention.declare("evenements.abonnes_sans_reponse", oublier_les_sans_reponse)
