"""The mails about an appointment, each with its entry for the person's agenda.

The file is published (METHOD:PUBLISH, then CANCEL), not requested: a request wants an organiser
and attendees, and makes mail clients ask for an answer that nobody here would read. The same UID
under a growing SEQUENCE lets them replace the entry, and take it out again (RFC 5546, 4.1).
"""

from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from demarches.mails.commun import repondre_a
from demarches.models import RendezVous
from demarches.workflow import StatutRendezVous
from ecms import agenda
from ecms.mail import prepares, queue_mail
from ecms.models import Courriel

FICHIER = "rendez-vous.ics"


def prevenir(rendez_vous: RendezVous, gabarit: str, **contexte) -> bool:
    """Queue a mail about the appointment; False when the person has no address, or wants none."""
    adresse = adresse_de(rendez_vous)
    if not adresse:
        return False
    queue_mail(
        f"demarches/{gabarit}",
        to=adresse,
        language=rendez_vous.langue,
        rendez_vous=rendez_vous.pk,
        sequence=rendez_vous.sequence,
        **contexte,
    )
    return True


def adresse_de(rendez_vous: RendezVous) -> str:
    """Where the person is written to: the address given, else the account's verified one."""
    compte = rendez_vous.citoyen
    if compte is None:
        return rendez_vous.email
    if not compte.notifications_email:
        return ""
    return rendez_vous.email or (compte.email if compte.is_verified else "")


def fichier_agenda(rendez_vous: RendezVous) -> bytes:
    """The appointment for somebody's own agenda, in their language."""
    annule = rendez_vous.statut == StatutRendezVous.ANNULE
    with override(rendez_vous.langue):
        entree = _entree(rendez_vous, annule)
    return agenda.calendar([entree], method=_methode(rendez_vous))


@prepares("demarches/rendez_vous_confirme")
def confirme(courriel: Courriel) -> dict | None:
    return _encore_valable(courriel)


@prepares("demarches/rendez_vous_deplace")
def deplace(courriel: Courriel) -> dict | None:
    trouve = _encore_valable(courriel)
    if trouve is None:
        return None
    return {**trouve, "ancien": datetime.fromisoformat(courriel.contexte["ancien"])}


@prepares("demarches/rendez_vous_rappel")
def rappel(courriel: Courriel) -> dict | None:
    return _encore_valable(courriel)


@prepares("demarches/rendez_vous_annule")
def annule(courriel: Courriel) -> dict | None:
    rendez_vous = _retrouver(courriel)
    if rendez_vous is None or rendez_vous.statut != StatutRendezVous.ANNULE:
        return None
    return _contexte(rendez_vous)


def _encore_valable(courriel: Courriel) -> dict | None:
    """None when the appointment was given up, or moved, since: a later mail tells it."""
    rendez_vous = _retrouver(courriel)
    if rendez_vous is None or rendez_vous.statut != StatutRendezVous.CONFIRME:
        return None
    if rendez_vous.sequence != courriel.contexte["sequence"]:
        return None
    return {**_contexte(rendez_vous), **_lien(rendez_vous)}


def _retrouver(courriel: Courriel) -> RendezVous | None:
    rows = RendezVous.objects.select_related("service", "mairie")
    return rows.filter(pk=courriel.contexte["rendez_vous"], date_anonymisation=None).first()


def _contexte(rendez_vous: RendezVous) -> dict:
    methode = _methode(rendez_vous)
    piece = (FICHIER, fichier_agenda(rendez_vous).decode(), f"text/calendar; method={methode}")
    return {
        "nom": rendez_vous.nom,
        "motif": rendez_vous.motif,
        "debut": rendez_vous.debut,
        "service": rendez_vous.service,
        "mairie": rendez_vous.mairie,
        "attachments": [piece],
        "reply_to": repondre_a(rendez_vous.mairie, rendez_vous.service),
    }


def _lien(rendez_vous: RendezVous) -> dict[str, str]:
    return {"lien": lien_de(rendez_vous), "lien_texte": _("Voir, déplacer ou annuler")}


def lien_de(rendez_vous: RendezVous) -> str:
    """The page of the front end where the holder of the secret acts."""
    return f"{settings.FRONTEND_URL}/rendez-vous/{rendez_vous.pk}#{rendez_vous.code}"


def _methode(rendez_vous: RendezVous) -> str:
    return "CANCEL" if rendez_vous.statut == StatutRendezVous.ANNULE else "PUBLISH"


def _entree(rendez_vous: RendezVous, est_annule: bool) -> agenda.Entry:
    service, mairie = rendez_vous.service, rendez_vous.mairie
    return agenda.Entry(
        uid=f"rendez-vous-{rendez_vous.pk}@{urlsplit(settings.API_BASE_URL).hostname}",
        start=rendez_vous.debut,
        end=rendez_vous.fin,
        title=_("Rendez-vous : %(service)s, %(mairie)s")
        % {"service": service.nom, "mairie": mairie.nom},
        changed=rendez_vous.date_modification,
        # A cancellation is a change too, and the last one.
        sequence=rendez_vous.sequence + est_annule,
        is_cancelled=est_annule,
        place=", ".join(filter(None, [mairie.nom, mairie.adresse, service.localisation])),
        description=rendez_vous.motif,
    )
