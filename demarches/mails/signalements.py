"""The mails about problem reports: to whoever reported, and nobody else.

What is queued has the report's id and the words of an agent; the number and the code are looked up
when the mail leaves.
"""

from datetime import date

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from demarches.mails.commun import repondre_a
from demarches.models import Signalement
from ecms.codes import show_secret
from ecms.mail import prepares, queue_mail
from ecms.models import Courriel

GABARIT = "demarches/signalement_"


def prevenir(signalement: Signalement, etape: str, **contexte) -> None:
    """Queue the mail `signalement_<etape>`, if there is an address and mail is wanted."""
    if adresse := adresse_de(signalement):
        queue_mail(
            f"{GABARIT}{etape}",
            to=adresse,
            language=signalement.langue,
            signalement=signalement.pk,
            **contexte,
        )


def prevenir_les_doublons(original: Signalement, etape: str, **contexte) -> None:
    """The same to the reporters of everything that repeats `original`."""
    for doublon in original.doublons.select_related("signaleur").order_by("pk"):
        prevenir(doublon, etape, **contexte)


def adresse_de(signalement: Signalement) -> str:
    """Where whoever reported it is written to: the address given, else the account's verified
    one; "" for nowhere, or when the account wants no mail."""
    compte = signalement.signaleur
    if compte is None:
        return signalement.email
    if not compte.notifications_email:
        return ""
    return signalement.email or (compte.email or "" if compte.is_verified else "")


def lien_de(signalement: Signalement) -> str:
    """The page of the front end where the holder of the code follows the report, and reopens it.
    What follows the `#` is sent to no server."""
    numero, code = signalement.numero_suivi, signalement.code_suivi
    return f"{settings.FRONTEND_URL}/suivi/{numero}#{code}"


@prepares(f"{GABARIT}recu")
def recu(courriel: Courriel) -> dict | None:
    trouve = _contexte(courriel)
    return trouve and {**trouve, "code_affiche": show_secret(_retrouver(courriel).code_suivi)}


@prepares(f"{GABARIT}en_cours")
@prepares(f"{GABARIT}resolu")
@prepares(f"{GABARIT}rejete")
@prepares(f"{GABARIT}rouvert")
@prepares(f"{GABARIT}original_resolu")
@prepares(f"{GABARIT}original_rejete")
def etape(courriel: Courriel) -> dict | None:
    return _contexte(courriel)


@prepares(f"{GABARIT}planifie")
def planifie(courriel: Courriel) -> dict | None:
    trouve = _contexte(courriel)
    return trouve and {**trouve, "jour": date.fromisoformat(courriel.contexte["jour"])}


@prepares(f"{GABARIT}doublon")
def doublon(courriel: Courriel) -> dict | None:
    """None when it was reopened since: it repeats nothing any more."""
    original = (signalement := _retrouver(courriel)) and signalement.doublon_de
    return original and {**_contexte(courriel), "original": original.titre}


def _retrouver(courriel: Courriel) -> Signalement | None:
    rows = Signalement.objects.select_related("mairie", "service", "doublon_de")
    return rows.filter(pk=courriel.contexte["signalement"], date_anonymisation=None).first()


def _contexte(courriel: Courriel) -> dict | None:
    if (signalement := _retrouver(courriel)) is None:
        return None
    with override(courriel.langue):
        texte = _("Suivre le signalement")
    return {
        "numero": signalement.numero_suivi,
        "titre": signalement.titre,
        "mairie": signalement.mairie.nom,
        "lien": lien_de(signalement),
        "lien_texte": texte,
        "reply_to": _reponse(signalement),
    }


def _reponse(signalement: Signalement) -> str:
    """Nowhere for an anonymous report: an answer would tell the mairie who it was."""
    if signalement.est_anonyme:
        return ""
    return repondre_a(signalement.mairie, signalement.service)
