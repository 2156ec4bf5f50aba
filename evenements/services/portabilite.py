"""What a person takes along of the agenda and of the newsletters."""

from ecms import portability
from ecms.portability import Person, plain
from evenements.models import AbonneNewsletter, EnvoiNewsletter, InscriptionEvenement

INSCRIPTION = ("participant", "email")


def inscriptions(person: Person):
    return InscriptionEvenement.objects.filter(person.owns(*INSCRIPTION))


def abonnements(person: Person):
    """A subscriber is an address, whoever has an account."""
    rows = AbonneNewsletter.objects.all()
    return rows.filter(email__iexact=person.address) if person.address else rows.none()


@portability.also("evenements.inscriptionevenement")
def leurs_inscriptions(person: Person):
    return plain(inscriptions(person))


@portability.also("evenements.abonnenewsletter")
def leurs_abonnements(person: Person):
    return plain(abonnements(person))


@portability.also("evenements.envoinewsletter")
def lettres_recues(person: Person):
    rows = EnvoiNewsletter.objects.filter(abonne__in=abonnements(person)).order_by("pk")
    return rows.values("newsletter_id", "newsletter__titre", "statut", "date_envoi")
