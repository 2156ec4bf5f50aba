"""The acts of a dossier's life. The API and the admin both call these.

`par` is the account that acts, None for whoever came with the dossier's secret. What a citizen
does for themselves online, an agent does at the desk for a dossier of the channel `guichet`.
"""

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django_q.tasks import async_task
from rest_framework.exceptions import ValidationError

from demarches.definition import verifier_reponses
from demarches.models import DemarcheAdministrative, Formulaire
from demarches.services import avis, controles
from demarches.services.historique import Nature, Origine, noter, origine_de
from demarches.services.transitions import avancer, verrouiller
from demarches.workflow import TRANSITIONS_DEMARCHE, Priorite, StatutDemarche
from ecms.codes import new_secret, save_with_number
from users.models import Utilisateur

PREFIXE = "D"
TRAITER = "demarches.change_demarcheadministrative"
RECEPISSE = "demarches.tasks.faire_recepisse"
Canal, S = DemarcheAdministrative.Canal, StatutDemarche
MODIFIABLES = {"nom_demandeur", "email_demandeur", "telephone_demandeur", "langue", "donnees"}


def commencer(
    formulaire: Formulaire, *, par, canal: str, langue: str, donnees: dict | None = None, **contact
) -> DemarcheAdministrative:
    """Open a draft under a number and a secret of its own. At the desk, `par` is the agent and
    `contact` names the person it is for; online, `par` is that person.

    Raises `FormulaireFerme`, `PasEnLigne`, `CompteNecessaire`, and `ValidationError` for an answer
    that is wrong (none is missing yet) or a procedure of another mairie at the desk.
    """
    demarche = DemarcheAdministrative(
        mairie=formulaire.mairie, formulaire=formulaire, canal=canal, langue=langue, **contact
    )
    demarche.demandeur = par if canal == Canal.EN_LIGNE else None
    if demarche.demandeur and not demarche.nom_demandeur:
        demarche.nom_demandeur = demarche.demandeur.get_full_name()
    controles.verifier_guichet(demarche, par)
    controles.verifier_formulaire(demarche)
    demarche.donnees = verifier_reponses(formulaire.champs, donnees or {}, partiel=True)
    demarche.code_suivi = new_secret()
    save_with_number(demarche, PREFIXE)
    return demarche


@transaction.atomic
def completer_brouillon(demarche, *, par, **changes) -> DemarcheAdministrative:
    """Change a draft: its answers, which are replaced as a whole, the contact, the language.

    Raises `DemarcheDeposee` when it is none any more, `ReserveAuDemandeur` to staff for one that
    was begun online, `ValidationError` for a wrong answer.
    """
    demarche = verrouiller(demarche)
    controles.verifier_brouillon(demarche)
    controles.verifier_au_nom_de(demarche, par)
    changes = {name: value for name, value in changes.items() if name in MODIFIABLES}
    if "donnees" in changes:
        champs = demarche.formulaire.champs
        changes["donnees"] = verifier_reponses(champs, changes["donnees"], partiel=True)
    for name, value in changes.items():
        setattr(demarche, name, value)
    demarche.save(update_fields=[*changes, "date_modification"])
    return demarche


@transaction.atomic
def deposer(demarche, *, par) -> DemarcheAdministrative:
    """File a draft: check everything against the procedure as it is now, freeze that, and begin
    the mairie's delay. The receipt is made by the task queue.

    Raises `ValidationError` for what is missing or wrong, `TransitionInterdite` when it is filed
    already, and what `commencer` does.
    """
    demarche, maintenant = verrouiller(demarche), timezone.now()
    controles.verifier_mouvement(demarche, S.DEPOSEE)
    controles.verifier_au_nom_de(demarche, par)
    controles.verifier_formulaire(demarche)
    formulaire = demarche.formulaire
    _avancer(
        demarche,
        S.DEPOSEE,
        par,
        donnees=controles.verifier_depot(demarche),
        definition=formulaire.champs,
        version_formulaire=formulaire.version,
        pieces_requises=formulaire.pieces_requises,
        cout_xaf=formulaire.cout_xaf,
        delai_jours=formulaire.delai_jours,
        echeance=controles.echeance(demarche, maintenant),
        date_depot=maintenant,
    )
    async_task(RECEPISSE, demarche.pk)
    avis.au_demandeur(demarche, "deposee")
    avis.a_l_accueil(demarche, "a_traiter")
    return demarche


