"""What completes the mails about dossiers when they are sent (`ecms.mail.prepares`): the secret,
the reason, the hours of the desk, in none of which a mail that waits may be out of date."""

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from demarches.mails.commun import repondre_a
from demarches.models import DemarcheAdministrative, Suivi
from ecms.codes import show_secret
from ecms.environment import origin_of
from ecms.mail import prepares
from ecms.models import Courriel
from mairies.horaires import JOURS
from mairies.models import ServiceMunicipal

PAGE_DU_BUREAU = "admin:demarches_demarcheadministrative_change"


def page_de(demarche: DemarcheAdministrative) -> str:
    """The page of the front end on which the dossier is followed; what is behind the `#` never
    leaves the browser."""
    return f"{settings.FRONTEND_URL}/suivi/{demarche.numero_suivi}#{demarche.code_suivi}"


@prepares("demarches/demarche_prise_en_charge")
@prepares("demarches/demarche_validee")
@prepares("demarches/demarche_remise")
@prepares("demarches/demarche_annulee")
@prepares("demarches/demarche_message")
def etape(courriel: Courriel) -> dict | None:
    """None once the dossier is anonymised: there is nobody to tell."""
    demarche = _demarche(courriel)
    return demarche and {
        "numero": demarche.numero_suivi,
        "formulaire": demarche.formulaire.nom,
        "mairie": demarche.mairie.nom,
        "lien": page_de(demarche),
        "lien_texte": _("Suivre mon dossier"),
        "reply_to": repondre_a(demarche.mairie, demarche.formulaire.service),
    }


@prepares("demarches/demarche_deposee")
def deposee(courriel: Courriel) -> dict | None:
    found = etape(courriel)
    if found is None:
        return None
    demarche = _demarche(courriel)
    return {**found, "code": show_secret(demarche.code_suivi), "echeance": demarche.echeance}


@prepares("demarches/demarche_piece_demandee")
@prepares("demarches/demarche_rejetee")
def motivee(courriel: Courriel) -> dict | None:
    """The reason is the one of the step that the mail tells of, not of a later one."""
    found, suivi = etape(courriel), Suivi.objects.filter(pk=courriel.contexte["suivi"]).first()
    return found and suivi and {**found, "motif": suivi.message}


@prepares("demarches/demarche_prete")
def prete(courriel: Courriel) -> dict | None:
    found = etape(courriel)
    if found is None:
        return None
    demarche = _demarche(courriel)
    service = demarche.formulaire.service
    horaires = (service and service.horaires) or demarche.mairie.horaires
    with translation.override(courriel.langue):
        lignes = horaires_en_mots(horaires)
    return {
        **found,
        "service": service.nom if service else "",
        "lieu": lieu_de(demarche.mairie, service),
        "horaires": "\n".join(lignes),
        "cout_xaf": demarche.cout_xaf,
    }


@prepares("demarches/mairie_a_traiter")
@prepares("demarches/mairie_completee")
@prepares("demarches/mairie_abandonnee")
@prepares("demarches/mairie_message")
def pour_la_mairie(courriel: Courriel) -> dict:
    """The number, and where the staff work on it: who reads it signs in."""
    page = reverse(PAGE_DU_BUREAU, args=[courriel.contexte["demarche"]])
    return {
        "lien": origin_of(settings.API_BASE_URL) + page,
        "lien_texte": _("Ouvrir le dossier"),
    }


def lieu_de(mairie, service: ServiceMunicipal | None) -> str:
    """Where the desk is: in the words of the service, else the mairie's address; "" if neither
    says."""
    return (service.localisation if service else "") or mairie.adresse


def horaires_en_mots(horaires: dict[str, list[list[str]]]) -> list[str]:
    """Weekly hours in the language in force, a line for each open day."""
    return [
        gettext("%(jour)s : %(heures)s") % {"jour": WEEKDAYS[rang], "heures": _en_mots(heures)}
        for rang, jour in enumerate(JOURS)
        if (heures := horaires.get(jour))
    ]


def _en_mots(heures: list[list[str]]) -> str:
    return ", ".join("–".join(intervalle) for intervalle in heures)


def _demarche(courriel: Courriel) -> DemarcheAdministrative | None:
    rows = DemarcheAdministrative.objects.select_related("mairie", "formulaire__service")
    return rows.filter(pk=courriel.contexte["demarche"], date_anonymisation=None).first()
