"""The reminder of the day before."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from demarches.creneaux import minuit
from demarches.mails.rendez_vous import prevenir
from demarches.models import RendezVous
from demarches.workflow import StatutRendezVous

# Nobody is woken: reminders begin at nine in Douala.
PREMIERE_HEURE = 9
# Who has an address, and wants mail (`demarches.mails.rendez_vous.adresse_de`).
JOIGNABLES = Q(citoyen=None) & ~Q(email="") | Q(citoyen__notifications_email=True) & (
    ~Q(email="") | Q(citoyen__is_verified=True)
)


def rappeler_demain() -> int:
    """Remind everyone who has an appointment tomorrow (Douala's day) and an address, once; returns
    how many."""
    if timezone.localtime().hour < PREMIERE_HEURE:
        return 0
    attendus = a_rappeler().filter(JOIGNABLES).order_by("debut")
    return sum(_rappeler(pk) for pk in attendus.values_list("pk", flat=True))


def a_rappeler():
    """The appointments of tomorrow of which nobody was reminded."""
    demain = timezone.localdate() + timedelta(days=1)
    return RendezVous.objects.filter(
        statut=StatutRendezVous.CONFIRME,
        date_rappel=None,
        debut__gte=minuit(demain),
        debut__lt=minuit(demain + timedelta(days=1)),
    )


@transaction.atomic
def _rappeler(pk: int) -> bool:
    # Two workers at once: the second finds, behind the first one's lock, that it is done.
    if not a_rappeler().filter(pk=pk).update(date_rappel=timezone.now()):
        return False
    rendez_vous = RendezVous.objects.select_related("citoyen").get(pk=pk)
    return prevenir(rendez_vous, "rendez_vous_rappel")
