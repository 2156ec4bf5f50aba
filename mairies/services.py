"""The acts around a mairie's space. The API and the admin both call these."""

from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ecms.exceptions import DomainError, TransitionInterdite
from ecms.files import discarded_on_error
from ecms.mail import queue_mail
from mairies.models import DemandeCreationSite, Mairie
from mairies.workflow import TRANSITIONS_DEMANDE, TRANSITIONS_MAIRIE, StatutDemande, StatutMairie
from users.models import Utilisateur
from users.services.agents import inviter_agent

# What the first agent of a mairie belongs to; declared in users.groups.
PREMIER_GROUPE = "Administration de la mairie"


def demander_site(*, mairie: Mairie, **details) -> DemandeCreationSite:
    """File the request of `mairie` to open its space; its receipt is mailed.

    Raises `DomainError` if the space is open already; a second open request is refused by the
    database.
    """
    if mairie.statut != StatutMairie.NON_ACTIVEE:
        raise DomainError(_("L'espace de cette mairie est déjà ouvert."), "mairie_deja_active")
    demande = DemandeCreationSite(mairie=mairie, **details)
    with discarded_on_error(demande), transaction.atomic():
        demande.save()
        queue_mail(
            "mairies/demande_recue", to=demande.email, language=get_language(), mairie=mairie.nom
        )
    return demande


@transaction.atomic
def valider_demande(demande: DemandeCreationSite, *, par: Utilisateur) -> DemandeCreationSite:
    """Open the mairie's space and invite its first agent.

    Raises `TransitionInterdite` if the request is decided already, `DomainError` if the mairie is
    open or the address is an agent's.
    """
    demande = _decider(demande, StatutDemande.VALIDEE, par=par)
    mairie = changer_statut_mairie(demande.mairie, StatutMairie.ACTIVE)
    *prenoms, nom = demande.nom_demandeur.split(maxsplit=1)
    inviter_agent(
        email=demande.email.lower(),
        first_name=" ".join(prenoms),
        last_name=nom,
        fonction=demande.fonction_demandeur,
        groupes=list(Group.objects.filter(name=PREMIER_GROUPE)),
        mairie=mairie,
        par=par,
    )
    return demande


@transaction.atomic
def rejeter_demande(
    demande: DemandeCreationSite, *, motif: str, par: Utilisateur
) -> DemandeCreationSite:
    """Refuse the request; whoever filed it is told why.

    Raises `ValidationError` without a reason, `TransitionInterdite` if it is decided already.
    """
    if not motif.strip():
        raise ValidationError({"motif_rejet": [_("Donnez le motif du rejet.")]})
    demande = _decider(demande, StatutDemande.REJETEE, par=par, motif=motif.strip())
    queue_mail(
        "mairies/demande_rejetee",
        to=demande.email,
        mairie=demande.mairie.nom,
        motif=demande.motif_rejet,
    )
    return demande


@transaction.atomic
def changer_statut_mairie(mairie: Mairie, statut: StatutMairie) -> Mairie:
    """Activate, suspend or reactivate the space. Raises `TransitionInterdite`."""
    mairie = Mairie.objects.select_for_update().get(pk=mairie.pk)
    if statut not in TRANSITIONS_MAIRIE[StatutMairie(mairie.statut)]:
        raise TransitionInterdite(StatutMairie(mairie.statut), statut)
    mairie.statut = statut
    mairie.date_activation = mairie.date_activation or timezone.now()
    mairie.save(update_fields=["statut", "date_activation", "date_modification"])
    return mairie


def _decider(
    demande: DemandeCreationSite, statut: StatutDemande, *, par: Utilisateur, motif: str = ""
) -> DemandeCreationSite:
    # Two administrators may decide at the same moment: the second sees the first's decision.
    demande = (
        DemandeCreationSite.objects.select_for_update(of=("self",))
        .select_related("mairie")
        .get(pk=demande.pk)
    )
    if statut not in TRANSITIONS_DEMANDE[StatutDemande(demande.statut)]:
        raise TransitionInterdite(StatutDemande(demande.statut), statut)
    demande.statut = statut
    demande.motif_rejet = motif
    demande.traite_par = par
    demande.date_traitement = timezone.now()
    demande.save(
        update_fields=[
            "statut",
            "motif_rejet",
            "traite_par",
            "date_traitement",
            "date_modification",
        ]
    )
    return demande