@transaction.atomic
def completer(demarche, *, par, message: str = "") -> DemarcheAdministrative:
    """The paper that was asked for is there: the mairie goes on, and its day moves on by the
    working days that the paper was owed. An agent does it for a paper brought to the desk.

    Raises `PieceAttendue` to a citizen who sent neither a paper nor a word.
    """
    demarche = verrouiller(demarche)
    controles.verifier_depuis(demarche, S.EN_COURS, S.PIECE_DEMANDEE)
    if origine_de(demarche, par) == Origine.DEMANDEUR and not message.strip():
        controles.verifier_piece_recue(demarche)
    echeance = controles.echeance_repoussee(demarche, timezone.now())
    _avancer(demarche, S.EN_COURS, par, message=message, echeance=echeance)
    avis.a_l_agent(demarche, "completee", par)
    return demarche


@transaction.atomic
def annuler(demarche, *, par) -> DemarcheAdministrative:
    """The citizen gives the request up, before anything is decided."""
    demarche, maintenant = verrouiller(demarche), timezone.now()
    controles.verifier_mouvement(demarche, S.ANNULEE)
    controles.verifier_au_nom_de(demarche, par)
    etait_deposee = demarche.statut != S.BROUILLON
    _avancer(demarche, S.ANNULEE, par, date_annulation=maintenant, date_cloture=maintenant)
    if etait_deposee:
        avis.au_demandeur(demarche, "annulee")
        avis.a_l_agent(demarche, "abandonnee", par)
    return demarche


@transaction.atomic
def prendre_en_charge(demarche, *, par) -> DemarcheAdministrative:
    """`par` begins to work on a dossier that was filed, and is its agent from now on."""
    demarche = _pour_agent(demarche, par)
    controles.verifier_depuis(demarche, S.EN_COURS, S.DEPOSEE)
    _avancer(demarche, S.EN_COURS, par, agent_traitant=par, date_prise_en_charge=timezone.now())
    avis.au_demandeur(demarche, "prise_en_charge")
    return demarche


@transaction.atomic
def affecter(demarche, *, agent, par) -> DemarcheAdministrative:
    """Give a dossier that is filed and open to an agent of its mairie. Raises `ValidationError`
    for anybody else."""
    demarche = _pour_agent(demarche, par)
    controles.verifier_ouverte(demarche)
    if agent.mairie_agent_id != demarche.mairie_id:
        raise ValidationError({"agent": [_("Choisissez un agent de cette mairie.")]})
    if agent.pk == demarche.demandeur_id:
        raise controles.PropreDossier(_("Un agent ne traite pas son propre dossier."))
    if demarche.agent_traitant_id == agent.pk:
        return demarche
    demarche.agent_traitant = agent
    demarche.save(update_fields=["agent_traitant", "date_modification"])
    nom = agent.get_full_name() or agent.username
    _noter_interne(demarche, par, Nature.AFFECTATION, _("Affectée à %(nom)s") % {"nom": nom})
    return demarche


def affectables(demarche) -> QuerySet:
    """The agents of its mairie who may act on a dossier, by name."""
    agents = Utilisateur.objects.with_perm(TRAITER, include_superusers=False).filter(
        profilagentcommunal__mairie=demarche.mairie_id,
        role_user=Utilisateur.Role.AGENT,
        is_staff=True,
    )
    return agents.exclude(pk=demarche.demandeur_id).order_by("last_name", "first_name", "pk")


