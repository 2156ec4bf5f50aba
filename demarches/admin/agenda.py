"""The days of a mairie's services as their desk looks at them: who comes, which places are free,
what is closed."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from demarches.creneaux import creneaux_libres, minuit
from demarches.filters.rendez_vous import JourField
from demarches.models import RendezVous
from demarches.workflow import StatutRendezVous
from mairies.calendrier import UN_JOUR, calendrier_de
from mairies.models import Mairie, MairieQuerySet, ServiceMunicipal
from mairies.workflow import StatutMairie

# Of a week's appointments, how many a page shows.
AU_PLUS = 500
AGENDA = "admin:demarches_rendezvous_agenda"
COULEURS = {
    StatutRendezVous.CONFIRME: "info",
    StatutRendezVous.ANNULE: "danger",
    StatutRendezVous.HONORE: "success",
    StatutRendezVous.ABSENT: "warning",
}


@dataclass(frozen=True)
class Ligne:
    """An appointment, or a free start with `adresse`, where it is booked."""

    debut: datetime
    fin: datetime
    rendez_vous: RendezVous | None = None
    couleur: str = ""
    libres: int = 0
    adresse: str = ""


@dataclass
class JourAgenda:
    date: date
    # Of that day alone, and of its week with that day in front (on a telephone).
    adresse: str
    adresse_semaine: str
    est_aujourd_hui: bool
    est_choisi: bool
    ferme: bool
    pourquoi: str
    lignes: list[Ligne] = field(default_factory=list)

    @property
    def nombre(self) -> int:
        return sum(ligne.rendez_vous is not None for ligne in self.lignes)


class Agenda:
    """What `user` asked to look at by the parameters of an address: what is unknown there, or
    another mairie's, is as if it had not been said."""

    def __init__(self, user, asked, *, peut_reserver: bool):
        self.user, self.asked, self.peut_reserver = user, asked, peut_reserver
        self.aujourd_hui = timezone.localdate()
        self.jour = _jour(asked.get("semaine")) or self.aujourd_hui
        self.un_jour = asked.get("vue") == "jour"

    @cached_property
    def mairies(self) -> list[tuple[str, str]]:
        """Those to choose from: an agent has their own."""
        if not self.user.is_superuser:
            return []
        rows = Mairie.objects.filter(statut=StatutMairie.ACTIVE).order_by("nom", "pk")
        return [(str(pk), nom) for pk, nom in rows.values_list("pk", "nom")]

    @cached_property
    def mairie(self) -> Mairie | None:
        if not self.user.is_superuser:
            return self.user.mairie_agent
        voulue = self.asked.get("mairie")
        if voulue not in dict(self.mairies):
            return None
        return Mairie.objects.defer(*MairieQuerySet.PAGES).get(pk=voulue)

    @cached_property
    def services(self) -> list[ServiceMunicipal]:
        if self.mairie is None:
            return []
        rows = list(ServiceMunicipal.objects.manageable_by(self.user).filter(mairie=self.mairie))
        for row in rows:
            row.mairie = self.mairie
        return rows

    @cached_property
    def service(self) -> ServiceMunicipal | None:
        """The one whose free places are shown; None for all of them together."""
        if len(self.services) == 1:
            return self.services[0]
        voulu = self.asked.get("service")
        return next((each for each in self.services if str(each.pk) == voulu), None)

    @property
    def prend_des_rendez_vous(self) -> bool:
        return self.service is not None and self.service.est_actif and self.mairie.est_active

    @property
    def dates(self) -> list[date]:
        if self.un_jour:
            return [self.jour]
        lundi = self.jour - timedelta(days=self.jour.weekday())
        return [lundi + timedelta(days=n) for n in range(7)]

    @property
    def pas(self) -> timedelta:
        return UN_JOUR if self.un_jour else timedelta(weeks=1)

    @property
    def adresse_precedente(self) -> str:
        return self.adresse(self.jour - self.pas)

    @property
    def adresse_suivante(self) -> str:
        return self.adresse(self.jour + self.pas)

    @property
    def adresse_aujourd_hui(self) -> str:
        return self.adresse(self.aujourd_hui)

    @property
    def adresse_reserver(self) -> str:
        """The first service, for the national administrator: one is to be named."""
        service = self.service or next(iter(self.services), None)
        said = {"service": service.pk} if service else {}
        return _booking(jour=self.jour.isoformat(), **said)

    @property
    def mairie_choisie(self) -> str:
        return str(self.mairie.pk) if self.mairie else ""

    @property
    def autre_vue(self) -> str:
        return self.adresse(self.jour, vue="semaine" if self.un_jour else "jour")

    def adresse(self, jour: date, vue: str = "") -> str:
        """Of the same services, on another day or in the other view."""
        said = {
            "mairie": self.mairie.pk if self.mairie and self.mairies else "",
            "service": self.service.pk if self.service else "",
            "semaine": jour.isoformat(),
            "vue": vue or ("jour" if self.un_jour else "semaine"),
        }
        query = urlencode({name: value for name, value in said.items() if value})
        return f"{reverse(AGENDA)}?{query}"

    @cached_property
    def jours(self) -> list[JourAgenda]:
        if self.mairie is None:
            return []
        calendrier = calendrier_de(self.mairie, self.service)
        jours = {jour: self._jour(jour, calendrier) for jour in self.dates}
        for ligne in sorted([*self._prises(), *self._libres()], key=_ordre):
            jours[timezone.localdate(ligne.debut)].lignes.append(ligne)
        return list(jours.values())

    @cached_property
    def rendez_vous(self) -> list[RendezVous]:
        """Those that hold a place, one more than are shown when there are too many."""
        rows = RendezVous.objects.manageable_by(self.user).filter(
            mairie=self.mairie,
            debut__gte=minuit(self.dates[0]),
            debut__lt=minuit(self.dates[-1] + UN_JOUR),
        )
        if self.service is not None:
            rows = rows.filter(service=self.service)
        held = rows.exclude(statut=StatutRendezVous.ANNULE).select_related("service")
        shown = held.only("debut", "fin", "nom", "guichet", "statut", "motif", "service__nom")
        return list(shown.order_by("debut", "guichet", "pk")[: AU_PLUS + 1])

    @property
    def au_plus(self) -> int | None:
        return AU_PLUS if self.mairie and len(self.rendez_vous) > AU_PLUS else None

    def _prises(self) -> list[Ligne]:
        return [
            Ligne(row.debut, row.fin, rendez_vous=row, couleur=COULEURS[row.statut])
            for row in self.rendez_vous[:AU_PLUS]
        ]

    def _libres(self) -> list[Ligne]:
        if not self.prend_des_rendez_vous or self.dates[-1] < self.aujourd_hui:
            return []
        jours = creneaux_libres(
            self.service,
            max(self.dates[0], self.aujourd_hui),
            self.dates[-1],
            maintenant=timezone.now(),
            sans_limites=True,
        )
        return [
            Ligne(c.debut, c.fin, libres=c.libres, adresse=self._reserver(c.debut))
            for jour in jours
            for c in jour.creneaux
        ]

    def _reserver(self, debut: datetime) -> str:
        if not self.peut_reserver:
            return ""
        return _booking(service=self.service.pk, debut=debut.isoformat())

    def _jour(self, jour: date, calendrier) -> JourAgenda:
        return JourAgenda(
            jour,
            adresse=self.adresse(jour, vue="jour"),
            adresse_semaine=self.adresse(jour, vue="semaine"),
            est_aujourd_hui=jour == self.aujourd_hui,
            est_choisi=jour == self.jour,
            ferme=not calendrier.est_ouvrable(jour),
            pourquoi=_pourquoi(self.mairie, self.service, jour, calendrier),
        )


def _booking(**said) -> str:
    return f"{reverse('admin:demarches_rendezvous_add')}?{urlencode(said)}"


def _ordre(ligne: Ligne) -> tuple:
    return ligne.debut, ligne.rendez_vous is None


def _jour(said: str | None) -> date | None:
    try:
        return JourField(required=False).clean(said)
    except ValidationError:
        return None


def _pourquoi(mairie: Mairie, service: ServiceMunicipal | None, jour: date, calendrier) -> str:
    """Why a day is closed, in whole or in part; "" for one that is not."""
    iso = jour.isoformat()
    if iso in mairie.jours_fermes:
        return _("La mairie est fermée.")
    fermetures = service.fermetures if service else []
    dites = [_fermeture(f) for f in fermetures if f["date"] == iso]
    if dites:
        return " ".join(dites)
    return "" if calendrier.est_ouvrable(jour) else _("Pas d'ouverture ce jour de la semaine.")


def _fermeture(fermeture: dict) -> str:
    dit = {
        "matin": _("Fermé le matin"),
        "apres_midi": _("Fermé l'après-midi"),
    }.get(fermeture.get("demi_journee"), _("Fermé"))
    motif = fermeture.get("motif")
    return f"{dit} : {motif}." if motif else f"{dit}."
