"""What is checked before a dossier moves, and when it is due."""

from datetime import date, datetime

from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from demarches.definition import pieces_manquantes, verifier_reponses
from demarches.models import DemarcheAdministrative
from demarches.services.historique import Origine, origine_de
from demarches.services.pieces import fichiers_par_champ
from demarches.workflow import TRANSITIONS_DEMARCHE, StatutDemarche
from ecms.exceptions import DomainError, TransitionInterdite
from ecms.scoping import manages
from mairies.calendrier import calendrier_de

Canal, S = DemarcheAdministrative.Canal, StatutDemarche


class FormulaireFerme(DomainError):
    code = "formulaire_ferme"


class PasEnLigne(DomainError):
    code = "pas_en_ligne"


class CompteNecessaire(DomainError):
    code = "compte_necessaire"


class DemarcheDeposee(DomainError):
    code = "demarche_deposee"


class DemarcheClose(DomainError):
    code = "demarche_close"


class PropreDossier(DomainError):
    code = "propre_dossier"


class ReserveAuDemandeur(DomainError):
    code = "reserve_au_demandeur"


class PieceAttendue(DomainError):
    code = "piece_attendue"


def motif(texte: str) -> str:
    if not texte.strip():
        raise ValidationError({"motif": [_("Dites pourquoi.")]})
    return texte.strip()


def verifier_mouvement(demarche, statut: S) -> None:
    """That the table allows it, before anything else is said of the dossier."""
    if statut not in TRANSITIONS_DEMARCHE[S(demarche.statut)]:
        raise TransitionInterdite(S(demarche.statut), statut)


def verifier_depuis(demarche, statut: S, depuis: S) -> None:
    """That the dossier comes from `depuis`: another act leads to `statut` from elsewhere."""
    if demarche.statut != depuis:
        raise TransitionInterdite(S(demarche.statut), statut)


def verifier_guichet(demarche, par) -> None:
    if demarche.canal == Canal.GUICHET and not (par and manages(par, demarche.mairie_id)):
        message = _("Au guichet se déposent les démarches de votre mairie seulement.")
        raise ValidationError({"formulaire": [message]})


def verifier_formulaire(demarche) -> None:
    """That the procedure can be asked for now, by this channel and this person."""
    formulaire, en_ligne = demarche.formulaire, demarche.canal == Canal.EN_LIGNE
    if not (formulaire.est_actif and formulaire.mairie.est_active):
        raise FormulaireFerme(_("Cette démarche n'est plus proposée."))
    if en_ligne and not formulaire.en_ligne:
        raise PasEnLigne(_("Cette démarche se fait au guichet de la mairie."))
    if en_ligne and formulaire.necessite_compte and demarche.demandeur is None:
        raise CompteNecessaire(_("Connectez-vous : cette démarche demande un compte."))


def verifier_brouillon(demarche) -> None:
    if demarche.statut != S.BROUILLON:
        message = _("Ce dossier est déposé : il ne se modifie plus.")
        raise DemarcheDeposee(message, statut=demarche.statut)


def verifier_deposee(demarche) -> None:
    if demarche.statut == S.BROUILLON:
        message = _("Ce dossier n'est pas encore déposé.")
        raise DomainError(message, "demarche_en_brouillon", statut=demarche.statut)


def verifier_ouverte(demarche) -> None:
    verifier_deposee(demarche)
    if demarche.statut in S.finaux():
        raise DemarcheClose(_("Ce dossier est clos."), statut=demarche.statut)


def verifier_message_du_demandeur(demarche, interne: bool) -> None:
    verifier_ouverte(demarche)
    if interne:
        raise ValidationError({"interne": [_("Seule la mairie écrit des notes internes.")]})


def verifier_au_nom_de(demarche, par) -> None:
    au_guichet = demarche.canal == Canal.GUICHET
    if origine_de(demarche, par) == Origine.AGENT and not au_guichet:
        raise ReserveAuDemandeur(_("Seule la personne qui l'a commencé peut faire cela."))


def verifier_piece_recue(demarche) -> None:
    depuis = demarche.date_piece_demandee
    if not demarche.pieces.filter(date_creation__gte=depuis).exists():
        raise PieceAttendue(_("Joignez d'abord la pièce demandée, ou écrivez un mot à la mairie."))


def verifier_depot(demarche) -> dict:
    """The answers, checked as a whole with the papers and the contact: everything that is wrong
    is told at once."""
    formulaire, fichiers = demarche.formulaire, fichiers_par_champ(demarche)
    erreurs, donnees = contact_manquant(demarche), {}
    manquantes = pieces_manquantes(formulaire.pieces_requises, fichiers, canal=demarche.canal)
    if manquantes:
        erreurs["pieces"] = {cle: [_("Joignez cette pièce.")] for cle in manquantes}
    try:
        donnees = verifier_reponses(
            formulaire.champs, demarche.donnees, partiel=False, fichiers=fichiers
        )
    except ValidationError as error:
        erreurs |= error.detail
    if erreurs:
        raise ValidationError(erreurs)
    return donnees


def contact_manquant(demarche) -> dict:
    """Without an account, a name and a way to be reached."""
    if demarche.demandeur_id:
        return {}
    erreurs = {}
    if not demarche.nom_demandeur.strip():
        erreurs["nom_demandeur"] = [_("Donnez le nom du demandeur.")]
    if not (demarche.email_demandeur or demarche.telephone_demandeur):
        erreurs["email_demandeur"] = [_("Donnez une adresse électronique ou un téléphone.")]
    return erreurs


def echeance(demarche, moment: datetime) -> date | None:
    """The day by which the mairie answers what is filed at `moment`; None without a delay."""
    delai = demarche.formulaire.delai_jours
    if delai is None:
        return None
    calendrier = calendrier_de(demarche.mairie, demarche.formulaire.service)
    return calendrier.ajouter(calendrier.premier_jour(moment), delai)


def echeance_repoussee(demarche, moment: datetime) -> date | None:
    if demarche.echeance is None:
        return None
    calendrier = calendrier_de(demarche.mairie, demarche.formulaire.service)
    demandee = calendrier.premier_jour(demarche.date_piece_demandee)
    attendue = calendrier.compter(demandee, calendrier.premier_jour(moment))
    return calendrier.ajouter(demarche.echeance, attendue)
