"""What those who are registered are told when an event is moved, put off or cancelled.

The calendar file is published (METHOD:PUBLISH, then CANCEL) under the event's own UID and a higher
SEQUENCE, so that mail clients replace the entry, and take it out (RFC 5546, 4.1).
"""

from ecms.mail import prepares
from ecms.models import Courriel
from evenements.mails.inscriptions import EN_COURS, contexte_de, lien, retrouver
from evenements.workflow import StatutEvenement


@prepares("evenements/evenement_change")
def change(courriel: Courriel) -> dict | None:
    """None when it was cancelled since: that mail follows."""
    inscription = retrouver(courriel, *EN_COURS)
    if inscription is None or inscription.evenement.statut == StatutEvenement.ANNULE:
        return None
    # Who waits has no entry to be replaced.
    method = "PUBLISH" if inscription.statut == EN_COURS[0] else ""
    return {**contexte_de(inscription, agenda_method=method), **lien(inscription)}


@prepares("evenements/evenement_annule")
def annule(courriel: Courriel) -> dict | None:
    inscription = retrouver(courriel, *EN_COURS)
    if inscription is None:
        return None
    method = "CANCEL" if inscription.statut == EN_COURS[0] else ""
    return contexte_de(inscription, agenda_method=method)
