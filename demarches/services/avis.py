"""Who is mailed of what happens to a dossier, in the transaction in which it happens."""

from demarches.models import DemarcheAdministrative
from ecms.mail import queue_mail
from ecms.scoping import manages


def au_demandeur(demarche: DemarcheAdministrative, nom: str, **contexte) -> None:
    """Queue the mail `nom` for the citizen, unless there is no address or no mail is wanted."""
    if adresse := adresse_de(demarche):
        queue_mail(
            f"demarches/demarche_{nom}",
            to=adresse,
            language=demarche.langue,
            demarche=demarche.pk,
            **contexte,
        )


def a_l_agent(demarche: DemarcheAdministrative, nom: str, par) -> None:
    """Tell the agent of a dossier, else the desk of its procedure: the number and no more.
    Whoever did it themselves is not told, nor an agent who works elsewhere by now."""
    agent = demarche.agent_traitant
    if agent is None or not agent.is_verified or not _y_travaille(agent, demarche):
        a_l_accueil(demarche, nom)
    elif agent.notifications_email and agent != par:
        _a_la_mairie(demarche, nom, agent.email, agent.langue)


def a_l_accueil(demarche: DemarcheAdministrative, nom: str) -> None:
    """Tell the address that the procedure names, if it does: the number and no more."""
    if adresse := demarche.formulaire.email_notification:
        _a_la_mairie(demarche, nom, adresse, "fr")


def adresse_de(demarche: DemarcheAdministrative) -> str:
    """Where the citizen is written to: the address given with the dossier, else the verified one
    of the account; "" for none, or when the account wants no mail."""
    compte = demarche.demandeur
    if compte is None:
        return demarche.email_demandeur
    if not compte.notifications_email:
        return ""
    return demarche.email_demandeur or (compte.email or "" if compte.is_verified else "")


def _y_travaille(agent, demarche: DemarcheAdministrative) -> bool:
    return agent.is_active and manages(agent, demarche.mairie_id)


def _a_la_mairie(demarche, nom: str, adresse: str, langue: str) -> None:
    queue_mail(
        f"demarches/mairie_{nom}",
        to=adresse,
        language=langue,
        demarche=demarche.pk,
        numero=demarche.numero_suivi,
    )
