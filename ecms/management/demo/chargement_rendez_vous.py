"""The appointments of the demo: what its citizens have at the desks of their mairie."""

from datetime import timedelta

from django.utils import timezone

from demarches.creneaux import creneaux_libres
from demarches.services.rendez_vous import annuler, reserver
from mairies.models import Mairie, ServiceMunicipal
from users.models import Utilisateur

# Service, how many days ahead at least, the rank of the place on that day, the reason.
RENDEZ_VOUS = (
    ("État civil", 3, 2, "Copie d'acte de naissance"),
    ("Urbanisme et permis de bâtir", 5, 0, "Permis de bâtir : pièces à compléter"),
    ("État civil", 9, 4, "Déclaration de mariage"),
)
# One that was given up, so that the list shows one.
ANNULE = ("État civil", 4, 1, "Légalisation")
RECHERCHE = timedelta(days=20)


def prendre_rendez_vous(mairie: Mairie, *, citoyen: Utilisateur) -> None:
    """Book what is told above in the name of `citoyen`; the last one is cancelled."""
    for service, jours, rang, motif in RENDEZ_VOUS:
        _reserver(mairie, citoyen, service, jours, rang, motif)
    annuler(_reserver(mairie, citoyen, *ANNULE), par=citoyen)


def _reserver(mairie: Mairie, citoyen: Utilisateur, nom: str, jours: int, rang: int, motif: str):
    service = ServiceMunicipal.objects.get(mairie=mairie, nom=nom)
    maintenant = timezone.now()
    du = timezone.localdate(maintenant) + timedelta(days=jours)
    trouves = creneaux_libres(service, du, du + RECHERCHE, maintenant=maintenant)
    ouvert = next(jour for jour in trouves if len(jour.creneaux) > rang)
    return reserver(
        service,
        debut=ouvert.creneaux[rang].debut,
        par=citoyen,
        nom=f"{citoyen.first_name} {citoyen.last_name}",
        motif=motif,
        langue=citoyen.langue,
    )
