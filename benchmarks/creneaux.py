"""The free places of a month: five desks, five hundred bookings. The reference reads the same
bookings by one plain SQL query and dumps them as JSON, which computes nothing."""

import json
from contextlib import closing
from datetime import datetime, time, timedelta

import psycopg2
from django.db import connection
from django.test import Client
from django.utils import timezone

from benchmarks.mesure import Contender, analyse, compare, own_database, table
from demarches.creneaux import creneaux_libres
from demarches.models import RendezVous
from mairies.models import Mairie, ServiceMunicipal
from mairies.services import changer_statut_mairie
from mairies.workflow import StatutMairie

GUICHETS = 5
RESERVATIONS = 500
JOURS = 31
DUREE = timedelta(minutes=20)
HORAIRES = {
    jour: [["08:00", "12:00"], ["13:00", "16:00"]]
    for jour in ("lundi", "mardi", "mercredi", "jeudi", "vendredi")
}
LISTE = """
    SELECT guichet, debut, fin FROM demarches_rendezvous
    WHERE service_id = %s AND statut <> 'annule' AND debut >= %s AND debut < %s ORDER BY debut
"""


def main() -> None:
    with own_database():
        service = remplir()
        analyse()
        # A connection that stays open would keep the database from being dropped.
        with closing(psycopg2.connect(**_parametres())) as plain:
            contenders = concurrents(service, plain)
            compare(*contenders)
        libres = _compter(service)
    what = f"{JOURS} days, {GUICHETS} desks, {RESERVATIONS} bookings, {libres} places free"
    print(table(f"Free places: {what}", *contenders))


def remplir() -> ServiceMunicipal:
    """The mairie, its service, and the bookings of the month to come."""
    mairie = changer_statut_mairie(
        Mairie.objects.create(nom="Mesure", slug="mesure", region="centre", departement="mfoundi"),
        StatutMairie.ACTIVE,
    )
    service = ServiceMunicipal.objects.create(
        mairie=mairie,
        nom="État civil",
        horaires=HORAIRES,
        rdv_en_ligne=True,
        duree_rdv=DUREE // timedelta(minutes=1),
        guichets=GUICHETS,
        preavis_heures=0,
    )
    RendezVous.objects.bulk_create(_reservations(service))
    return service


def concurrents(service: ServiceMunicipal, plain) -> list[Contender]:
    du, au = _mois()
    address = f"/api/v1/creneaux?service={service.pk}&du={du}&au={au}"
    client = Client()

    def reference() -> str:
        with plain.cursor() as cursor:
            cursor.execute(LISTE, [service.pk, _minuit(du), _minuit(au + timedelta(days=1))])
            names = [column.name for column in cursor.description]
            rows = [dict(zip(names, row, strict=True)) for row in cursor]
        plain.rollback()
        return json.dumps(rows, default=str)

    def computed() -> list:
        return creneaux_libres(service, du, au, maintenant=timezone.now())

    def asked() -> None:
        answer = client.get(address)
        if answer.status_code != 200:
            raise SystemExit(f"GET {address}: {answer.status_code}")

    return [
        Contender("one SQL query, as JSON (psycopg2)", reference, queries="1"),
        Contender("demarches.creneaux", computed),
        Contender("GET creneaux", asked),
    ]


def _parametres() -> dict:
    kept = ("host", "port", "user", "password", "dbname")
    parameters = connection.get_connection_params()
    return {name: parameters[name] for name in kept if name in parameters}


def _mois():
    du = timezone.localdate() + timedelta(days=1)
    return du, du + timedelta(days=JOURS - 1)


def _reservations(service: ServiceMunicipal):
    """Spread over the days and the desks, about two thirds of what the mornings hold."""
    du, _au = _mois()
    jours = [du + timedelta(days=n) for n in range(JOURS)]
    ouverts = [jour for jour in jours if jour.weekday() < 5]
    for rang in range(RESERVATIONS):
        par_jour, jour = divmod(rang, len(ouverts))
        creneau, guichet = divmod(par_jour, GUICHETS)
        debut = _minuit(ouverts[jour]) + timedelta(hours=8) + creneau * 2 * DUREE
        yield RendezVous(
            mairie=service.mairie,
            service=service,
            guichet=guichet + 1,
            nom="Mesure",
            debut=debut,
            fin=debut + DUREE,
            code=f"MESURE{rang:06d}",
        )


def _compter(service: ServiceMunicipal) -> int:
    """How many places are free, to see that something was computed."""
    jours = creneaux_libres(service, *_mois(), maintenant=timezone.now())
    return sum(creneau.libres for jour in jours for creneau in jour.creneaux)


def _minuit(jour) -> datetime:
    return datetime.combine(jour, time(), timezone.get_default_timezone())
