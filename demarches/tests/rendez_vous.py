"""A service that takes appointments, and a Monday for them."""

from datetime import date, datetime, timedelta

from django.utils import timezone

from demarches.tests.factories import RendezVousFactory
from mairies.tests.factories import ServiceMunicipalFactory

URL = "/api/v1/rendez-vous"
SEMAINE = ("lundi", "mardi", "mercredi", "jeudi", "vendredi")
MATIN = {jour: [["08:00", "10:00"]] for jour in SEMAINE}


def lundi(semaines: int = 1) -> date:
    """A Monday to come, at least a week ahead."""
    jour = timezone.localdate() + timedelta(weeks=semaines)
    return jour + timedelta(days=(7 - jour.weekday()) % 7)


def a(heure: str, jour: date | None = None) -> datetime:
    """That time in Douala, on the Monday unless told."""
    moment = datetime.combine(jour or lundi(), datetime.strptime(heure, "%H:%M").time())
    return timezone.make_aware(moment)


def service_ouvert(mairie, **champs):
    """Weekdays from 8 to 10, half an hour each, one desk."""
    return ServiceMunicipalFactory(
        mairie=mairie, **{"rdv_en_ligne": True, "horaires": MATIN, "duree_rdv": 30, **champs}
    )


def demande(service, heure: str = "08:00", **champs) -> dict:
    return {
        "service": service.pk,
        "debut": a(heure).isoformat(),
        "nom": "Fatima Bello",
        "email": "fatima@exemple.cm",
        **champs,
    }


def heures(creneaux) -> list[str]:
    """`creneaux` of an answer or of a `Jour`, as HH:MM."""
    debuts = (c["debut"] if isinstance(c, dict) else c.debut for c in creneaux)
    moments = (datetime.fromisoformat(d) if isinstance(d, str) else d for d in debuts)
    return [f"{timezone.localtime(moment):%H:%M}" for moment in moments]


def booked(service, heure="08:00", **champs):
    """An appointment of half an hour on the Monday, of a visitor unless told."""
    debut = a(heure)
    champs = {"citoyen": None, "email": "fatima@exemple.cm", **champs}
    return RendezVousFactory(
        service=service,
        mairie=service.mairie,
        debut=debut,
        fin=debut + timedelta(minutes=30),
        **champs,
    )
