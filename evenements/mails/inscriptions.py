"""The mails about a registration. They name nobody: anyone may have typed the name, to have us say
something to somebody."""

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from ecms.mail import prepares, queue_mail
from ecms.models import Courriel
from evenements import agenda
from evenements.models import Evenement, InscriptionEvenement
from evenements.workflow import StatutInscription

EN_COURS = (StatutInscription.CONFIRMEE, StatutInscription.EN_ATTENTE)


def prevenir(inscription: InscriptionEvenement, gabarit: str, **contexte) -> bool:
    """Queue a mail about the registration; False when the account wants none."""
    compte = inscription.participant
    if compte is not None and not compte.notifications_email:
        return False
    queue_mail(
        f"evenements/{gabarit}",
        to=inscription.email,
        language=inscription.langue,
        inscription=inscription.pk,
        **contexte,
    )
    return True


def lien_de(inscription: InscriptionEvenement) -> str:
    """The page of the front end where the holder of the secret acts."""
    return f"{settings.FRONTEND_URL}/inscriptions/{inscription.pk}#{inscription.code}"


def rang_de(inscription: InscriptionEvenement) -> int:
    """How many registrations go first, and this one: 1 is the next to get a place."""
    attente = InscriptionEvenement.objects.filter(
        evenement=inscription.evenement_id, statut=StatutInscription.EN_ATTENTE
    )
    return attente.filter(rang__lte=inscription.rang).count()


def retrouver(courriel: Courriel, *statuts: str) -> InscriptionEvenement | None:
    """The registration of a mail, if it is still in one of `statuts`: a later mail tells what
    became of it otherwise."""
    rows = InscriptionEvenement.objects.select_related("evenement__mairie")
    return rows.filter(pk=courriel.contexte["inscription"], statut__in=statuts).first()


def contexte_de(inscription: InscriptionEvenement, *, agenda_method: str = "") -> dict:
    """What every mail about a registration says; with `agenda_method` a calendar file too."""
    evenement = inscription.evenement
    return {
        "evenement": evenement,
        "mairie": evenement.mairie,
        "personnes": inscription.nombre_personnes,
        "en_attente": inscription.statut == StatutInscription.EN_ATTENTE,
        "reply_to": evenement.mairie.email,
        "attachments": [_fichier(evenement, inscription, agenda_method)] if agenda_method else [],
    }


def lien(inscription: InscriptionEvenement) -> dict[str, str]:
    with override(inscription.langue):
        return {"lien": lien_de(inscription), "lien_texte": _("Voir ou annuler l'inscription")}


@prepares("evenements/inscription_confirmee")
def confirmee(courriel: Courriel) -> dict | None:
    return _avec_une_place(courriel)


@prepares("evenements/inscription_promue")
def promue(courriel: Courriel) -> dict | None:
    return _avec_une_place(courriel)


@prepares("evenements/inscription_attente")
def attente(courriel: Courriel) -> dict | None:
    inscription = retrouver(courriel, StatutInscription.EN_ATTENTE)
    if inscription is None:
        return None
    return {**contexte_de(inscription), **lien(inscription), "rang": rang_de(inscription)}


@prepares("evenements/inscription_annulee")
def annulee(courriel: Courriel) -> dict | None:
    inscription = retrouver(courriel, StatutInscription.ANNULEE)
    return inscription and contexte_de(inscription)


def _avec_une_place(courriel: Courriel) -> dict | None:
    inscription = retrouver(courriel, StatutInscription.CONFIRMEE)
    if inscription is None:
        return None
    return {**contexte_de(inscription, agenda_method="PUBLISH"), **lien(inscription)}


def _fichier(
    evenement: Evenement, inscription: InscriptionEvenement, method: str
) -> tuple[str, str, str]:
    with override(inscription.langue):
        contenu = agenda.fichier(evenement, method=method).decode()
    return agenda.FICHIER, contenu, f"text/calendar; method={method}"
