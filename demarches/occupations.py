"""Appointments that the hours of their service hold no more. They stay: an agent decides."""

from collections.abc import Iterable, Iterator

from django.utils import timezone

from demarches.models import RendezVous
from demarches.workflow import StatutRendezVous
from mairies import occupations
from mairies.calendrier import calendrier_de
from mairies.models import ServiceMunicipal
from mairies.occupations import Occupation


def rendez_vous_hors_horaires(services: Iterable[ServiceMunicipal]) -> list[Occupation]:
    """The coming appointments outside the hours of their service or beyond its desks, by one query.
    A service that is closed down has no hours."""
    par_id = {service.pk: service for service in services}
    rows = _a_venir(RendezVous.objects.filter(service__in=par_id)).order_by("debut", "pk")
    return [
        Occupation("rendez_vous", row.pk, row.debut, row.fin, row.nom)
        for row in _hors_horaires(rows, par_id)
    ]


def identifiants_hors_horaires(rows) -> list[int]:
    """The ids of those among `rows`, a queryset of appointments."""
    rows = _a_venir(rows).order_by()
    services = ServiceMunicipal.objects.filter(pk__in=rows.values("service"))
    par_id = {service.pk: service for service in services.select_related("mairie")}
    return [row.pk for row in _hors_horaires(rows, par_id)]


def _a_venir(rows):
    return rows.filter(statut=StatutRendezVous.CONFIRME, debut__gt=timezone.now())


def _hors_horaires(rows, services: dict[int, ServiceMunicipal]) -> Iterator[RendezVous]:
    calendriers = {pk: calendrier_de(service.mairie, service) for pk, service in services.items()}
    for row in rows:
        # One that was made since has no place to be outside of.
        if (service := services.get(row.service_id)) is None:
            continue
        ouvert = service.est_actif and row.guichet <= service.guichets
        if not (ouvert and calendriers[service.pk].contient(row.debut, row.fin)):
            yield row


occupations.declare(rendez_vous_hors_horaires, permission="demarches.view_rendezvous")
