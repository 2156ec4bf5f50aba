"""Writes the agenda of the demo and those who are registered, through the services that everybody
uses."""

from datetime import datetime, time, timedelta

from django.utils import timezone

from ecms.management.demo import images
from ecms.management.demo.accounts import DOMAINE
from ecms.management.demo.evenements import EVENEMENTS, EvenementDemo
from evenements.models import Evenement
from evenements.recurrences import Borne
from evenements.services import evenements as services
from evenements.services.evenements import Portee
from evenements.services.inscriptions import inscrire
from mairies.models import Mairie

# Names of nobody in particular: the most common ones.
NOMS = ("Marie Ngo", "Paul Mbarga", "Aïcha Bouba", "Jean Kamga", "Esther Ewane", "Idriss Njoya")


def annoncer_agenda(mairie: Mairie, lieux: dict[str, str], *, citoyen) -> None:
    """Write `EVENEMENTS`; `lieux` says what stands for the names between braces. `citoyen` is the
    first who registers."""
    for demo in EVENEMENTS:
        evenement = _creer(demo, mairie, lieux)
        if demo.brouillon:
            continue
        services.publier(evenement, portee=Portee.SERIE)
        for rang, personnes in enumerate(demo.inscrits):
            _inscrire(evenement, rang, personnes, citoyen)
        if demo.acte:
            getattr(services, demo.acte)(evenement, message=demo.message)


def _creer(demo: EvenementDemo, mairie: Mairie, lieux: dict[str, str]) -> Evenement:
    debut, fin = _quand(demo)
    recurrence, nombre = demo.retour or ("", None)
    evenement = Evenement(
        mairie=mairie,
        titre=demo.titre.format_map(lieux),
        description=demo.description.format_map(lieux),
        categorie=demo.categorie,
        lieu=demo.lieu.format_map(lieux),
        debut=debut,
        fin=fin,
        journee_entiere=demo.heures is None,
        recurrence=recurrence,
        contact=f"contact.{mairie.slug}@{DOMAINE}",
        **demo.reglages,
    )
    if demo.banniere:
        couleurs = (mairie.couleur_primaire, mairie.couleur_secondaire)
        evenement.image = images.banniere(demo.banniere, mairie.nom, couleurs)
    return services.creer_evenement(evenement, borne=Borne(nombre=nombre) if nombre else None)


def _quand(demo: EvenementDemo) -> tuple[datetime, datetime]:
    jour = timezone.localdate() + timedelta(days=demo.jours)
    if demo.semaine is not None:
        jour += timedelta(days=(demo.semaine - jour.weekday()) % 7)
    de, a = demo.heures or (0, 24 * demo.duree)
    minuit = timezone.make_aware(datetime.combine(jour, time()))
    return minuit + timedelta(hours=de), minuit + timedelta(hours=a)


def _inscrire(evenement: Evenement, rang: int, personnes: int, citoyen) -> None:
    par = citoyen if rang == 0 else None
    nom = NOMS[rang % len(NOMS)]
    inscrire(
        evenement,
        par=par,
        nom=f"{par.first_name} {par.last_name}" if par else nom,
        email=par.email if par else f"inscrit{rang}.{evenement.mairie.slug}@{DOMAINE}",
        nombre_personnes=personnes,
    )
