"""When a mairie and its services are open, and what a working day is. All in Africa/Douala."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from mairies.horaires import JOURS

UN_JOUR = timedelta(days=1)
MIDI = time(12)
# A mairie that has entered no hours works on weekdays.
HORAIRES_PAR_DEFAUT = {jour: [["07:30", "15:30"]] for jour in JOURS[:5]}
# A calendar on which every day is closed ends no search.
JOURS_AU_PLUS = 3650

Intervalle = tuple[datetime, datetime]


@dataclass(frozen=True)
class Calendrier:
    """Weekly hours without the closed days. `fermetures`: date → the half-days that are closed
    ("matin", "apres_midi", or None for the whole day)."""

    horaires: dict[str, list[list[str]]]
    jours_fermes: frozenset[str] = frozenset()
    fermetures: tuple[tuple[str, str | None], ...] = ()

    def ouvertures(self, jour: date) -> list[Intervalle]:
        """The open intervals of a day, in order; empty when it is closed."""
        iso = jour.isoformat()
        fermes = {demi for date_fermee, demi in self.fermetures if date_fermee == iso}
        if iso in self.jours_fermes or None in fermes:
            return []
        midi = _a(jour, MIDI)
        intervalles = [_intervalle(jour, *heures) for heures in self._heures(jour)]
        if "matin" in fermes:
            intervalles = [(max(debut, midi), fin) for debut, fin in intervalles]
        if "apres_midi" in fermes:
            intervalles = [(debut, min(fin, midi)) for debut, fin in intervalles]
        return [(debut, fin) for debut, fin in intervalles if debut < fin]

    def est_ouvrable(self, jour: date) -> bool:
        return bool(self.ouvertures(jour))

    def contient(self, debut: datetime, fin: datetime) -> bool:
        """Whether a period lies within one open interval."""
        jour = timezone.localdate(debut)
        return any(a <= debut and fin <= b for a, b in self.ouvertures(jour))

    def premier_jour(self, moment: datetime) -> date:
        """The working day on which something that comes in at `moment` counts as received: that
        day before it closes, else the next one."""
        jour = timezone.localdate(moment)
        ouvertures = self.ouvertures(jour)
        if ouvertures and moment < ouvertures[-1][1]:
            return jour
        return next(self._jours_ouvrables(jour + UN_JOUR), jour)

    def ajouter(self, jour: date, nombre: int) -> date:
        """The day that comes `nombre` working days after `jour`, which does not count itself."""
        for rang, ouvrable in enumerate(self._jours_ouvrables(jour + UN_JOUR), start=1):
            if rang >= nombre > 0:
                return ouvrable
        return jour if nombre <= 0 else jour + timedelta(days=nombre)

    def compter(self, depuis: date, jusqua: date) -> int:
        """How many working days there are after `depuis`, up to `jusqua` included."""
        jours = (depuis + timedelta(days=n) for n in range(1, (jusqua - depuis).days + 1))
        return sum(self.est_ouvrable(jour) for jour in jours)

    def _jours_ouvrables(self, depuis: date) -> Iterator[date]:
        for n in range(JOURS_AU_PLUS):
            if self.est_ouvrable(depuis + timedelta(days=n)):
                yield depuis + timedelta(days=n)

    def _heures(self, jour: date) -> list[list[str]]:
        return self.horaires.get(JOURS[jour.weekday()], [])


def calendrier_de(mairie, service=None) -> Calendrier:
    """The calendar of a service, which has the mairie's hours unless it has its own, and is closed
    when the mairie is."""
    horaires = (service and service.horaires) or mairie.horaires or HORAIRES_PAR_DEFAUT
    fermetures = service.fermetures if service else []
    return Calendrier(
        horaires,
        frozenset(mairie.jours_fermes),
        tuple((f["date"], f.get("demi_journee")) for f in fermetures),
    )


def _intervalle(jour: date, debut: str, fin: str) -> Intervalle:
    return _a(jour, time.fromisoformat(debut)), (
        _a(jour + UN_JOUR, time()) if fin == "24:00" else _a(jour, time.fromisoformat(fin))
    )


def _a(jour: date, heure: time) -> datetime:
    return datetime.combine(jour, heure, timezone.get_default_timezone())
