"""A month of a mairie's agenda, day by day."""

from collections import defaultdict

from evenements.recurrences import jours_de, minuit, mois_de
from evenements.services.evenements import DUREE_AU_PLUS

# More than a mairie can hold in a month, and what one answer may weigh.
EVENEMENTS = 500


def calendrier(rows, mairie, annee: int, mois: int) -> dict:
    """What of `rows` touches the month, and on which days."""
    premier, suivant = mois_de(annee, mois)
    debut, fin = minuit(premier), minuit(suivant)
    trouves = rows.filter(debut__gt=debut - DUREE_AU_PLUS, debut__lt=fin, fin__gt=debut)
    trouves = list(trouves.defer("description", "message")[: EVENEMENTS + 1])
    retenus, jours = trouves[:EVENEMENTS], defaultdict(list)
    for evenement in retenus:
        visibles = jours_de(max(evenement.debut, debut), min(evenement.fin, fin))
        for jour in visibles:
            jours[jour].append(evenement.pk)
    return {
        "mairie": mairie.slug,
        "mois": f"{annee:04}-{mois:02}",
        "complet": len(trouves) <= EVENEMENTS,
        "jours": [{"date": jour, "evenements": jours[jour]} for jour in sorted(jours)],
        "evenements": retenus,
    }