@transaction.atomic
def changer_priorite(demarche, *, priorite: str, par) -> DemarcheAdministrative:
    """Say how urgent a dossier is that is filed and open."""
    demarche = _pour_agent(demarche, par)
    controles.verifier_ouverte(demarche)
    if demarche.priorite == priorite:
        return demarche
    demarche.priorite = priorite
    demarche.save(update_fields=["priorite", "date_modification"])
    texte = _("Priorité : %(priorite)s") % {"priorite": Priorite(priorite).label}
    _noter_interne(demarche, par, Nature.MODIFICATION, texte)
    return demarche


@transaction.atomic
def demander_piece(demarche, *, motif: str, par) -> DemarcheAdministrative:
    """Ask for a paper; the mairie's delay stands still until it is there."""
    demarche = _pour_agent(demarche, par)
    controles.verifier_mouvement(demarche, S.PIECE_DEMANDEE)
    motif = controles.motif(motif)
    _avancer(demarche, S.PIECE_DEMANDEE, par, message=motif, date_piece_demandee=timezone.now())
    avis.au_demandeur(demarche, "piece_demandee", suivi=demarche.suivis.latest("pk").pk)
    return demarche


@transaction.atomic
def valider(demarche, *, par) -> DemarcheAdministrative:
    demarche = _pour_agent(demarche, par)
    _avancer(demarche, S.VALIDEE, par, date_validation=timezone.now())
    avis.au_demandeur(demarche, "validee")
    return demarche


@transaction.atomic
def rejeter(demarche, *, motif: str, par) -> DemarcheAdministrative:
    """Refuse, and say why."""
    demarche, maintenant = _pour_agent(demarche, par), timezone.now()
    controles.verifier_mouvement(demarche, S.REJETEE)
    motif = controles.motif(motif)
    dates = {"date_rejet": maintenant, "date_cloture": maintenant}
    _avancer(demarche, S.REJETEE, par, message=motif, motif_rejet=motif, **dates)
    avis.au_demandeur(demarche, "rejetee", suivi=demarche.suivis.latest("pk").pk)
    return demarche


@transaction.atomic
def preparer(demarche, *, par) -> DemarcheAdministrative:
    """What was asked for lies ready at the desk."""
    demarche = _pour_agent(demarche, par)
    _avancer(demarche, S.PRETE, par, date_preparation=timezone.now())
    avis.au_demandeur(demarche, "prete")
    return demarche


@transaction.atomic
def remettre(demarche, *, par) -> DemarcheAdministrative:
    """What was asked for is handed over."""
    demarche, maintenant = _pour_agent(demarche, par), timezone.now()
    _avancer(demarche, S.REMISE, par, date_remise=maintenant, date_cloture=maintenant)
    avis.au_demandeur(demarche, "remise")
    return demarche


@transaction.atomic
def ecrire(demarche, *, message: str, interne: bool, par):
    """Append a message of one side to the other, or an agent's note to colleagues; returns the
    line of the history. Raises `DemarcheClose` to a citizen whose dossier is closed."""
    demarche = verrouiller(demarche)
    controles.verifier_deposee(demarche)
    origine = origine_de(demarche, par)
    if origine == Origine.DEMANDEUR:
        controles.verifier_message_du_demandeur(demarche, interne)
    suivi = noter(
        demarche,
        nature=Nature.NOTE if interne else Nature.MESSAGE,
        origine=origine,
        auteur=par,
        message=message,
        est_visible=not interne,
    )
    if origine == Origine.DEMANDEUR:
        avis.a_l_agent(demarche, "message", par)
    elif not interne:
        avis.au_demandeur(demarche, "message")
    return suivi


def _avancer(demarche, statut: S, par, **changes) -> None:
    avancer(demarche, statut, table=TRANSITIONS_DEMARCHE, par=par, **changes)


def _pour_agent(demarche, par) -> DemarcheAdministrative:
    """The dossier, locked for an act of the mairie."""
    demarche = verrouiller(demarche)
    if par.pk == demarche.demandeur_id:
        raise controles.PropreDossier(_("Un agent ne traite pas son propre dossier."))
    return demarche


def _noter_interne(demarche, par, nature: Nature, message: str) -> None:
    noter(
        demarche,
        nature=nature,
        origine=Origine.AGENT,
        auteur=par,
        message=message,
        est_visible=False,
    )
