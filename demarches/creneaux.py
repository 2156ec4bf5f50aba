"""The free places of a service, computed from its calendar, its desks and what is booked.

Each desk has its own: within an opening, starts follow each other by the duration, and begin anew
behind each appointment. Whole seconds since the epoch inside: a month of five desks is thousands
of them.
"""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import ceil
from operator import itemgetter

from django.utils import timezone

from demarches.models import RendezVous
from demarches.workflow import StatutRendezVous
from mairies.calendrier import UN_JOUR, Calendrier, calendrier_de
from mairies.models import ServiceMunicipal

PROPOSES = 6
# How far ahead other places are looked for when one is taken.
RECHERCHE = timedelta(days=31)
# Longer than any appointment: what began earlier is over.
AVANT = timedelta(days=1)

DEBUT, FIN = itemgetter(0), itemgetter(1)
Secondes = tuple[int, int]
Prises = dict[int, list[Secondes]]


@dataclass(frozen=True, slots=True)
class Creneau:
    """A start at which `libres` desks may be booked, one after the other."""

    debut: datetime
    fin: datetime
    libres: int


@dataclass(frozen=True, slots=True)
class Jour:
    date: date
    ferme: bool
    creneaux: list[Creneau]


def creneaux_libres(
    service: ServiceMunicipal,
    du: date,
    au: date,
    *,
    maintenant: datetime,
    sans_limites: bool = False,
) -> list[Jour]:
    """The free places of each day from `du` to `au` included, by one query.

    `sans_limites`, for agents, leaves the notice and the horizon of the service out; what has begun
    is over for them too.
    """
    prises = _prises(service, minuit(du), minuit(au + UN_JOUR))
    calendrier = calendrier_de(service.mairie, service)
    bornes = _bornes(service, maintenant, sans_limites)
    jours = (du + timedelta(days=n) for n in range((au - du).days + 1))
    return [_jour(service, calendrier, jour, prises, bornes) for jour in jours]


def guichet_libre(
    service: ServiceMunicipal, debut: datetime, *, maintenant: datetime, sans_limites: bool = False
) -> int | None:
    """The lowest desk that may be booked at `debut`, None when that is no free place."""
    premier, dernier = _bornes(service, maintenant, sans_limites)
    if not premier <= debut.timestamp() <= dernier:
        return None
    jour = timezone.localdate(debut)
    prises = _prises(service, minuit(jour), minuit(jour + UN_JOUR))
    for intervalle in calendrier_de(service.mairie, service).ouvertures(jour):
        for guichet in range(1, service.guichets + 1):
            if debut.timestamp() in _debuts(intervalle, prises[guichet], _duree(service)):
                return guichet
    return None


def proches(
    service: ServiceMunicipal, debut: datetime, *, maintenant: datetime, sans_limites: bool = False
) -> list[Creneau]:
    """Up to six free places instead of `debut`: the nearest of that day, then those of the month
    behind it."""
    au_plus_tot = timezone.localdate(maintenant)
    horizon = au_plus_tot + timedelta(days=service.horizon_jours)
    jour = min(max(timezone.localdate(debut), au_plus_tot), horizon)
    premier, *suivants = creneaux_libres(
        service, jour, jour + RECHERCHE, maintenant=maintenant, sans_limites=sans_limites
    )
    meme_jour = sorted(premier.creneaux, key=lambda creneau: abs(creneau.debut - debut))
    apres = [creneau for autre in suivants for creneau in autre.creneaux]
    return [*meme_jour, *apres][:PROPOSES]


def minuit(jour: date) -> datetime:
    """When a day begins in Africa/Douala."""
    return datetime.combine(jour, time(), timezone.get_default_timezone())


def _bornes(service: ServiceMunicipal, maintenant: datetime, sans_limites: bool) -> Secondes:
    """The first and the last start that may be booked now."""
    preavis = timedelta() if sans_limites else timedelta(hours=service.preavis_heures)
    horizon = timedelta(days=3650 if sans_limites else service.horizon_jours)
    return ceil((maintenant + preavis).timestamp()), int((maintenant + horizon).timestamp())


def _prises(service: ServiceMunicipal, de: datetime, a: datetime) -> Prises:
    """What holds each desk, in order of time, to the end of its last minute."""
    rows = RendezVous.objects.filter(service=service, debut__gte=de - AVANT, debut__lt=a)
    tenus = rows.filter(fin__gt=de).exclude(statut=StatutRendezVous.ANNULE).order_by("debut")
    prises: Prises = defaultdict(list)
    for guichet, debut, fin in tenus.values_list("guichet", "debut", "fin"):
        prises[guichet].append((int(debut.timestamp()), ceil(fin.timestamp() / 60) * 60))
    return prises


def _jour(
    service: ServiceMunicipal,
    calendrier: Calendrier,
    jour: date,
    prises: Prises,
    bornes: Secondes,
) -> Jour:
    ouvertures, duree = calendrier.ouvertures(jour), _duree(service)
    libres: Counter[int] = Counter()
    for ouverture in ouvertures:
        for guichet in range(1, service.guichets + 1):
            libres.update(_debuts(ouverture, prises[guichet], duree))
    premier, dernier = bornes
    offerts = sorted(debut for debut in libres if premier <= debut <= dernier)
    return Jour(jour, not ouvertures, [_creneau(debut, duree, libres[debut]) for debut in offerts])


def _debuts(
    ouverture: tuple[datetime, datetime], prises: list[Secondes], duree: int
) -> Iterator[int]:
    """The starts of one desk: step by step in each gap between what holds it."""
    libre, fin = (int(moment.timestamp()) for moment in ouverture)
    # What holds a desk never overlaps: the ends are in order too.
    depuis = bisect_right(prises, libre, key=FIN)
    jusqua = bisect_left(prises, fin, key=DEBUT)
    for pris_de, pris_a in [*prises[depuis:jusqua], (fin, fin)]:
        limite = min(pris_de, fin)
        while libre + duree <= limite:
            yield libre
            libre += duree
        libre = max(libre, pris_a)


def _duree(service: ServiceMunicipal) -> int:
    return service.duree_rdv * 60


def _creneau(debut: int, duree: int, libres: int) -> Creneau:
    zone = timezone.get_default_timezone()
    return Creneau(
        datetime.fromtimestamp(debut, zone), datetime.fromtimestamp(debut + duree, zone), libres
    )
